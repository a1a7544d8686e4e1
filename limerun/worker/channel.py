"""JSON lines to and from the watcher, on two inherited pipes."""

import json
import os


class ChannelLost(Exception):
    """The other end is gone, or the task closed our descriptors."""


class Channel:
    """One JSON object a line, each way."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        # A child that the task starts must not hold the pipes open.
        os.set_inheritable(read_fd, False)
        os.set_inheritable(write_fd, False)
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._rest = b""

    def receive(self) -> dict[str, object]:
        """Return the next message.

        Raises:
            ChannelLost: There will be none.
        """
        while b"\n" not in self._rest:
            try:
                chunk = os.read(self._read_fd, 65536)
            except OSError as error:
                raise ChannelLost from error
            if not chunk:
                raise ChannelLost
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        message: dict[str, object] = json.loads(line)
        return message

    def send(self, event: str, **content: object) -> None:
        """Send one message whole.

        Raises:
            ChannelLost: It cannot be sent.
        """
        data = json.dumps({"event": event, **content}).encode() + b"\n"
        try:
            while data:
                data = data[os.write(self._write_fd, data) :]
        except OSError as error:
            raise ChannelLost from error
