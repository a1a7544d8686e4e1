"""Read figures of a living process: memory through psutil, the rest from /proc."""

import os

import psutil

from limerun.watcher import procfs
from limerun.watcher.procfs import Account, Gone, ProcessFiles

_HAS_PROC = os.path.exists("/proc/self/stat")
_LISTS_CHILDREN = procfs.lists_children()


class ProcessReader:
    """Reads one process. It reuses its `psutil.Process`: a new one takes twice as long.

    Raises:
        Gone: The process has ended; any reading raises this.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.Error as error:
            raise Gone from error
        self._files = ProcessFiles(pid) if _HAS_PROC else None

    def close(self) -> None:
        """Close the open descriptors."""
        if self._files is not None:
            self._files.close()

    def rss_bytes(self) -> int:
        """Return resident memory."""
        rss = self._memory("rss")
        if not rss:  # a zombie has no memory
            raise Gone
        return rss

    def high_water_bytes(self) -> int:
        """Return the kernel's high-water mark; 0 if the system has none."""
        if self._files is not None:
            return self._files.high_water_bytes()
        return self._memory("peak_wset")  # Windows has no /proc

    def account(self) -> Account | None:
        """Return the kernel's counts; None without /proc."""
        return None if self._files is None else self._files.account()

    def reset_high_water(self) -> str | None:
        """Reset the high-water mark to the resident memory; return why that failed."""
        if self._files is None:
            return "the peak cannot be reset on this system"
        return procfs.reset_high_water(self.pid)

    def _memory(self, name: str) -> int:
        try:
            return int(getattr(self._process.memory_info(), name, 0))
        except psutil.Error as error:
            raise Gone from error


def descendants_of(pid: int) -> list[int]:
    """Return every process below this one.

    psutil reads every process of the machine for this: 5.6 ms with 160 processes,
    compared with 0.14 ms for the kernel's lists of children.
    """
    if _LISTS_CHILDREN:
        return procfs.descendants_of(pid)
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []
