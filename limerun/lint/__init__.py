"""Reads a task's code without running it, and compares it with the guide's rules."""
