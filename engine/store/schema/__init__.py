"""The tables, grouped by what they hold. `engine.store.tables` has them all by name."""
