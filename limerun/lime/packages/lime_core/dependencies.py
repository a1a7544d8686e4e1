"""Hand arguments such as the application to functions: callers here give them."""

from collections.abc import Callable
from typing import Any


def inject(function: Callable[..., Any] | None = None, /, **_: Any) -> Any:
    """Return the function as it is; event handlers, which the platform calls, are not run."""
    return (lambda decorated: decorated) if function is None else function
