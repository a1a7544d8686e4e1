"""Tasks: functions that the task handler runs in the background."""

from lime_task.sending import TaskStatus, send_task
from lime_task.tasks import is_task, task, task_name

__all__ = ["TaskStatus", "is_task", "send_task", "task", "task_name"]
