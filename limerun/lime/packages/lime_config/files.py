"""Read a service's configuration from its file (the file's place is provisional)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lime_config.tree import Config
from limerun.lime.lacking import StandInLoader

FOLDER_VARIABLE = "LIME_CONFIG_FOLDER"


def config_file_path(name: str) -> str:
    """Return the path of a service's YAML file, which may not exist."""
    folder = os.environ.get(FOLDER_VARIABLE, "config")
    return str(Path(folder) / f"{name}.yaml")


def load_config(
    service: str, defaults: Mapping[str, Any] | Iterable[Mapping[str, Any]] = ()
) -> Config:
    """Return a service's configuration: the defaults, overridden by its file."""
    found = Config()
    for each in [defaults] if isinstance(defaults, Mapping) else defaults:
        found.merge(each)
    path = Path(config_file_path(service))
    if path.exists():
        with StandInLoader.importing():
            import yaml

        found.merge(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    return found
