"""What the task logs."""
