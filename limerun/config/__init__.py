"""Turns YAML, environment variables and options into one Plan."""
