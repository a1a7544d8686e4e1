"""Read the user's source code: a whole file, or single lines."""

import linecache
from collections.abc import Iterable
from pathlib import Path

_MAX_BYTES = 2_000_000


def source_of(file: str) -> str | None:
    """Return a Python file's text; None if it is unreadable, too large or not Python."""
    path = Path(file)
    try:
        if path.suffix != ".py" or path.stat().st_size > _MAX_BYTES:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def lines_of(file: str) -> list[str]:
    """Return the lines of a Python file; none if it is unreadable."""
    return (source_of(file) or "").splitlines()


def line_texts(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the text of each line by file and line number; "" if it does not exist."""
    return {
        (file, line): linecache.getline(file, line).strip() for file, line in places
    }
