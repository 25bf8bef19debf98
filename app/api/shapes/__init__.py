"""The shapes of what the interface takes and answers, as JSON Schema (2020-12, as OpenAPI 3.1 takes it): one file for each kind of noun."""
