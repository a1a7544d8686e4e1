# mypy: ignore-errors
# ruff: noqa: TID252
from lime_task.schedule import CronTab, ScheduledTask, TaskSession

from . import tasks


def get_task_modules():
    return [tasks]


def register_scheduled_tasks():
    return [
        ScheduledTask(
            task=tasks.close_old_deals,
            session=TaskSession(user_name="admin", language="en_us"),
            args=[30],
            schedule=CronTab(hour=3, minute=30, day_of_week="1-5"),
        )
    ]
