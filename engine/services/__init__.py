"""The use cases: one file for each noun, one short method for each use case, one transaction with one commit for each method."""
