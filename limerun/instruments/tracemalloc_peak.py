"""Measure which lines allocated the memory near the peak, with tracemalloc."""

import threading
import time
import tracemalloc
from contextlib import suppress

from limerun.instruments.lines import CallInstrument, IsUsers, LineSums

_FRAMES = 16  # enough to reach the user's code through SQLAlchemy
_CHECK_SECONDS = 0.02
_GROWTH = 1.25
_MIN_BYTES = 100_000


class TracemallocInstrument(CallInstrument):
    """Measures the bytes in use near the peak, by the line that allocated them.

    tracemalloc keeps no snapshot of the peak. So a thread takes a snapshot each time
    the heap has grown by a quarter: the last one shows at least 80 % of the peak,
    unless the thread had to wait. A snapshot takes long, so the thread then pauses for
    the same time.
    """

    tool = "tracemalloc"
    unit = "bytes"

    def __init__(self, is_users: IsUsers) -> None:
        self._is_users = is_users
        self._snapshot: tracemalloc.Snapshot | None = None
        self._snapshot_bytes = 0
        self._peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Start tracing allocations."""
        tracemalloc.start(_FRAMES)
        self._thread.start()

    def stop(self) -> None:
        """Stop tracing allocations."""
        self._ended.set()
        self._thread.join()
        self._snapshot_if_grown()
        self._peak = tracemalloc.get_traced_memory()[1] or self._snapshot_bytes
        tracemalloc.stop()

    def _follow(self) -> None:
        pause = _CHECK_SECONDS
        while not self._ended.wait(pause):
            used = time.thread_time()
            self._snapshot_if_grown()
            pause = max(_CHECK_SECONDS, time.thread_time() - used)

    def _snapshot_if_grown(self) -> None:
        in_use = tracemalloc.get_traced_memory()[0]
        if in_use > self._snapshot_bytes * _GROWTH + _MIN_BYTES:
            with suppress(RuntimeError):  # the task has just stopped tracemalloc
                self._snapshot = tracemalloc.take_snapshot()
                self._snapshot_bytes = in_use

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line in the last snapshot."""
        sums = LineSums(self._is_users)
        snapshot = self._snapshot
        if snapshot is not None:
            for statistic in snapshot.statistics("traceback"):
                frames = (
                    (frame.filename, frame.lineno, "")
                    for frame in reversed(statistic.traceback)
                )
                sums.add(frames, statistic.size, statistic.count)
        return {
            "tool": self.tool,
            "unit": self.unit,
            "total": float(self._peak or self._snapshot_bytes),
            "lines": sums.ranked(),
        }
