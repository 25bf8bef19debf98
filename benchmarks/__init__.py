"""What Crossdesk costs, measured from outside: `python -m benchmarks NAME` prints one JSON line for each figure."""
