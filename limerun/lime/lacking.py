"""Explain in import errors which part of the platform the stand-in lacks.

The worker imports this module, so it must not import anything heavy.
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
    """Return the explanation for a part of the platform that the stand-in lacks."""
    return (
        f"{name} is not in limerun's stand-in for the Lime platform: if it is part of "
        f"the platform, install the platform in the interpreter that `python:` names"
    )


def lacks_attribute(error: AttributeError) -> str:
    """Return the text to add to an AttributeError of one of the stand-in's objects."""
    for kind in type(error.obj).__mro__:
        loader = getattr(sys.modules.get(kind.__module__), "__loader__", None)
        if isinstance(loader, StandInLoader) and not str(error.name).startswith("_"):
            return f": {lacks(f'{kind.__name__}.{error.name}')}"
    return ""


class MissingPackages:
    """The last import finder: explains that a missing package belongs to the platform.

    Args:
        stand_in: The folder of the stand-in's packages.
    """

    def __init__(self, stand_in: str) -> None:
        self._stand_in = stand_in

    def find_spec(
        self, fullname: str, path: "Iterable[str] | None", target: object = None
    ) -> "ModuleSpec | None":
        """Explain why a package of the platform is missing; ignore all others.

        Raises:
            ModuleNotFoundError: The package's name begins with `lime_`.
        """
        if not fullname.startswith("lime_") or not _is_imported(sys._getframe(2)):
            return None
        text = f"No module named {fullname!r}: {lacks(fullname)}"
        if path is None:
            text += (
                f" (now {sys.executable}); if it is your package, install it there, or "
                "put it next to the config"
            )
        elif not any(each.startswith(self._stand_in) for each in path):
            return None  # a module in one of the user's packages
        raise ModuleNotFoundError(text, name=fullname)


def _is_imported(frame: "FrameType") -> bool:
    """Return whether a frame imports a module; otherwise it only looks for it."""
    return frame.f_code.co_name == "_find_and_load_unlocked"


class StandInLoader(SourceFileLoader):
    """Loads a package of the stand-in, and explains which names it lacks."""

    importing: "Callable[[], AbstractContextManager[object]]" = nullcontext
    """Returns a context manager in which a module's code runs."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, which may define its own `__getattr__`."""
        folder = getattr(module, "__path__", [None])[0]
        if folder is not None:
            use_loader(folder)
        module.__getattr__ = _explaining(module.__name__)  # type: ignore[method-assign]  # a module's, not a class's
        with self.importing():
            super().exec_module(module)


def use_loader(folder: str) -> None:
    """Load the modules of a folder with StandInLoader."""
    finder = FileFinder(folder, (StandInLoader, [".py"]))
    sys.path_importer_cache[folder] = finder


def _explaining(module: str) -> "Callable[[str], object]":
    def explain(name: str) -> object:
        text = f"module {module!r} has no attribute {name!r}"
        if not name.startswith("_"):
            text = f"{text}: {lacks(f'{module}.{name}')}"
            if _is_import(sys._getframe(1)):
                # Python would replace an AttributeError by an ImportError without this
                # text.
                raise ImportError(text, name=module)
        raise AttributeError(text)

    return explain


def _is_import(frame: "FrameType") -> bool:
    """Return whether a frame is executing `from module import name`."""
    from opcode import opmap

    return frame.f_code.co_code[frame.f_lasti] == opmap["IMPORT_FROM"]
