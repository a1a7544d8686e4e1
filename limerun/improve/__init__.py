"""Rewrite a task's source, one improvement at a time; formatting and comments stay. Pure."""
