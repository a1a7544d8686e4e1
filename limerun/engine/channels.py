"""Channels on which this process receives messages, output and counters from others."""

import mmap
import os
import select
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from limerun.scratch import scratch_file
from limerun.watcher.lines import LineReader

SILENT_SECONDS = 30.0
"""The watcher sends a message every second; on a busy machine it may be late."""
STOPPING_SECONDS = 10.0
_KEPT_BYTES = 64_000
_COPIED_BYTES = 64_000_000


class WatcherPipe:
    """Reads the messages of one watcher, in order. Several readers may take turns."""

    def __init__(self, fd: int) -> None:
        self._reader = LineReader(fd)
        self._waiting: deque[dict[str, Any]] = deque()
        self.stopping = False
        """True if the watcher has been asked to end the worker; it must then answer
        sooner."""

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield messages until the watcher ends or is silent for too long."""
        while True:
            while self._waiting:
                yield self._waiting.popleft()
            if self._reader.ended or not self._wait_for_data():
                return
            self._waiting.extend(self._reader.read())

    def _wait_for_data(self) -> bool:
        began = time.monotonic()
        while not select.select([self._reader.fd], [], [], 1)[0]:
            allowed = STOPPING_SECONDS if self.stopping else SILENT_SECONDS
            if time.monotonic() - began > allowed:
                return False
        return True


class CapturedOutput:
    """Reads a pipe in a thread, so that its writer never waits; keeps both ends."""

    def __init__(self, copy: Path | None = None) -> None:
        """Open the pipe.

        Args:
            copy: A file that gets all of the output, up to 64 MB; None: no copy.
        """
        self._copy = copy.open("wb", buffering=0) if copy is not None else None
        self._copy_room = _COPIED_BYTES
        self._read_fd, self.write_fd = os.pipe()
        self._head = b""
        self._tail: deque[bytes] = deque()
        self._tail_bytes = self._left_out = 0
        self._thread = threading.Thread(target=self._drain, daemon=True)

    def start(self) -> None:
        """Start reading, once the writer has its end of the pipe."""
        os.close(self.write_fd)
        self._thread.start()

    def text(self) -> str:
        """Return the captured text, once all writers have ended."""
        self._thread.join(timeout=2)
        tail = b"".join(self._tail)
        if self._left_out:
            tail = f"\n[... {self._left_out:,} bytes left out ...]\n".encode() + tail
        return (self._head + tail).decode(errors="replace")

    def _drain(self) -> None:
        while chunk := os.read(self._read_fd, 65536):
            self._save(chunk)
            room = _KEPT_BYTES - len(self._head)
            self._head += chunk[:room]
            self._keep(chunk[room:] if room < len(chunk) else b"")
        os.close(self._read_fd)
        if self._copy is not None:
            self._copy.close()

    def _save(self, chunk: bytes) -> None:
        if self._copy is None or not self._copy_room:
            return
        try:
            self._copy_room -= self._copy.write(chunk[: self._copy_room])
        except OSError:  # the disk is full: the pipe must still be read
            self._copy_room = 0

    def _keep(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._tail.append(chunk)
        self._tail_bytes += len(chunk)
        while self._tail_bytes - len(self._tail[0]) >= _KEPT_BYTES:
            dropped = len(self._tail.popleft())
            self._tail_bytes -= dropped
            self._left_out += dropped


def shared_counters(size_bytes: int) -> tuple[Path, memoryview]:
    """Create a file of counters to share with another process; return a view of it."""
    path, file = scratch_file(bytes(size_bytes))
    try:
        mapped = mmap.mmap(file, size_bytes, access=mmap.ACCESS_READ)
    finally:
        os.close(file)
    return path, memoryview(mapped).cast("Q")
