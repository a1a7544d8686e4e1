"""Name what the stand-in lacks of the platform, where an import would fail.

The bare worker imports this: nothing heavy may be imported here.
"""

import sys
from contextlib import nullcontext
from importlib.machinery import FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager
    from types import FrameType


def lacks(name: str) -> str:
    """Return the sentence that refuses a part of the platform."""
    return (
        f"{name} is not in limerun's stand-in for the Lime platform: if it is a part "
        "of the platform, install the platform in the interpreter that `python:` names"
    )


def lacks_attribute(error: AttributeError) -> str:
    """Return what to add to an error, if an object of the stand-in has no such name."""
    for kind in type(error.obj).__mro__:
        loader = getattr(sys.modules.get(kind.__module__), "__loader__", None)
        if isinstance(loader, StandInLoader) and not str(error.name).startswith("_"):
            return f": {lacks(f'{kind.__name__}.{error.name}')}"
    return ""


class MissingPackages:
    """The last finder of imports: names a missing part of the platform as one.

    Args:
        stand_in: The folder of the stand-in's packages.
    """

    def __init__(self, stand_in: str) -> None:
        self._stand_in = stand_in

    def find_spec(
        self, fullname: str, path: "Iterable[str] | None", target: object = None
    ) -> "ModuleSpec | None":
        """Refuse to import what only the platform has, and leave all else alone.

        Raises:
            ModuleNotFoundError: The package's name begins as the platform's do.
        """
        if not fullname.startswith("lime_") or not _is_imported(sys._getframe(2)):
            return None
        text = f"No module named {fullname!r}: {lacks(fullname)}"
        if path is None:
            text += (
                f" (now {sys.executable}); if it is yours, install it there, or put it "
                "beside the config"
            )
        elif not any(each.startswith(self._stand_in) for each in path):
            return None  # a module of a package of the user's
        raise ModuleNotFoundError(text, name=fullname)


def _is_imported(frame: "FrameType") -> bool:
    """Return whether a frame imports a module, rather than asks if there is one."""
    return frame.f_code.co_name == "_find_and_load_unlocked"


class StandInLoader(SourceFileLoader):
    """Loads a package of the stand-in, whose missing names are refused in words."""

    importing: "Callable[[], AbstractContextManager[object]]" = nullcontext
    """Makes the context in which a module's code runs."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, which may define its own `__getattr__`."""
        folder = getattr(module, "__path__", [None])[0]
        if folder is not None:
            use_loader(folder)
        module.__getattr__ = _refusing(module.__name__)  # type: ignore[method-assign]  # of the module, not of its class
        with self.importing():
            super().exec_module(module)


def use_loader(folder: str) -> None:
    """Load the modules of a folder by this loader."""
    finder = FileFinder(folder, (StandInLoader, [".py"]))
    sys.path_importer_cache[folder] = finder


def _refusing(module: str) -> "Callable[[str], object]":
    def refuse(name: str) -> object:
        text = f"module {module!r} has no attribute {name!r}"
        if not name.startswith("_"):
            text = f"{text}: {lacks(f'{module}.{name}')}"
            if _is_import(sys._getframe(1)):
                # An AttributeError would be replaced by an ImportError without this text.
                raise ImportError(text, name=module)
        raise AttributeError(text)

    return refuse


def _is_import(frame: "FrameType") -> bool:
    """Return whether a frame is at `from module import name`."""
    from opcode import opmap

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]
