"""Who is there: credentials and sessions. Departments, roles and rights belong to the engine."""
