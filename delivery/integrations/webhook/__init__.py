"""Signed webhook."""
