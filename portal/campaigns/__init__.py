"""Pages of a campaign: its form with the verdict beside it, its history."""
