"""Find where each row of a JSON Lines file begins, for whoever reads from its middle."""

from pathlib import Path

import numpy as np

_CHUNK_BYTES = 1 << 24
_OFFSET = np.dtype("<u8")


def index_path(path: Path) -> Path:
    """Return where the index of a file lies."""
    return path.with_name(f"{path.name}.index")


def write_index(path: Path) -> None:
    """Write beside a file where each of its rows begins, and where the last one ends.

    These are unsigned 64-bit numbers, little-endian, one for each row and one more:
    eight bytes a row, so that the place of any row can be read at once.
    """
    with path.open("rb") as rows, index_path(path).open("wb") as index:
        index.write(np.zeros(1, _OFFSET).tobytes())
        before = 0
        while chunk := rows.read(_CHUNK_BYTES):
            ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
            index.write((ends + (before + 1)).astype(_OFFSET).tobytes())
            before += len(chunk)
