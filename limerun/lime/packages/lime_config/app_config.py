"""The configuration of one application, which is stored outside its database."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lime_config.tree import Config
from lime_errors import UnsupportedError

if TYPE_CHECKING:
    from lime_application import LimeApplication

ROOTS = ("config", "secrets")


class AppConfig:
    """The two roots of an application's configuration; empty by default."""

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = Config(config or {})
        self.secrets = Config(secrets or {})

    def __repr__(self) -> str:
        return f"AppConfig(config={list(self.config)}, secrets={list(self.secrets)})"


class RuntimeConfigs(dict[str, Any]):
    """The runtime configurations of packages, by the names of their admin plugins.

    Args:
        given: A mapping of values for each plugin name, or the values of a single
        plugin, which are then returned for any name.
    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        super().__init__(given or {})
        by_name = all(isinstance(each, Mapping) for each in self.values())
        self._only = None if by_name else dict(self)

    def __missing__(self, name: str) -> Any:
        if self._only is None:
            raise KeyError(name)
        return self._only


def get_app_config(app: "LimeApplication", key: str) -> Any:
    """Return the value at a dotted key; None if there is none (provisional)."""
    root, *names = key.split(".")
    if root not in ROOTS:
        raise UnsupportedError(
            f'application config key "{key}": only the roots config and secrets are '
            "publicly documented"
        )
    found: Any = getattr(app.app_config, root)
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
