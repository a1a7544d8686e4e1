"""What was alive at the peak, by memray."""

import sys
from threading import get_ident

import memray

from limerun.instruments.lines import CLASH, CallInstrument, IsUsers, LineSums


class MemrayInstrument(CallInstrument):
    """Bytes alive at the peak of the heap, by the line that allocated them.

    The heap is not resident memory: what is allocated and never touched counts
    here too. Small objects are seen by the arena, 1 MB at a time.
    """

    tool = "memray"
    unit = "bytes"

    def __init__(self, is_users: IsUsers, capture: str, *, durable: bool) -> None:
        self._is_users = is_users
        self._path = capture
        form = memray.FileFormat.ALL_ALLOCATIONS
        if not durable:
            # Summed in memory, and written only at the end; not where the parent
            # looks for what a worker left that did not live to tell.
            self._path += ".sums"
            form = memray.FileFormat.AGGREGATED_ALLOCATIONS
        self._tracker = memray.Tracker(self._path, file_format=form)
        self._stopped = False
        self._lost_hook = False
        self._thread = 0
        # memray sees calls through the interpreter's only hook for profilers.
        sys.addaudithook(self._notice)

    def start(self) -> None:
        """Begin tracking allocations."""
        self._tracker.__enter__()
        self._thread = get_ident()

    def _notice(self, event: str, _: object) -> None:
        if event == "sys.setprofile" and get_ident() == self._thread:
            self._lost_hook = True

    def clash(self) -> str | None:
        """Return that the task set a profiler, if it did."""
        return CLASH if self._lost_hook else None

    def stop(self) -> None:
        """Track no more."""
        self._thread = 0
        self._tracker.__exit__(None, None, None)
        self._stopped = True

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line; nothing while it still watches."""
        if not self._stopped:
            return {}
        return read_capture(self._path, self._is_users)


def read_capture(path: str, is_users: IsUsers) -> dict[str, object]:
    """Return the bytes of each line at the peak; of a file cut short, as far as it goes.

    Raises:
        OSError: It cannot be read.
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
