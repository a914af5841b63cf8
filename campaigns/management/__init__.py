"""Commands of the campaign register."""
