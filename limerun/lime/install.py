"""Put the stand-in on the import path, unless the real platform is installed."""

# The bare worker imports this: pathlib and typing would be memory of its own.
import importlib.util
import os
import sys
from contextlib import nullcontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

PACKAGES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages")
REAL_PACKAGES = ("lime_application", "lime_type", "lime_task", "lime_query")


def install(
    importing: "Callable[[], AbstractContextManager[object]]" = nullcontext,
) -> str:
    """Return which platform an import will find: "installed" or "stand-in".

    Where any of the real packages can be found, nothing of the stand-in is put on
    the path, so that a project never runs on a mixture.

    Args:
        importing: Makes the context in which the stand-in's modules are imported.
    """
    if PACKAGES in sys.path:
        return "stand-in"
    if any(importlib.util.find_spec(name) for name in REAL_PACKAGES):
        return "installed"
    from limerun.lime.lacking import MissingPackages, StandInLoader, use_loader

    sys.path.append(PACKAGES)
    StandInLoader.importing = staticmethod(importing)
    use_loader(PACKAGES)
    sys.meta_path.append(MissingPackages(PACKAGES))
    return "stand-in"
