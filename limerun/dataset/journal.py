"""What was made so far of something that is made in parts: a line for each."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A part that lies whole in its file."""

    spans: Sequence[tuple[int, int]]
    """Where it lies: from, to."""
    digest: str
    """SHA-256 of all parts so far."""
    note: bytes


class Journal:
    """A file of entries; without a path they are not kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def entries(self) -> Iterator[Entry]:
        """Yield what was kept; a line that was cut off ends it."""
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_bytes().splitlines(keepends=True):
            if not line.endswith(b"\n"):
                return
            spans, digest, note = json.loads(line)
            yield Entry(spans=spans, digest=digest, note=base64.b64decode(note))

    def restart(self, entries: list[Entry]) -> None:
        """Keep these and no others."""
        if self._path is not None:
            self._path.write_bytes(b"".join(map(_line, entries)))

    def add(self, entry: Entry) -> None:
        """Keep one more, at once."""
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(_line(entry))


def _line(entry: Entry) -> bytes:
    note = base64.b64encode(entry.note).decode()
    return json.dumps([entry.spans, entry.digest, note]).encode() + b"\n"
