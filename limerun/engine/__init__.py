"""Who runs the worker: this machine, or a saved record."""
