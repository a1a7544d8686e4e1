"""Web applications for tests; the stand-in has none and raises an error."""

from typing import Any, NoReturn

from lime_errors import UnsupportedError


def create_web_app(*_: Any, **__: Any) -> NoReturn:
    """Raise UnsupportedError, as the stand-in runs tasks only, not endpoints."""
    raise UnsupportedError(
        "lime_test.web_app.create_web_app: limerun only runs tasks and has no web "
        "server for testing endpoints; run such tests where the platform is installed"
    )


def create_authenticated_web_client(*_: Any, **__: Any) -> NoReturn:
    """Raise UnsupportedError, as the stand-in runs tasks only, not endpoints."""
    create_web_app()
