"""The auditor's first page: all cases, and the proof that the history is whole."""
