"""Write CSV and JSON: parts one after another, going on where an earlier run ended."""

import hashlib
from pathlib import Path

from limerun.dataset.output.executor import Executor
from limerun.dataset.output.journal import Journal
from limerun.dataset.output.parts import OutputPiece
from limerun.dataset.output.value_digests import Chunk

_CHUNK_BYTES = 1 << 20


def write_text(
    executor: Executor, piece: OutputPiece, path: Path, journals: Path
) -> str:
    """Make a file, or the parts of it that are not finished.

    Args:
        executor: Makes the parts.
        piece: The file's rows.
        path: The file.
        journals: The folder in which it is kept which parts are finished.

    Returns:
        The file's SHA-256.

    Raises:
        OSError: There is no room for it.
    """
    encoding = executor.maker(piece).encoding
    file = _TextFile(path, Journal(journals / path.name), encoding.head())
    try:
        for part in executor.parts(piece, file.parts):
            for chunk in part.chunks:
                file.write(chunk)
            file.end_part()
        file.write(encoding.tail(file.end))
    finally:
        file.close()
    return file.digest()


class _TextFile:
    """A file that grows by parts, and knows its digest.

    What an earlier run left is kept as far as its bytes are still those that were
    written; the rest is cut off.
    """

    def __init__(self, path: Path, journal: Journal, head: bytes) -> None:
        path.touch()
        self._file = path.open("r+b", buffering=0)
        self._journal = journal
        self._hash = hashlib.sha256()
        self.end = 0
        self.write(head)
        self._resume()

    @property
    def parts(self) -> int:
        """How many parts are finished."""
        return len(self._journal.entries)

    def _resume(self) -> None:
        for number, entry in enumerate(self._journal.entries):
            trial = self._hash.copy()
            for start in range(self.end, entry.end, _CHUNK_BYTES):
                self._file.seek(start)
                trial.update(self._file.read(min(_CHUNK_BYTES, entry.end - start)))
            if trial.hexdigest() != entry.digest:
                self._journal.keep(number)
                break
            self._hash, self.end = trial, entry.end
        self._file.truncate(self.end)
        self._file.seek(self.end)

    def write(self, data: Chunk) -> None:
        """Write some bytes at the end."""
        view = memoryview(data)
        while len(view):
            written = self._file.write(view)
            self._hash.update(view[:written])
            self.end += written
            view = view[written:]

    def end_part(self) -> None:
        """Keep that a part ends here."""
        self._journal.add(self.end, self.digest())

    def digest(self) -> str:
        """Return the SHA-256 of all bytes."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
