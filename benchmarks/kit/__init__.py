"""What the benchmarks share: servers under test, clients, models, and what the machine is."""
