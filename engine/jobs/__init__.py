"""Waking up for due work."""
