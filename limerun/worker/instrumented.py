"""The parts of a run that exist only with an instrument."""

import sys
from collections.abc import Callable

from limerun.instruments import MissingTool, make_memory_instrument
from limerun.instruments.lines import CallInstrument, NoInstrument
from limerun.instruments.snapshot import SnapshotWriter
from limerun.worker.callsite import CallSites
from limerun.worker.load import Unloadable
from limerun.worker.protocol import CAPTURE, KEPT
from limerun.worker.statements.recorder import StatementRecorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from limerun.worker.application import ObjectCounter
    from limerun.worker.task_thread import TaskThread


class Instrumented:
    """One instrument, and the thread that stores its results."""

    def __init__(self, order: "dict[str, Any]") -> None:
        self._order = order
        self.name: str = order["name"]
        self.instrument: CallInstrument = NoInstrument()
        self._keeper = SnapshotWriter(
            f"{order['folder']}/{KEPT}",
            order["stop_after_seconds"],
            order["stop_above_bytes"],
            order["durable"],
        )
        if self.name == "time":
            from limerun.instruments.time_spent import TimeInstrument

            self.instrument = TimeInstrument()

    def recorder(
        self,
        counters: "memoryview[int]",
        call_sites: CallSites,
        thread: "TaskThread",
    ) -> StatementRecorder | None:
        """Return the statement recorder, if that is the instrument."""
        if self.name != "statements":
            return None
        from limerun.worker.statements.details import DetailedRecorder

        return DetailedRecorder(counters, call_sites, thread)

    def open(
        self,
        call_sites: CallSites,
        objects: "ObjectCounter | None",
        reads_sources: bool,
    ) -> None:
        """Create the instrument. Everything that it watches must exist already.

        Raises:
            Unloadable: The interpreter lacks what it needs.
        """
        try:
            if self.name == "cpu":
                from limerun.instruments.cpu import CpuInstrument

                self.instrument = CpuInstrument(
                    call_sites.is_users,
                    self._order["interval_seconds"],
                    without_profiler=self._order["without_profiler"],
                )
            elif self.name == "memory":
                capture = f"{self._order['folder']}/{CAPTURE}"
                self.instrument = make_memory_instrument(
                    call_sites.is_users,
                    capture,
                    durable=self._order["durable"],
                    without_profiler=self._order["without_profiler"],
                )
            elif self.name == "time":
                self._watch_time(objects, reads_sources)
        except MissingTool as error:
            raise Unloadable(str(error)) from error

    def _watch_time(self, objects: "ObjectCounter | None", reads_sources: bool) -> None:
        from limerun.instruments.time_spent import TimeInstrument

        instrument = self.instrument
        assert isinstance(instrument, TimeInstrument)
        instrument.watch_libraries()
        if objects is not None:
            instrument.watch_objects(objects.count_by_limetype())
        if reads_sources:
            from limerun.instruments.clock import timed
            from limerun.worker.source_files import wrap_reads

            clock = instrument.clock
            wrap_reads(lambda read: timed(clock, "sources", read, counted=True))

    def begin(self, observations: "Callable[[], dict[str, object]]") -> None:
        """Begin to store results; `instrument` is started separately."""
        self._keeper.begin(self.instrument.tick, observations)

    def over(self) -> None:
        """Stop storing results of the task, because it has ended."""
        self._keeper.over()

    def end(self) -> None:
        """Stop the instrument and the thread that stores its results."""
        self._keeper.over()
        self.instrument.stop()
        self._keeper.end()

    def told(self) -> "dict[str, object]":
        """Return the instrument's results, and what disturbed or stopped it."""
        return {
            **self.instrument.summary(),
            "clash": self.instrument.clash(),
            "stopped": self._keeper.stopped,
        }

    def render(self) -> None:
        """Write the requested renderings into the folder."""
        names, instrument = self._order["renderings"], self.instrument
        if not names or self.name != "cpu" or self._order["without_profiler"]:
            return
        from limerun.instruments.cpu import CpuInstrument

        assert isinstance(instrument, CpuInstrument)
        for name, text in instrument.render(names, self._order["title"]).items():
            path = f"{self._order['folder']}/{name}"
            with open(path, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        sys.stderr.flush()


def read_capture(path: str, task_folder: str) -> "dict[str, object]":
    """Return what memray recorded about a killed worker; {} if that is unreadable."""
    try:
        from limerun.instruments.memray_peak import read_capture as read

        return read(path, CallSites(task_folder).is_users)
    except Exception:  # a file cut off at its start, or of another memray
        return {}
