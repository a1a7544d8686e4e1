"""A file that grows by parts, and goes on where an interrupted run left it."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from limerun.dataset.formats.encoding import Encoding, Part, placed
from limerun.dataset.journal import Entry, Journal

_CHUNK_BYTES = 1 << 20

Spans = Sequence[tuple[int, int]]


class PartFile:
    """Puts parts one after another into a file, and keeps account of them.

    What an earlier run left is taken over as far as its bytes are still those that
    were written; the rest is cut off.

    Args:
        path: The file; it is made if it is not there.
        encoding: How its parts are made.
        journal: Where the account is kept.
        start: Where in the file the first part goes; what comes before is not touched.
    """

    def __init__(
        self, path: Path, encoding: Encoding, journal: Journal, start: int = 0
    ) -> None:
        self.path: Path | None = path
        self._encoding = encoding
        self._journal = journal
        path.touch()
        self._file = path.open("r+b", buffering=0)
        self._hash = hashlib.sha256()
        self.notes: list[bytes] = []
        self.start = start
        self._file.seek(start)
        self._put(encoding.head())
        self._reserved = self.end = start + len(encoding.head())
        self._resume()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    @property
    def parts(self) -> int:
        """How many parts it has."""
        return len(self.notes)

    def digest(self) -> str:
        """Return the SHA-256 of what was written."""
        return self._hash.hexdigest()

    def _resume(self) -> None:
        kept: list[Entry] = []
        for entry in self._journal.entries():
            trial = self._hash.copy()
            for chunk in self._read(entry.spans):
                trial.update(chunk)
            if trial.hexdigest() != entry.digest:
                break
            if not kept:
                self.start = entry.spans[0][0]
            self._hash, self.end = trial, entry.spans[-1][1]
            self.notes.append(entry.note)
            kept.append(entry)
        self._reserved = self.end
        self._journal.restart(kept)
        self._file.truncate(self.end)

    def restart(self) -> None:
        """Forget all parts."""
        self._journal.restart([])
        self._file.truncate(self.start)

    def _read(self, spans: Spans) -> Iterator[bytes]:
        for start, end in spans:
            self._file.seek(start)
            while start < end:
                chunk = self._file.read(min(end - start, _CHUNK_BYTES))
                if not chunk:
                    return
                start += len(chunk)
                yield chunk

    def add(self, part: Part) -> None:
        """Write the next part."""
        spans = self.reserve(part.size)
        for at, chunk in placed(part, spans):
            self._file.seek(at)
            self._put(chunk)
        self._account(spans, part.note)

    def _put(self, data: bytes | memoryview) -> None:
        view = memoryview(data)
        while len(view):
            written = self._file.write(view)
            self._hash.update(view[:written])
            view = view[written:]

    def reserve(self, size: int) -> Spans:
        """Return where the next part goes, that someone else writes."""
        spans = self._encoding.spans(self._reserved, size)
        self._reserved = spans[-1][1]
        return spans

    def written(self, spans: Spans, note: bytes) -> None:
        """Hear that the next part in order has been written where it was to go."""
        for chunk in self._read(spans):
            self._hash.update(chunk)
        self._account(spans, note)

    def _account(self, spans: Spans, note: bytes) -> None:
        self.end = spans[-1][1]
        self.notes.append(note)
        self._journal.add(Entry(spans=spans, digest=self._hash.hexdigest(), note=note))

    def finish(self) -> None:
        """Write what comes after the last part."""
        tail = self._encoding.tail(self.notes, self.end)
        self._file.seek(self.end)
        self._put(tail)
        self.end += len(tail)
