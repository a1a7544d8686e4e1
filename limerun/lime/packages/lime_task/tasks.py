"""The decorator that makes a function a task."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

TASK_ATTRIBUTE = "lime_task"
"""The attribute that marks a function as a task: a mapping with the task's options."""


@overload
def task(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def task(*, qos: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def task(function: Any = None, /, *, qos: str | None = None) -> Any:
    """Make a function a task; calling it directly runs it, as in unit tests.

    Args:
        function: Takes the application, then the sender's arguments.
        qos: The quality of service, which the configuration maps to a queue.
    """

    def mark(function: Any) -> Any:
        function.lime_task = {"qos": qos}
        return function

    return mark if function is None else mark(function)


def is_task(candidate: object) -> bool:
    """Return whether an object is a task (provisional)."""
    return callable(candidate) and hasattr(candidate, TASK_ATTRIBUTE)


def task_name(function: Callable[..., Any]) -> str:
    """Return the dotted name under which a task is sent (the format is provisional)."""
    return f"{function.__module__}.{function.__qualname__}"
