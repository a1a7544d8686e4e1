"""Put the stand-in on the import path, unless the real platform is installed."""

# The worker imports this module: pathlib and typing would use memory there.
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
    """Put the stand-in on the import path, and return "stand-in" or "installed".

    If any of the real packages is installed, the path stays unchanged, so that a
    project never uses a mixture of both.

    Args:
        importing: Returns a context manager in which to import the stand-in's modules.
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
