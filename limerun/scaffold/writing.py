"""Write several new files: all of them or none, and none over another."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from limerun.errors import OutputError


def check_free(folder: Path, names: Mapping[str, str]) -> None:
    """Refuse to write where something is.

    Raises:
        OutputError: A file is there; the message names all that are.
    """
    there = [name for name in names if os.path.lexists(folder / name)]
    if there:
        raise OutputError(
            f"{', '.join(there)}: already here, and nothing is written over; move or "
            "remove, then ask again. Nothing was written"
        )


def write_new(folder: Path, files: Mapping[str, str]) -> None:
    """Write each text to its path from the folder, with the folders on the way.

    Raises:
        OutputError: One could not be written, or is there; then none is.
    """
    check_free(folder, files)
    made: list[Path] = []
    name = ""
    try:
        for name in files:
            _make_folders(folder, Path(name).parent, made)
        for name, text in files.items():
            path = folder / name
            with _beside(path, text) as trial:
                _move(trial, path)
            made.append(path)
    except BaseException as error:
        _remove(made)
        if isinstance(error, OSError):
            why = error.strerror or str(error)
            raise OutputError(f"{name}: {why}. Nothing was written") from error
        raise


def _make_folders(folder: Path, within: Path, made: list[Path]) -> None:
    """Make the folders that are missing, and note each."""
    path = folder
    for name in within.parts:
        path = path / name
        if not path.is_dir():
            path.mkdir()
            made.append(path)


@contextlib.contextmanager
def _beside(path: Path, text: str) -> Iterator[Path]:
    """Hold the text in a file beside its place, and leave nothing of it."""
    trial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with trial.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        yield trial
    finally:
        trial.unlink(missing_ok=True)


def _move(trial: Path, path: Path) -> None:
    """Give a file its name, unless somebody else has just taken it."""
    try:
        os.link(trial, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(17, "File exists") from None
        trial.rename(path)


def _remove(made: list[Path]) -> None:
    """Take back what was made, the last first; a folder only while it is empty."""
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()
