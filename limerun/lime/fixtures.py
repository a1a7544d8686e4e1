"""A pytest plugin with the fixtures of `lime_test`, based on the stand-in.

`pytest -p limerun.lime.fixtures` runs a solution's own tests without the platform.
If the platform or its `lime_test` is installed, the plugin does nothing.
"""

import importlib
import importlib.util
import sys
from typing import Any

from limerun.lime.install import PACKAGES, install


def _is_needed() -> bool:
    """Return whether only the stand-in's `lime_test` can be imported."""
    if PACKAGES not in sys.path and importlib.util.find_spec("lime_test"):
        return False
    return install() == "stand-in"


# Before pytest reads any conftest, as these import the platform's packages.
ACTIVE = _is_needed()


def pytest_configure(config: Any) -> None:
    """Register the fixtures, unless the real ones are installed."""
    if ACTIVE:
        config.pluginmanager.register(importlib.import_module("lime_test.plugin"))
