"""The analyst's pages: processes with their versions and diagrams, and publishing a model."""
