"""Lines of JSON from a pipe that is polled."""

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost 2 MB here
    from typing import Any

    Message = dict[str, Any]
else:
    Message = dict


class LineReader:
    """Collects what a descriptor has and hands it out as whole messages."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.ended = False
        self._rest = b""

    def read(self) -> list[Message]:
        """Return the messages that have come, after one read."""
        try:
            chunk = os.read(self.fd, 1 << 20)
        except OSError:
            chunk = b""
        self.ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [json.loads(line) for line in lines]


def write_message(fd: int, message: Message) -> None:
    """Write one message whole; a reader that is gone is no concern of ours."""
    data = json.dumps(message, separators=(",", ":")).encode() + b"\n"
    try:
        while data:
            data = data[os.write(fd, data) :]
    except OSError:
        pass
