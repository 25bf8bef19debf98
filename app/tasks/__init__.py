"""One task: its form, what became of the case so far, and the ways to complete it."""
