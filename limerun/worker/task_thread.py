"""Read the clocks that the kernel keeps for the thread that runs the task.

Linux counts for each thread how long it could run but had no processor: its
run-queue delay. A reading costs about 1 us.
"""

import os
from _thread import _count as _other_threads
from _thread import get_ident

from limerun.worker.channel import FIRST_FD, moved
from limerun.worker.counters import (
    FINISHED_DELAY_NS,
    FINISHED_THREAD_CPU_NS,
    STARTED_DELAY_NS,
    STARTED_THREAD_CPU_NS,
)
from limerun.worker.standard import thread_cpu_ns

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable

_PATH = "/proc/thread-self/schedstat"
_FIELDS_BYTES = 64
_pread: "Callable[[int, int, int], bytes] | None" = getattr(os, "pread", None)


class TaskThread:
    """The clocks of the task's thread, which is the one that creates this object."""

    def __init__(self) -> None:
        self.ident = get_ident()
        self._fd = _open_schedstat()
        # "0 0 0": the kernel keeps no scheduler statistics.
        if self._fd is not None and self._fields()[:2] == [b"0", b"0"]:
            os.close(self._fd)
            self._fd = None

    def delay_ns(self) -> "int | None":
        """Return how long the thread waited for a processor; None if unknown."""
        if self._fd is None:
            return None
        try:
            return int(self._fields()[1])
        except (OSError, ValueError, IndexError):
            return None  # the task closed our descriptor

    def delay_ns_alone(self) -> "int | None":
        """Return `delay_ns`; None if other threads run Python code too.

        A reading releases the GIL: another thread may then keep it for milliseconds.
        """
        return None if _other_threads() else self.delay_ns()

    def note_start(self, counters: "memoryview[int]") -> None:
        """Store the clocks' values at the start of the task."""
        self._note(counters, STARTED_THREAD_CPU_NS, STARTED_DELAY_NS)

    def note_end(self, counters: "memoryview[int]") -> None:
        """Store the clocks' values at the end of the task."""
        self._note(counters, FINISHED_THREAD_CPU_NS, FINISHED_DELAY_NS)

    def _note(self, counters: "memoryview[int]", cpu: int, delay: int) -> None:
        waited = self.delay_ns()
        counters[cpu] = thread_cpu_ns()
        counters[delay] = 0 if waited is None else waited + 1

    def _fields(self) -> "list[bytes]":
        assert self._fd is not None
        assert _pread is not None
        return _pread(self._fd, _FIELDS_BYTES, 0).split()


def _open_schedstat() -> "int | None":
    if _pread is None:
        return None
    try:
        return moved(os.open(_PATH, os.O_RDONLY), FIRST_FD + 2)
    except OSError:
        return None
