"""Read the source of a file of the user's."""

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
