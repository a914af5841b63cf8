"""Files of people: read into a data source, or only looked at."""
