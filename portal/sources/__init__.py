"""Pages of a data source: its form with what speaks against it beside, its imports."""
