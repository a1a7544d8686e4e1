"""The small process that starts the worker, watches it from outside, and ends it."""
