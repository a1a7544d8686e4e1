"""Suggest changes to the task's code, as text or as a diff safe to apply. Pure."""
