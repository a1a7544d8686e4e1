"""The time instrument: measures segments, the database, HTTP, sources and waiting."""

import time
from collections.abc import Callable, Mapping

from limerun import segments
from limerun.instruments.clock import TimeLedger
from limerun.instruments.lines import CallInstrument

_MAX_READINGS = 400


class TimeInstrument(CallInstrument):
    """Measures seconds by segment and kind, and counts the Lime objects in memory."""

    tool = "limerun's clock"
    unit = "seconds"

    def __init__(self) -> None:
        self.clock = TimeLedger()
        self._alive: LiveObjects | None = None
        # Set before the task is imported, because `@segment` reads it only then.
        segments.listener = self.clock

    def watch_objects(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Count objects at each tick; `counts` returns their numbers by limetype."""
        self._alive = LiveObjects(counts)

    def watch_libraries(self) -> None:
        """Hook into the database and HTTP libraries that the process has imported."""
        from limerun.instruments.libraries import watch_database, watch_http

        watch_database(self.clock)
        watch_http(self.clock)

    def start(self) -> None:
        """Start the clock."""
        if self._alive is not None:
            self._alive.start()
            self._alive.read()
        self.clock.start()

    def stop(self) -> None:
        """Stop the clock."""
        self.clock.stop()
        if self._alive is not None:
            self._alive.read(last=True)

    def tick(self) -> None:
        """Count the objects."""
        self.clock.exclude_this_thread()
        if self._alive is not None:
            self._alive.read()

    def summary(self) -> dict[str, object]:
        """Return {tool, unit, total, lines, parts, bands, band_seconds, objects}."""
        parts = self.clock.parts()
        return {
            "tool": self.tool,
            "unit": self.unit,
            "total": sum(part[4] for part in parts if not part[6]),  # type: ignore[misc]
            "lines": [],
            "parts": parts,
            "bands": self.clock.bands.summary(),
            "cpu_wait_seconds": self.clock.cpu_wait_seconds(),
            "cpu_elsewhere": self.clock.cpu_elsewhere(),
            "band_seconds": self.clock.bands.width,
            "objects": None if self._alive is None else self._alive.summary(),
        }


class LiveObjects:
    """Reads counts periodically; drops every second reading when there are too many."""

    def __init__(self, counts: Callable[[], Mapping[str, int]]) -> None:
        self._counts = counts
        self._start = 0.0
        self._every = 1
        self._ticks = 0
        self._readings: list[tuple[float, dict[str, int]]] = []

    def start(self) -> None:
        """Start the clock of the readings."""
        self._start = time.monotonic()

    def read(self, *, last: bool = False) -> None:
        """Take a reading, if one is due."""
        if not self._start:
            return
        self._ticks += 1
        if self._ticks % self._every and not last:
            return
        now = dict(self._counts())
        self._readings.append((time.monotonic() - self._start, now))
        if len(self._readings) >= _MAX_READINGS:
            pairs = zip(self._readings[::2], self._readings[1::2], strict=False)
            self._readings = [max(pair, key=_total) for pair in pairs]
            self._every *= 2

    def summary(self) -> dict[str, object]:
        """Return {at: seconds since the start, alive: {name: counts}}."""
        readings = list(self._readings)
        names = sorted({name for _, counts in readings for name in counts})
        return {
            "at": [round(at, 3) for at, _ in readings],
            "alive": {
                name: [counts.get(name, 0) for _, counts in readings] for name in names
            },
        }


def _total(reading: tuple[float, Mapping[str, int]]) -> int:
    return sum(reading[1].values())
