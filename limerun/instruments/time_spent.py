"""The instrument of time: segments, database, HTTP, sources, and what is waited for."""

from collections.abc import Callable, Mapping

from limerun import segments
from limerun.instruments.clock import TimeLedger
from limerun.instruments.lines import CallInstrument
from limerun.instruments.live_objects import LiveObjects


class TimeInstrument(CallInstrument):
    """Seconds by segment and kind; how many Lime objects live, meanwhile."""

    tool = "limerun's clock"
    unit = "seconds"

    def __init__(self) -> None:
        self.clock = TimeLedger()
        self._alive: LiveObjects | None = None
        # Before the task is imported: its decorators ask once.
        segments.listener = self.clock

    def watch_objects(self, counts: Callable[[], Mapping[str, int]]) -> None:
        """Have objects counted now and then, by limetype."""
        self._alive = LiveObjects(counts)

    def watch_libraries(self) -> None:
        """Hook into the database and HTTP, as far as the process has them."""
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
        """Stop it."""
        self.clock.stop()
        if self._alive is not None:
            self._alive.read(last=True)

    def tick(self) -> None:
        """Count the objects."""
        self.clock.leave_out_this_thread()
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
            "bands": self.clock.bands.told(),
            "cpu_wait_seconds": self.clock.cpu_wait_seconds(),
            "cpu_elsewhere": self.clock.cpu_elsewhere(),
            "band_seconds": self.clock.bands.width,
            "objects": None if self._alive is None else self._alive.told(),
        }
