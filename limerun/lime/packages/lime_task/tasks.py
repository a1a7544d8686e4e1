"""The decorator that makes a function a task."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, overload

P = ParamSpec("P")
R = TypeVar("R")

TASK_ATTRIBUTE = "lime_task"
"""What a task is known by: the function has it, a mapping with its options."""


@overload
def task(function: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def task(*, qos: str | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def task(function: Any = None, /, *, qos: str | None = None) -> Any:
    """Make a function a task; calling it runs it here, as unit tests do.

    Args:
        function: Takes the application, then what the sender gives.
        qos: The category, which configuration maps to a queue.
    """

    def mark(function: Any) -> Any:
        function.lime_task = {"qos": qos}
        return function

    return mark if function is None else mark(function)


def is_task(candidate: object) -> bool:
    """Return whether this is a function that was made a task (provisional)."""
    return callable(candidate) and hasattr(candidate, TASK_ATTRIBUTE)


def task_name(function: Callable[..., Any]) -> str:
    """Return the dotted name that a task is sent by (its format is provisional)."""
    return f"{function.__module__}.{function.__qualname__}"
