"""Put the stand-in on the import path, unless the real platform is installed."""

import importlib.util
import sys
from pathlib import Path
from typing import Literal

PACKAGES = str(Path(__file__).with_name("packages"))
REAL_PACKAGES = ("lime_application", "lime_type", "lime_task", "lime_query")

Platform = Literal["installed", "stand-in"]


def install() -> Platform:
    """Return which platform an import will find: it is all the one or the other.

    Where any of the real packages can be found, nothing of the stand-in is put on
    the path, so that a project never runs on a mixture.
    """
    if PACKAGES in sys.path:
        return "stand-in"
    if any(importlib.util.find_spec(name) for name in REAL_PACKAGES):
        return "installed"
    sys.path.append(PACKAGES)
    return "stand-in"
