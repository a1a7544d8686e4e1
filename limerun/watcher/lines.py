"""Read JSON lines from a pipe, as they arrive."""

import json
import os

from limerun.worker import protocol

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost 2 MB here
    from typing import Any

    Message = dict[str, Any]
else:
    Message = dict

_MOST_OTHER_LINES = 200
_LONGEST_OTHER_LINE = 2000


class LineReader:
    """Collects the bytes read from a descriptor, and returns complete messages.

    Lines that are not messages are kept separately: the task may write into any
    descriptor, and faulthandler writes the worker's stack.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.ended = False
        self.other: list[str] = []
        self._parts: list[bytes] = []

    def read(self) -> list[Message]:
        """Read once; return the messages that are now complete."""
        try:
            chunk = os.read(self.fd, 1 << 20)
        except OSError:
            chunk = b""
        self.ended = not chunk
        *lines, rest = chunk.split(b"\n")
        if lines:  # joined only once: a long line must not take quadratic time
            lines[0] = b"".join([*self._parts, lines[0]])
            self._parts = []
        self._parts.append(rest)
        return [message for line in lines if (message := self._parsed(line))]

    def _parsed(self, line: bytes) -> Message | None:
        try:
            message = json.loads(line) if line else None
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict) and isinstance(message.get("event"), str):
            return message
        if line:
            text = protocol.shortened(
                line.decode(errors="replace"), _LONGEST_OTHER_LINE
            )
            self.other = [*self.other, text][-_MOST_OTHER_LINES:]
        return None


_OF_WORKER = {
    protocol.LOADED: ("kind", "platform", "python", "user_folder", "library_folder"),
    protocol.UNLOADABLE: ("message", "traceback"),
    protocol.LISTED: ("tasks", "notes"),
    protocol.TOLD: ("seen",),
    protocol.READY: (),
    protocol.LIMITS: ("soft_seconds", "hard_seconds"),
    protocol.RETRIED: ("countdown_seconds", "why"),
    protocol.RETURNED: ("idle_pids",),
    protocol.DONE: ("threads", "threads_left", "forks_left", "idle_pids"),
    protocol.FINISHED: (
        "cpu_user_seconds",
        "cpu_system_seconds",
        "not_run",
        "result",
        "sent",
    ),
    protocol.DESCRIBED: ("error", "result"),
}
"""The fields that each of the worker's messages must contain."""


def is_of_worker(message: Message) -> bool:
    """Return whether a worker sends this kind of message, and it has all its fields."""
    needed = _OF_WORKER.get(message["event"])
    return needed is not None and all(name in message for name in needed)


def write_message(fd: int, message: Message) -> None:
    """Write one complete message; do nothing if the reader is gone."""
    data = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        pass
