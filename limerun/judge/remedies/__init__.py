"""Changes to the task's own code that are safe to apply. Pure."""
