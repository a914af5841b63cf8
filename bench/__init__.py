"""Measurements against named floors and peers; see README.md."""
