"""Turns records into files that other tools read."""
