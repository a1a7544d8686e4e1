"""The worker that calls the event handlers of packages."""

from typing import Any, NoReturn

from lime_errors import UnsupportedError
from lime_plugins import load_plugins


class Worker:
    """Registers event handlers; the stand-in has no broker that delivers events."""

    def __init__(
        self, connection: Any = None, applications: Any = None, databases: Any = None
    ) -> None:
        self.connection = connection
        self.applications = applications
        self.databases = databases
        self.handlers: list[tuple[str, Any]] = []

    def load_plugins(self, config: Any = None) -> None:
        """Make each package register its event handlers."""
        for package in load_plugins(config):
            register = getattr(package, "register_event_handlers", None)
            if register is not None:
                register(self, config)

    def register_event_handler(
        self, handler_func: Any, key: str, queue_name: str | None = None, **_: Any
    ) -> None:
        """Register a function for the events of a routing key."""
        self.handlers.append((key, handler_func))

    def step(self, *_: Any, **__: Any) -> NoReturn:
        """Raise UnsupportedError, as there are no events to handle."""
        raise UnsupportedError(
            "lime_event_handler.worker.Worker.step: limerun's stand-in has no message "
            "broker; call the handler itself, or test it where the platform is installed"
        )
