"""Measure which lines allocated the memory in use at the peak, with memray."""

import sys
from threading import get_ident

import memray

from limerun.instruments.lines import CLASH, CallInstrument, IsUsers, LineSums


class MemrayInstrument(CallInstrument):
    """Measures the bytes in use at the heap's peak, by the line that allocated them.

    The heap is not the same as resident memory: it includes memory that is allocated
    but never touched. Small objects are counted in units of Python's arenas, 1 MB each.
    """

    tool = "memray"
    unit = "bytes"

    def __init__(self, is_users: IsUsers, capture: str, *, durable: bool) -> None:
        self._is_users = is_users
        self._path = capture
        form = memray.FileFormat.ALL_ALLOCATIONS
        if not durable:
            # Summed in memory and written only at the end; under another name, because
            # the parent takes `capture` for the file of a worker that was killed.
            self._path += ".sums"
            form = memray.FileFormat.AGGREGATED_ALLOCATIONS
        self._tracker = memray.Tracker(self._path, file_format=form)
        self._stopped = False
        self._lost_hook = False
        self._thread = 0
        # memray uses the interpreter's only hook for profilers.
        sys.addaudithook(self._on_audit_event)

    def start(self) -> None:
        """Start tracking allocations."""
        self._tracker.__enter__()
        self._thread = get_ident()

    def _on_audit_event(self, event: str, _: object) -> None:
        if event == "sys.setprofile" and get_ident() == self._thread:
            self._lost_hook = True

    def clash(self) -> str | None:
        """Return a message if the task set its own profiler, else None."""
        return CLASH if self._lost_hook else None

    def stop(self) -> None:
        """Stop tracking allocations."""
        self._thread = 0
        self._tracker.__exit__(None, None, None)
        self._stopped = True

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line; an empty summary during the run."""
        if not self._stopped:
            return {}
        return read_capture(self._path, self._is_users)


def read_capture(path: str, is_users: IsUsers) -> dict[str, object]:
    """Return the bytes of each line at the peak; the file may be incomplete.

    Raises:
        OSError: The file cannot be read.
    """
    sums = LineSums(is_users)
    with memray.FileReader(path) as reader:
        for record in reader.get_high_watermark_allocation_records(merge_threads=True):
            frames = ((file, line, name) for name, file, line in record.stack_trace())
            sums.add(frames, record.size, record.n_allocations)
    return {
        "tool": MemrayInstrument.tool,
        "unit": MemrayInstrument.unit,
        "total": sums.total,
        "lines": sums.ranked(),
    }
