"""The configuration of packages, by their names."""

import ast
import importlib
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from lime_config.tree import Config

DEFAULTS = "default_config"


class PackageConfigs(Config):
    """The configuration of each package: `default_config()` unless it is set.

    A configuration is read on first use, because some modules use it during their
    import.
    """

    def __missing__(self, name: str) -> Any:
        try:
            package = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            raise KeyError(name) from None
        defaults = _default_config(package)
        self[name] = Config() if defaults is None else defaults()
        return self[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a package's configuration; the default if there is no such package."""
        try:
            return self[name]
        except KeyError:
            return default


def _default_config(package: ModuleType) -> Callable[[], Mapping[str, Any]] | None:
    """Return the package's `default_config`, even while it is being imported.

    A module that reads its configuration on import is often imported before the
    function is defined, which must then be read from the source code.
    """
    there: Callable[[], Mapping[str, Any]] | None = getattr(package, DEFAULTS, None)
    if there is not None or not getattr(package.__spec__, "_initializing", False):
        return there
    for node in ast.parse(inspect.getsource(package)).body:
        if isinstance(node, ast.FunctionDef) and node.name == DEFAULTS:
            found: dict[str, Any] = dict(vars(package))
            module = ast.Module(body=[node], type_ignores=[])
            exec(compile(module, str(package.__file__), "exec"), found)
            there = found[DEFAULTS]
    return there
