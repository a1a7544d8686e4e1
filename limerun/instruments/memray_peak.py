"""What was alive at the peak, by memray."""

import os
import tempfile

import memray

from limerun.instruments.lines import Instrument, IsUsers, LineSums


class MemrayInstrument(Instrument):
    """Bytes alive at the peak of the heap, by the line that allocated them.

    The heap is not resident memory: what is allocated and never touched counts
    here too. Small objects are seen by the arena, 1 MB at a time.
    """

    tool = "memray"
    unit = "bytes"

    def __init__(self, is_users: IsUsers, capture: str | None) -> None:
        self._is_users = is_users
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        if capture is None:
            self._folder = tempfile.TemporaryDirectory(prefix="limerun-memray-")
            self._path = os.path.join(self._folder.name, "capture.bin")
            # Summed in memory, and written only at the end.
            form = memray.FileFormat.AGGREGATED_ALLOCATIONS
        else:
            self._path, form = capture, memray.FileFormat.ALL_ALLOCATIONS
        self._tracker = memray.Tracker(self._path, file_format=form)
        self._stopped = False

    def start(self) -> None:
        """Begin tracking allocations."""
        self._tracker.__enter__()

    def stop(self) -> None:
        """Track no more."""
        self._tracker.__exit__(None, None, None)
        self._stopped = True

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line; nothing while it still watches."""
        if not self._stopped:
            return {}
        told = read_capture(self._path, self._is_users)
        if self._folder is not None:
            self._folder.cleanup()
        return told


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
