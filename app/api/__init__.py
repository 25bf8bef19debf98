"""The REST interface under `/engine-rest`: Camunda 7's calls, for workers and programs. docs/rest.md has the table of them."""
