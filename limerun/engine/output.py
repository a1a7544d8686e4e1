"""Keep what a process prints: its beginning and its end, never all of it."""

import os
import threading
from collections import deque

_KEPT_BYTES = 64_000


class KeptOutput:
    """Drains a pipe in a thread, so that whoever prints into it never waits."""

    def __init__(self) -> None:
        self._read_fd, self.write_fd = os.pipe()
        self._head = b""
        self._tail: deque[bytes] = deque()
        self._tail_bytes = self._left_out = 0
        self._thread = threading.Thread(target=self._drain, daemon=True)

    def start(self) -> None:
        """Begin, once the write end has been handed over."""
        os.close(self.write_fd)
        self._thread.start()

    def text(self) -> str:
        """Return what was kept, once the writers are gone."""
        self._thread.join(timeout=2)
        tail = b"".join(self._tail)
        if self._left_out:
            tail = f"\n[... {self._left_out:,} bytes left out ...]\n".encode() + tail
        return (self._head + tail).decode(errors="replace")

    def _drain(self) -> None:
        while chunk := os.read(self._read_fd, 65536):
            room = _KEPT_BYTES - len(self._head)
            self._head += chunk[:room]
            self._keep(chunk[room:] if room < len(chunk) else b"")
        os.close(self._read_fd)

    def _keep(self, chunk: bytes) -> None:
        if not chunk:
            return
        self._tail.append(chunk)
        self._tail_bytes += len(chunk)
        while self._tail_bytes - len(self._tail[0]) >= _KEPT_BYTES:
            dropped = len(self._tail.popleft())
            self._tail_bytes -= dropped
            self._left_out += dropped
