"""Put the stand-in on the import path, unless the real platform is installed."""

# The bare worker imports this: pathlib and typing would be memory of its own.
import importlib.util
import os
import sys

PACKAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages")
REAL_PACKAGES = ("lime_application", "lime_type", "lime_task", "lime_query")


def install() -> str:
    """Return which platform an import will find: "installed" or "stand-in".

    Where any of the real packages can be found, nothing of the stand-in is put on
    the path, so that a project never runs on a mixture.
    """
    if PACKAGES in sys.path:
        return "stand-in"
    if any(importlib.util.find_spec(name) for name in REAL_PACKAGES):
        return "installed"
    sys.path.append(PACKAGES)
    return "stand-in"
