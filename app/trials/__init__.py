"""Trials: a draft runs in a copy of the company, in a database of its own that nothing else reads. What is there can only be removed."""
