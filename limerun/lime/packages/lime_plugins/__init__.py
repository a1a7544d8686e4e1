"""Load the packages of customers and consultants, which have an entry point."""

import importlib
from collections.abc import Iterable
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from lime_type.limetypes import register_class
from limerun.lime.notes import add_note

GROUP = "lime_plugins"

_loaded: dict[str, ModuleType] = {}


def load_plugins(
    config: Any = None, *, packages: Iterable[str] = ()
) -> list[ModuleType]:
    """Import the packages and register their Lime object classes.

    Args:
        config: Ignored; packages read their configuration from `lime_config`.
        packages: The names of more packages, which have no entry point.
    """
    named = [point.value for point in entry_points(group=GROUP)]
    loaded = []
    for name in dict.fromkeys((*named, *packages)):
        try:
            package = importlib.import_module(name.split(":")[0])
        except ImportError as error:
            add_note(error, f'while loading the package "{name}" of {GROUP}')
            raise
        register = getattr(package, "register_limeobject_classes", None)
        if register is not None:
            register(register_class)
        loaded.append(package)
    _loaded.update({package.__name__: package for package in loaded})
    return loaded


def loaded_packages() -> list[ModuleType]:
    """Return the packages loaded so far (provisional)."""
    return list(_loaded.values())
