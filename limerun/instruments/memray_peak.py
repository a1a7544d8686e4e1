"""What was alive at the peak, by memray."""

import os
import tempfile
from collections.abc import Callable

import memray

from limerun.instruments.lines import Instrument, LineSums


class MemrayInstrument(Instrument):
    """Bytes alive at the peak of the heap, by the line that allocated them.

    The heap is not resident memory: what is allocated and never touched counts
    here too. Small objects are seen by the arena, 1 MB at a time.
    """

    tool = "memray"
    unit = "bytes"

    def __init__(self, is_users: Callable[[str], bool]) -> None:
        self._sums = LineSums(is_users)
        self._folder = tempfile.TemporaryDirectory(prefix="limerun-memray-")
        self._path = os.path.join(self._folder.name, "capture.bin")
        self._tracker = memray.Tracker(
            self._path, file_format=memray.FileFormat.AGGREGATED_ALLOCATIONS
        )

    def start(self) -> None:
        """Begin tracking allocations."""
        self._tracker.__enter__()

    def stop(self) -> None:
        """Track no more."""
        self._tracker.__exit__(None, None, None)

    def summary(self) -> dict[str, object]:
        """Return the bytes of each line."""
        with memray.FileReader(self._path) as reader:
            for record in reader.get_high_watermark_allocation_records(
                merge_threads=True
            ):
                frames = (
                    (file, line, name) for name, file, line in record.stack_trace()
                )
                self._sums.add(frames, record.size, record.n_allocations)
        self._folder.cleanup()
        return {
            "tool": self.tool,
            "unit": self.unit,
            "total": self._sums.total,
            "lines": self._sums.ranked(),
        }
