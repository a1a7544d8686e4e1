"""Runs a worker on this machine, or replays the runs of a saved record."""
