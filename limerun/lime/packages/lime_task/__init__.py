"""Tasks: what the task handler runs in the background."""

from lime_task.tasks import task

__all__ = ["task"]
