"""Send and receive JSON lines to and from the watcher, through two inherited pipes."""

import json
import os

from limerun.worker.process import leave_if_forked

FIRST_FD = 200
"""Our descriptors start here, so the task's own start at 3, as in any interpreter."""


class ChannelLost(Exception):
    """The other end is gone, or the task closed our descriptors."""


class Channel:
    """Exchanges JSON objects with the watcher, one per line."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._read_fd = moved(read_fd, FIRST_FD)
        self.write_fd = moved(write_fd, FIRST_FD + 1)
        self._rest = b""

    def receive(self) -> dict[str, object]:
        """Return the next message.

        Raises:
            ChannelLost: No further message will arrive.
        """
        leave_if_forked()
        while b"\n" not in self._rest:
            try:
                os.set_blocking(self._read_fd, True)  # the task may have changed it
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
        """Send one complete message.

        It starts with a line break, so that nothing the task may have written into
        the pipe becomes part of it.

        Raises:
            ChannelLost: The message cannot be sent.
        """
        leave_if_forked()
        data = b"\n" + json.dumps({"event": event, **content}).encode() + b"\n"
        try:
            os.set_blocking(self.write_fd, True)
            while data:
                data = data[os.write(self.write_fd, data) :]
        except OSError as error:
            raise ChannelLost from error


def moved(fd: int, place: int) -> int:
    """Return a descriptor that children do not inherit, at `place` if that is free."""
    try:
        os.fstat(place)
    except OSError:
        try:
            os.dup2(fd, place, inheritable=False)
        except OSError:  # the limit of open files is lower
            pass
        else:
            os.close(fd)
            return place
    os.set_inheritable(fd, False)
    return fd
