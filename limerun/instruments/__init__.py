"""What profile runs load into the worker: CPU and allocations, by line of code."""
