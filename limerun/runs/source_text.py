"""Read the user's source: a whole file, or single lines."""

import linecache
from collections.abc import Iterable
from pathlib import Path

_MOST_BYTES = 2_000_000


def source_of(file: str) -> str | None:
    """Return a Python file's text; None where it cannot be read, or is no source."""
    path = Path(file)
    try:
        if path.suffix != ".py" or path.stat().st_size > _MOST_BYTES:
            return None
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None


def line_texts(places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the text of each line, named by file and number; "" where there is none."""
    return {
        (file, line): linecache.getline(file, line).strip() for file, line in places
    }
