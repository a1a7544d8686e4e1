"""Sample the memory and contention of the worker and all processes it started."""

import time

from limerun.watcher.lines import Message
from limerun.watcher.procfs import Gone
from limerun.watcher.scheduling import SchedulingReader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from limerun.watcher.tree import Tree

_FLAT_BYTES = 250_000
_FLAT_READINGS = 5
_FLAT_INTERVAL = 0.025
_FLAT_DEADLINE = 2.0
_FLUSH_SECONDS = 0.1
_SLOW_BYTES = 1_000_000  # a smaller change between two samples is slow
_SLOW_STRETCH = 3  # a wake-up costs 75 us of CPU, far more than the reading
_NEAR_LIMIT = 0.8
_NEAR_INTERVAL = 0.002


class MemorySampler:
    """Takes memory samples relative to a baseline, and sends them in batches."""

    def __init__(
        self, tree: "Tree", order: Message, say: "Callable[[Message], None]"
    ) -> None:
        self._tree = tree
        self._say = say
        self._interval: float = order["sampling_seconds"]
        self._limit: int | None = order["kill_task_bytes"]
        self._resets: bool = order["reset"]
        self._samples: list[tuple[float, int]] = []
        self._baseline = self._next_flush = 0.0
        self._last_bytes = self._slow_samples = 0
        self.high_water_bytes = 0
        self.scheduling = SchedulingReader(tree.worker.pid)

    def take_baseline(self, wait: "Callable[[float], bool]") -> None:
        """Wait until the idle worker's memory is stable, then reset its peak.

        Args:
            wait: Waits for some seconds; returns whether the worker is still alive.

        Raises:
            Gone: The worker has ended.
        """
        readings: list[int] = []
        deadline = time.monotonic() + _FLAT_DEADLINE
        flat = False
        while not flat and time.monotonic() < deadline:
            readings = [*readings, self._tree.worker.rss_bytes()][-_FLAT_READINGS:]
            flat = (
                len(readings) == _FLAT_READINGS
                and max(readings) - min(readings) <= _FLAT_BYTES
            )
            if not flat and not wait(_FLAT_INTERVAL):
                raise Gone
        reset_error: str | None = "not asked for"
        if self._resets:
            reset_error = self._tree.worker.reset_high_water()
        self._baseline = self._tree.begin()
        self.high_water_bytes = self._tree.read_mark()
        self.scheduling.begin(self._tree.living_pids(), time.monotonic())
        self._say(
            {
                "event": "baseline",
                "rss_bytes": self._baseline,
                "high_water_bytes": self.high_water_bytes,
                "flat": flat,
                "reset_error": reset_error,
            }
        )

    def sample(self, now: float, *, look: bool = False) -> int:
        """Take one sample; return how much memory the task uses above the baseline."""
        try:
            total = self._tree.rss_bytes(now, look=look)
        except Gone:
            return 0
        self._samples.append((now, total))
        self.scheduling.sample(self._tree.living_pids(), now)
        if now >= self._next_flush:
            self._next_flush = now + _FLUSH_SECONDS
            self.read_mark()
            self.flush()
        return int(total - self._baseline)

    def read_mark(self) -> None:
        """Read the high-water mark; once the worker has ended, keep the last value."""
        try:
            self.high_water_bytes = self._tree.read_mark()
        except Gone:
            return

    def flush(self) -> None:
        """Send the samples taken since the last flush."""
        if self._samples:
            self._say(
                {
                    "event": "samples",
                    "samples": self._samples,
                    "contention_seconds": self.scheduling.contention_seconds,
                }
            )
            self._samples = []

    def interval(self, task_bytes: int) -> float:
        """Return the time until the next sample.

        It is shorter near the limit, and longer while memory changes slowly: the peak
        comes from the kernel, samples only draw the curve.
        """
        if self._limit is not None and task_bytes > _NEAR_LIMIT * self._limit:
            return min(self._interval, _NEAR_INTERVAL)
        moved, self._last_bytes = abs(task_bytes - self._last_bytes), task_bytes
        if moved > _SLOW_BYTES or self._tree.is_writing:
            self._slow_samples = 0
        self._slow_samples += 1
        if self._slow_samples > _FLAT_READINGS and not self._tree.others:
            return self._interval * _SLOW_STRETCH
        # Each process must be read, and the kernel records its peak anyway.
        return self._interval * (1 + self._tree.others // 2)
