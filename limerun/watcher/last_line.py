"""Make the worker show its current line before it is killed."""

import os
import select
import signal
import time
from contextlib import suppress

from limerun.watcher.lines import LineReader
from limerun.worker.protocol import LINE_SIGNAL_BELOW_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 3.0  # for a busy machine; others need only milliseconds
_SECONDS_FOR_MEMORY = 0.005  # a task may allocate about 5 MB in this time
_MEMORY_KILLS = ("cloud_limit", "host_memory")
_WHOLE_STACK = os.path.join("worker", "boot.py")


def ask_for_line(
    pid: int, answers: LineReader, read_answers: "Callable[[], None]", kill: str
) -> str | None:
    """Make the worker write its stack, if it can do so in time.

    Args:
        pid: The worker.
        answers: The descriptor on which the stack arrives.
        read_answers: Reads and handles what has arrived there.
        kill: Why the worker will be killed; for its memory, it gets less time.

    Returns:
        Why there is no stack, if that is known.
    """
    highest = getattr(signal, "SIGRTMAX", None)
    if highest is None:
        return None
    number = int(highest) - LINE_SIGNAL_BELOW_MAX
    if not _is_heard(pid, number):
        return "the task blocks or ignores the signal that requests the line"
    with suppress(OSError):
        os.kill(pid, number)
    until = time.monotonic()
    until += _SECONDS_FOR_MEMORY if kill in _MEMORY_KILLS else _SECONDS
    while not any(_WHOLE_STACK in line for line in answers.other):
        if answers.ended:
            return "the task closed the pipes to limerun"
        left = until - time.monotonic()
        if left <= 0 or not select.select([answers.fd], [], [], left)[0]:
            return None
        read_answers()
    return None


def _is_heard(pid: int, number: int) -> bool:
    """Return whether the main thread neither blocks nor ignores the signal."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            fields = dict(line.split(b":", 1) for line in file if b":" in line)
        unheard = int(fields[b"SigBlk"], 16) | int(fields[b"SigIgn"], 16)
    except (OSError, KeyError, ValueError):
        return True
    return not unheard >> (number - 1) & 1
