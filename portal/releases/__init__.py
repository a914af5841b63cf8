"""Pages of a release: where it goes, who is cleared and why not, how far the delivery is."""
