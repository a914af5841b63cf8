"""Bringing people in from a file: look first, then for real."""
