"""Find the code that a name stands for; nothing is imported."""

import os
import sys
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path

from limerun.errors import TaskError


@dataclass(frozen=True, slots=True)
class Target:
    """The code to check: the tasks in a folder or file, or one function."""

    path: Path
    function: str | None = None


def target_of(place: str) -> Target:
    """Return the target of a folder, file, FILE:FUNCTION, module or MODULE:FUNCTION.

    Raises:
        TaskError: It does not exist.
    """
    path = Path(place)
    if path.is_dir() or (path.is_file() and path.suffix in (".py", "")):
        return Target(path.absolute())
    where, colon, function = place.rpartition(":")
    if not colon:
        where, function = place, ""
    path = Path(where)
    if where.endswith(".py") or "/" in where or os.sep in where:
        if not path.is_file():
            raise TaskError(f"{place}: there is no file or folder {where}")
        return Target(path.absolute(), function or None)
    found = _module_file(where)
    if found is None:
        raise TaskError(
            f"{place}: this is not a folder, a Python file, a module or a config"
        )
    return Target(found, function or None)


def _module_file(name: str) -> Path | None:
    """Return the file or folder of a module, without importing anything."""
    first, *rest = name.split(".")
    if not all(part.isidentifier() for part in (first, *rest)):
        return None
    search = [str(Path.cwd()), str(Path.cwd() / "src"), *sys.path]
    spec = PathFinder.find_spec(first, search)
    if spec is None or not (spec.origin or spec.submodule_search_locations):
        return None
    folders = list(spec.submodule_search_locations or ())
    place = Path(folders[0]) if folders else Path(spec.origin or "")
    place = place.joinpath(*rest)
    file = place.with_name(f"{place.name}.py")
    if place.is_dir() or place.is_file():
        return place
    return file if file.is_file() else None


def package_root(path: Path) -> Path:
    """Return the folder of the outermost package around a file or folder."""
    folder = path if path.is_dir() else path.parent
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
    return folder
