"""Reading for lists and pages, and the small tables that use cases write besides the state of a case."""
