"""Checks a task's code against the guide's rules, without running it."""
