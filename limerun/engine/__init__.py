"""Run a worker on this machine, or replay the runs of a saved record."""
