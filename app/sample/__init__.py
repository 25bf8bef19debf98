"""Harbour Trading 海港贸易, the sample company: departments, people and records to try everything with."""

from app.sample.loader import load_records, load_sample
from app.sample.organisation import ORGANISATION

__all__ = ["ORGANISATION", "load_records", "load_sample"]
