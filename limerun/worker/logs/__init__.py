"""Captures what the task logs."""
