"""Blueprints, which contain the endpoints of a package."""

from collections.abc import Callable
from typing import Any


class Declarations:
    """Accepts all declarations for a web server, and ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _declare


def _declare(*args: Any, **_: Any) -> Any:
    """Act as a method, a decorator, or a decorator with arguments: `@api.route("/x")`."""
    is_decorator = len(args) == 1 and callable(args[0])
    return args[0] if is_decorator else lambda decorated: decorated


def create_blueprint(
    name: str, import_name: str, url_prefix: str | None = None, **_: Any
) -> Declarations:
    """Return a blueprint for declaring endpoints."""
    return Declarations(name, import_name, url_prefix=url_prefix)
