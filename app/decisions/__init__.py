"""Decisions: analysts look at their tables, change, try, compare and publish them, and see what past cases would have come to."""
