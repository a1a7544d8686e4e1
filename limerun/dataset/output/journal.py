"""What was made so far of something that is made in parts: a line for each."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple


class JournalEntry(NamedTuple):
    """A part that is finished."""

    end: int
    """Where it ends: bytes of a file, or rows of a table."""
    digest: str
    """SHA-256 of all parts so far."""


class Journal:
    """The finished parts of a file or a table, kept in a file as each is added."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: list[JournalEntry] = []
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        for line in lines:
            if not line.endswith(b"\n"):  # cut off by a kill
                break
            self.entries.append(JournalEntry(*json.loads(line)))
        self.keep(len(self.entries))

    @property
    def end(self) -> int:
        """Where the last part ends."""
        return self.entries[-1].end if self.entries else 0

    @property
    def digest(self) -> str:
        """The digest of all parts."""
        return self.entries[-1].digest if self.entries else ""

    def keep(self, count: int) -> None:
        """Forget all parts but the first ones."""
        del self.entries[count:]
        self._path.write_bytes(b"".join(map(_line, self.entries)))

    def add(self, end: int, digest: str) -> None:
        """Keep one more."""
        self.entries.append(JournalEntry(end, digest))
        with self._path.open("ab") as file:
            file.write(_line(self.entries[-1]))


def _line(entry: JournalEntry) -> bytes:
    return json.dumps(entry).encode() + b"\n"


def chained(digest: str, values: bytes) -> str:
    """Return the digest of parts and one more, whose own digest is given."""
    return hashlib.sha256(digest.encode() + values).hexdigest()
