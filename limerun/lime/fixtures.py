"""A pytest plugin: `lime_test`'s fixtures on the stand-in.

`pytest -p limerun.lime.fixtures` runs a solution's own tests without the platform.
Where the platform or its `lime_test` is installed, this does nothing.
"""

import importlib
import importlib.util
import sys
from typing import Any

from limerun.lime.install import PACKAGES, install


def _is_needed() -> bool:
    """Whether no `lime_test` but the stand-in's can be imported."""
    if PACKAGES not in sys.path and importlib.util.find_spec("lime_test"):
        return False
    return install() == "stand-in"


# Before any conftest is read: those import the platform's packages.
ACTIVE = _is_needed()


def pytest_configure(config: Any) -> None:
    """Offer the fixtures, unless the real ones are there."""
    if ACTIVE:
        config.pluginmanager.register(importlib.import_module("lime_test.plugin"))
