"""Write CSV and JSON files, continuing where an earlier run ended."""

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
    """Write a file, or its unfinished parts.

    Args:
        executor: Generates the parts.
        piece: The file's rows.
        path: The file.
        journals: The folder for the list of finished parts.

    Returns:
        The file's SHA-256.

    Raises:
        OSError: The file cannot be written.
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
    """A file that is written part by part, with its digest.

    Parts that an earlier run finished are kept if their bytes are unchanged. The rest
    of the file is removed.
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
        """The number of finished parts."""
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
        """Append bytes."""
        view = memoryview(data)
        while len(view):
            written = self._file.write(view)
            self._hash.update(view[:written])
            self.end += written
            view = view[written:]

    def end_part(self) -> None:
        """Record that a part ends here."""
        self._journal.add(self.end, self.digest())

    def digest(self) -> str:
        """Return the SHA-256 of all bytes."""
        return self._hash.hexdigest()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
