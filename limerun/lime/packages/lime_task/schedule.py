"""Scheduled tasks, as `register_scheduled_tasks` returns them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class CronTab:
    """When a task is sent, in the notation of cron; "*" means always."""

    minute: int | str = "*"
    hour: int | str = "*"
    day_of_week: int | str = "*"
    day_of_month: int | str = "*"
    month_of_year: int | str = "*"


@dataclass(slots=True)
class TaskSession:
    """The user and language of a task; each application must have them."""

    user_name: str
    language: str


@dataclass(slots=True)
class ScheduledTask:
    """A task that is sent at certain times, once for each application.

    `args` does not include the application.
    """

    task: Callable[..., Any]
    session: TaskSession
    schedule: CronTab
    args: list[Any] = field(default_factory=list)
