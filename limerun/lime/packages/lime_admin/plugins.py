"""The base of a package's runtime configuration."""

from typing import Any, ClassVar

from lime_errors import NotFoundError

__all__ = ["AdminPlugin", "NotFoundError"]


class AdminPlugin:
    """A package's runtime configuration; the package says how it is kept."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    version: ClassVar[str] = ""

    def __init__(self, application: Any = None) -> None:
        self.application = application

    def get_config(self) -> Any:
        """Return the configuration."""
        raise NotImplementedError

    def set_config(self, config: Any) -> None:
        """Keep a configuration."""
        raise NotImplementedError

    def get_schema(self) -> Any:
        """Return the schema that a configuration follows."""
        raise NotImplementedError
