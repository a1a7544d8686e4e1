"""Serves the API of an external system, in a separate process next to the worker."""
