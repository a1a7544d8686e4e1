"""Record the finished parts of a file or table, one per line."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple


class JournalEntry(NamedTuple):
    """A finished part."""

    end: int
    """The end of the part, in bytes of a file or rows of a table."""
    digest: str
    """The SHA-256 of all parts so far."""


class Journal:
    """The finished parts of a file or table, saved to a file at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: list[JournalEntry] = []
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        for line in lines:
            if not line.endswith(b"\n"):  # incomplete, because the process was killed
                break
            self.entries.append(JournalEntry(*json.loads(line)))
        self.keep(len(self.entries))

    @property
    def end(self) -> int:
        """The end of the last part."""
        return self.entries[-1].end if self.entries else 0

    @property
    def digest(self) -> str:
        """The digest of all parts."""
        return self.entries[-1].digest if self.entries else ""

    def keep(self, count: int) -> None:
        """Keep only the first parts."""
        del self.entries[count:]
        self._path.write_bytes(b"".join(map(_line, self.entries)))

    def add(self, end: int, digest: str) -> None:
        """Add a finished part."""
        self.entries.append(JournalEntry(end, digest))
        with self._path.open("ab") as file:
            file.write(_line(self.entries[-1]))


def _line(entry: JournalEntry) -> bytes:
    return json.dumps(entry).encode() + b"\n"


def chained(digest: str, values: bytes) -> str:
    """Combine the digest of the earlier parts with that of one more part."""
    return hashlib.sha256(digest.encode() + values).hexdigest()
