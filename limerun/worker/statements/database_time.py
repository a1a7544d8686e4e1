"""Measure the time inside statements and commits, minus the contention there."""

from _thread import get_ident

from limerun.worker.counters import (
    DATABASE_CPU_NS,
    DATABASE_NS,
    DATABASE_UNREAD_CPU_NS,
)
from limerun.worker.standard import now, thread_cpu_ns

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable
    from typing import Any

    from limerun.worker.task_thread import TaskThread

    Began = tuple[float, int | None]
    """Start time in seconds; the task thread's CPU time in ns (other threads: None)."""

_LONG_SECONDS = 0.002
"""The run-queue delay is read in longer intervals: other threads run at least this long
before they yield, and a reading of 1 us costs less than 0.1 % of this."""

_SHORT_SECONDS = 0.000_05
"""In shorter intervals, the thread is assumed to have run all the time: reading its CPU
time takes 1 us, and an answer over a network takes longer than this."""


class DatabaseTime:
    """Sums up the time inside statements and commits.

    The intervals between them are timed too, to find out where a delay occurred: it is
    attributed to the last long interval, since short ones contain hardly any delay.
    """

    def __init__(self, counters: "memoryview[int]", thread: "TaskThread") -> None:
        self.counters = counters
        self._thread = thread
        self._last_at = 0.0
        self._last_cpu_ns = 0
        self._last_delay_ns: int | None = None

    def begin(self) -> "Began":
        """Return the clock readings at the start of a statement or commit."""
        at = now()
        if get_ident() != self._thread.ident:
            return at, None
        outside = at - self._last_at
        if outside < _SHORT_SECONDS:
            return at, self._last_cpu_ns + int(outside * 1e9)
        if outside >= _LONG_SECONDS:
            self._last_delay_ns = self._thread.delay_ns_alone()
        return at, thread_cpu_ns()

    def end(self, began: "Began") -> float:
        """Add the time since the start; return it without contention, in seconds."""
        at = now()
        began_at, began_cpu_ns = began
        seconds = at - began_at
        counters = self.counters
        if began_cpu_ns is not None and get_ident() == self._thread.ident:
            if seconds < _SHORT_SECONDS:
                cpu_ns = int(seconds * 1e9)
                self._last_cpu_ns = began_cpu_ns + cpu_ns
            else:
                self._last_cpu_ns = thread_cpu_ns()
                cpu_ns = max(0, self._last_cpu_ns - began_cpu_ns)
            counters[DATABASE_CPU_NS] += cpu_ns
            self._last_at = at
            if seconds >= _LONG_SECONDS:
                seconds -= self._contention(seconds, cpu_ns)
        counters[DATABASE_NS] += int(seconds * 1e9)
        return seconds

    def _contention(self, seconds: float, cpu_ns: int) -> float:
        before, delay_ns = self._last_delay_ns, self._thread.delay_ns_alone()
        self._last_delay_ns = delay_ns
        if before is None or delay_ns is None:
            self.counters[DATABASE_UNREAD_CPU_NS] += cpu_ns
            return 0.0
        return min(seconds, (delay_ns - before) / 1e9)

    def timing(self, commit: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return a method that commits, and is timed."""

        def timed(*arguments: "Any", **named: "Any") -> "Any":
            began = self.begin()
            try:
                return commit(*arguments, **named)
            finally:
                self.end(began)

        return timed
