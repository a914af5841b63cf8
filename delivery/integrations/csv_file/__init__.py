"""CSV file."""
