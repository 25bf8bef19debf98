"""The hash chain of the history and its verification."""
