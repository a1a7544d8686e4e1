"""What `register_scheduled_tasks` returns: tasks, and when they are sent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class CronTab:
    """When a task is sent, as cron has it; "*" is always."""

    minute: int | str = "*"
    hour: int | str = "*"
    day_of_week: int | str = "*"
    day_of_month: int | str = "*"
    month_of_year: int | str = "*"


@dataclass(slots=True)
class TaskSession:
    """As whom a task is run; user and language must be in each application."""

    user_name: str
    language: str


@dataclass(slots=True)
class ScheduledTask:
    """A task that is sent by the clock, once for each application.

    `args` leaves the application out.
    """

    task: Callable[..., Any]
    session: TaskSession
    schedule: CronTab
    args: list[Any] = field(default_factory=list)
