"""Disturb a task, run it again, and compare what is left with a clean run."""
