"""The base class of a package's runtime configuration."""

from copy import deepcopy
from typing import Any, ClassVar

from lime_errors import InvalidValueError, NotFoundError, UnsupportedError

__all__ = ["AdminPlugin", "ConfigMigration", "NotFoundError", "ValueError"]

ValueError = InvalidValueError
"""Raised by a package for a configuration that it does not accept."""


class ConfigMigration:
    """A step from an older configuration to a newer one; the stand-in never runs it.

    The platform's arguments are undocumented, so it accepts any arguments.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args = args
        self.kwargs = kwargs


class AdminPlugin:
    """A package's runtime configuration, which the application stores by its name."""

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    version: ClassVar[str] = ""

    def __init__(self, application: Any = None) -> None:
        self.application = application

    def get_config(self) -> Any:
        """Return a copy of the configuration.

        Raises:
            NotFoundError: There is no configuration of this name.
        """
        try:
            return deepcopy(self._stored()[self.name])
        except KeyError:
            raise NotFoundError(
                f'there is no runtime configuration "{self.name}"; add it to '
                f"limerun's config as `runtime_config: {{{self.name}: {{key: value}}}}`"
            ) from None

    def set_config(self, config: Any) -> None:
        """Store a configuration while the application is open."""
        self._stored()[self.name] = deepcopy(config)

    def get_schema(self) -> Any:
        """Return the schema of the configuration; packages override this."""
        raise UnsupportedError(
            f"{type(self).__name__} defines no get_schema, and the stand-in has none"
        )

    def _stored(self) -> Any:
        if self.application is None:
            raise InvalidValueError(
                f"{type(self).__name__} has no application: pass it as "
                f"{type(self).__name__}(application=app)"
            )
        return self.application.runtime_config
