"""The time instrument: measures segments, the database, HTTP, sources and waiting."""

from collections.abc import Callable, Mapping

from limerun import segments
from limerun.instruments.clock import TimeLedger
from limerun.instruments.lines import CallInstrument
from limerun.instruments.live_objects import LiveObjects


class TimeInstrument(CallInstrument):
    """Measures seconds by segment and kind, and counts the Lime objects in memory."""

    tool = "limerun's clock"
    unit = "seconds"

    def __init__(self) -> None:
        self.clock = TimeLedger()
        self._alive: LiveObjects | None = None
        # Before the task is imported, as `@segment` reads it only then.
        segments.listener = self.clock

    def watch_objects(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Count objects at each tick; `counts` returns their numbers by limetype."""
        self._alive = LiveObjects(counts)

    def watch_libraries(self) -> None:
        """Hook into the database and HTTP libraries that the process has imported."""
        from limerun.instruments.database import watch_database
        from limerun.instruments.http import watch_http

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
