"""What was alive near the peak, by tracemalloc, where memray does not exist."""

import threading
import time
import tracemalloc
from contextlib import suppress

from limerun.instruments.lines import CallInstrument, IsUsers, LineSums

_FRAMES = 16  # enough to reach the user's code through SQLAlchemy
_LOOK_SECONDS = 0.02
_GROWTH = 1.25
_LEAST_BYTES = 100_000


class TracemallocInstrument(CallInstrument):
    """Bytes alive at about the peak, by the line that allocated them.

    tracemalloc keeps no picture of its peak, so a thread takes one each time the
    heap has outgrown the last by a quarter: the lines are those of 80 % of the
    peak or more, as far as the thread got its turn. Pictures take long, so half
    of the time is left to the task.
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
        """Begin tracing allocations."""
        tracemalloc.start(_FRAMES)
        self._thread.start()

    def stop(self) -> None:
        """Trace no more."""
        self._ended.set()
        self._thread.join()
        self._look()
        self._peak = tracemalloc.get_traced_memory()[1] or self._snapshot_bytes
        tracemalloc.stop()

    def _follow(self) -> None:
        pause = _LOOK_SECONDS
        while not self._ended.wait(pause):
            used = time.thread_time()
            self._look()
            pause = max(_LOOK_SECONDS, time.thread_time() - used)

    def _look(self) -> None:
        alive = tracemalloc.get_traced_memory()[0]
        if alive > self._snapshot_bytes * _GROWTH + _LEAST_BYTES:
            with suppress(RuntimeError):  # the task has just stopped it
                self._snapshot = tracemalloc.take_snapshot()
                self._snapshot_bytes = alive

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line: while it watches, those of the last picture."""
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
