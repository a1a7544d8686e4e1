"""Dependency injection: in the stand-in, callers pass all arguments themselves."""

from collections.abc import Callable
from typing import Any


def inject(function: Callable[..., Any] | None = None, /, **_: Any) -> Any:
    """Return the function unchanged: the stand-in does not run event handlers."""
    return (lambda decorated: decorated) if function is None else function
