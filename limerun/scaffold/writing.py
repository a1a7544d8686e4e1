"""Write several new files: all of them or none, without overwriting any file."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from limerun.errors import OutputError


def check_free(folder: Path, names: Mapping[str, str]) -> None:
    """Raise an error if any of the files exists.

    Raises:
        OutputError: Files exist; the message names all of them.
    """
    existing = [name for name in names if os.path.lexists(folder / name)]
    if existing:
        raise OutputError(
            f"{', '.join(existing)}: already exists, and limerun never overwrites; "
            "move or remove it, then try again. Nothing was written"
        )


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write each text to its path in a folder, creating missing folders.

    Raises:
        OutputError: A file exists or cannot be written; then no file is written.
    """
    check_free(folder, files)
    made: list[Path] = []
    name = ""
    try:
        for name in files:
            _make_folders(folder, Path(name).parent, made)
        for name, text in files.items():
            path = folder / name
            with _temporary_file(path, text) as temporary:
                _move(temporary, path)
            made.append(path)
    except BaseException as error:
        _remove(made)
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            raise OutputError(f"{name}: {why}. Nothing was written") from error
        raise


def _make_folders(folder: Path, within: Path, made: list[Path]) -> None:
    """Create missing folders, and add them to the list."""
    path = folder
    for name in within.parts:
        path = path / name
        if not path.is_dir():
            path.mkdir()
            made.append(path)


@contextlib.contextmanager
def _temporary_file(path: Path, text: str) -> Iterator[Path]:
    """Write the text to a temporary file beside its path; remove it afterwards."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _move(temporary: Path, path: Path) -> None:
    """Move a file to its path, unless another process has just created one there."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(17, "File exists") from None
        temporary.rename(path)


def _remove(made: list[Path]) -> None:
    """Remove what was created, last first; folders only if they are empty."""
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
