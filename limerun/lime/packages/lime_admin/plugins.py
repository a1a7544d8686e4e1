"""The base of a package's runtime configuration."""

from copy import deepcopy
from typing import Any, ClassVar

from lime_errors import InvalidValueError, NotFoundError, UnsupportedError

__all__ = ["AdminPlugin", "ConfigMigration", "NotFoundError", "ValueError"]

ValueError = InvalidValueError
"""What a package raises for a configuration that it does not take."""


class ConfigMigration:
    """A step from an older configuration to a newer one; the stand-in runs none.

    What the platform hands to it is not public, so it takes anything.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs


class AdminPlugin:
    """A package's runtime configuration, kept by the application under its name."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    version: ClassVar[str] = ""

    def __init__(self, application: Any = None) -> None:
        self.application = application

    def get_config(self) -> Any:
        """Return a copy of the configuration.

        Raises:
            NotFoundError: None is stored.
        """
        try:
            return deepcopy(self._stored()[self.name])
        except KeyError:
            raise NotFoundError(
                f'there is no runtime configuration "{self.name}"; give it in '
                f"limerun's config as `runtime_config: {{{self.name}: {{key: value}}}}`"
            ) from None

    def set_config(self, config: Any) -> None:
        """Store a configuration for as long as the application is open."""
        self._stored()[self.name] = deepcopy(config)

    def get_schema(self) -> Any:
        """Return the schema that a configuration follows: the package defines it."""
        raise UnsupportedError(
            f"{type(self).__name__} defines no get_schema, and the stand-in has none"
        )

    def _stored(self) -> Any:
        if self.application is None:
            raise InvalidValueError(
                f"{type(self).__name__} has no application: give it as "
                f"{type(self).__name__}(application=app)"
            )
        return self.application.runtime_config
