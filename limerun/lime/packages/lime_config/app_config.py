"""The configuration of one application, which lies outside its database."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lime_config.tree import Config
from lime_errors import UnsupportedError

if TYPE_CHECKING:
    from lime_application import LimeApplication

ROOTS = ("config", "secrets")


class AppConfig:
    """The two roots of an application's configuration; empty unless given."""

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        secrets: Mapping[str, Any] | None = None,
    ) -> None:
        self.config = Config(config or {})
        self.secrets = Config(secrets or {})

    def __repr__(self) -> str:
        return f"AppConfig(config={list(self.config)}, secrets={list(self.secrets)})"


def get_app_config(app: "LimeApplication", key: str) -> Any:
    """Return what lies at a dotted key; None where nothing does (provisional)."""
    root, *names = key.split(".")
    if root not in ROOTS:
        raise UnsupportedError(
            f'application config key "{key}": only the roots config and secrets are '
            "publicly known"
        )
    found: Any = getattr(app.app_config, root)
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
