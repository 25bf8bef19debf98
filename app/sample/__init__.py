"""Harbour Trading 海港贸易, the sample company: departments, people and records to try everything with."""
