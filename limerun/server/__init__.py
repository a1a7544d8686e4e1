"""Serve the API of another system, in a separate process beside the worker."""
