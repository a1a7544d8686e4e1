"""A copy of a task's package in which single files are changed, and the patch."""

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.errors import TaskError
from limerun.scaffold.code import may_hold_code

_WORD = re.compile(r"[A-Za-z_]\w*")
_MOST_FILES = 500
_MOST_BYTES = 1_000_000
_NO_NEWLINE = "\n\\ No newline at end of file\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPlace:
    """Where a task's code is."""

    file: Path
    function: str
    root: Path
    """The folder that Python searches for the task's module."""

    @property
    def package(self) -> Path:
        """The folder with the task's own code: its package, or that of its file."""
        inside = self.file.relative_to(self.root).parts
        return self.root / inside[0] if len(inside) > 1 else self.root


def place_of(task: str, file: str | None) -> TaskPlace:
    """Return where a task is.

    Args:
        task: FILE:FUNCTION or MODULE:FUNCTION.
        file: The file that the worker found.

    Raises:
        TaskError: Its code is not in a file that can be copied.
    """
    module, _, function = task.rpartition(":")
    path = Path(module if module.endswith(".py") else file or "")
    if path.suffix != ".py" or not path.is_file():
        raise TaskError(f"{task}: its code is not in a Python file")
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    names = [*path.parent.relative_to(root).parts, path.stem]
    if not module.endswith(".py") and module.split(".") != names:
        raise TaskError(
            f"{task}: its package has a folder without __init__.py, so limerun cannot "
            "copy it; write FILE:FUNCTION"
        )
    return TaskPlace(file=path, function=function, root=root)


def write_copy(place: TaskPlace, changed: Mapping[Path, str], folder: Path) -> str:
    """Return the name of the task in a copy of its package with changed files.

    Other files, and folders without the task's own code, are links to the originals.

    Args:
        place: The task.
        changed: The new text of each changed file.
        folder: A new folder for the copy.
    """
    _copy(place, place.root, folder, changed)
    return f"{folder / place.file.relative_to(place.root)}:{place.function}"


def _copy(
    place: TaskPlace, source: Path, to: Path, changed: Mapping[Path, str]
) -> None:
    to.mkdir()
    is_own = source.is_relative_to(place.package)
    for entry in os.scandir(source):
        path = Path(entry.path)
        if path in changed:
            (to / entry.name).write_bytes(changed[path].encode())
        elif any(path in each.parents for each in changed) or (
            # What reads code does not follow links to folders.
            entry.is_dir(follow_symlinks=False)
            and (is_own or path == place.package)
            and may_hold_code(path)
        ):
            _copy(place, path, to / entry.name, changed)
        elif entry.name != "__pycache__":
            (to / entry.name).symlink_to(path)


def read_source(file: Path) -> str:
    """Return a file's text with its own line ends.

    Raises:
        TaskError: It is not UTF-8, or begins with a byte order mark.
    """
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaskError(f"{file}: cannot be read as UTF-8: {error}") from error
    if text.startswith("\ufeff"):
        raise TaskError(f"{file}: begins with a byte order mark; save it without")
    return text


def names_in_other_files(place: TaskPlace, file: Path) -> frozenset[str]:
    """Return the names in the other Python files of a task's package."""
    found: set[str] = set()
    is_package = place.package != place.root
    files = place.package.rglob("*.py") if is_package else place.root.glob("*.py")
    for count, other in enumerate(files):
        if count == _MOST_FILES:
            break
        if other != file and other.stat().st_size < _MOST_BYTES:
            text = other.read_text(encoding="utf-8", errors="replace")
            found.update(_WORD.findall(text))
    return frozenset(found)


def patch_root(file: Path) -> Path:
    """Return the folder in which to apply a patch: the repository's, or the file's."""
    for folder in file.parents:
        if (folder / ".git").exists():
            return folder
    return file.parent


def unified_diff(files: Mapping[str, tuple[str, str]]) -> str:
    """Return the diff of files; their names are relative to where it is applied.

    Args:
        files: The source before and after, by name with "/" on every system.
    """
    return "".join(_diff(name, *texts) for name, texts in files.items())


def _diff(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{name}",
        f"b/{name}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}{_NO_NEWLINE}" for line in lines
    )
