"""Web applications for tests: the stand-in has none, and says so."""

from typing import Any, NoReturn

from lime_errors import UnsupportedError


def create_web_app(*_: Any, **__: Any) -> NoReturn:
    """Refuse: endpoints are no tasks, and are not run here."""
    raise UnsupportedError(
        "lime_test.web_app.create_web_app: limerun runs tasks, and has no web server "
        "to test endpoints with; run such tests where the platform is installed"
    )


def create_authenticated_web_client(*_: Any, **__: Any) -> NoReturn:
    """Refuse: endpoints are no tasks, and are not run here."""
    create_web_app()
