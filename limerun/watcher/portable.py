"""Read a process's memory and children through psutil, where there is no /proc."""

import psutil

from limerun.watcher.procfs import Gone


class ProcessReader:
    """One living process; the readings of `procfs.ProcessReader`, where there are any.

    Raises:
        Gone: By any reading, once the process has ended.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        try:
            self._process = psutil.Process(pid)
        except psutil.Error as error:
            raise Gone from error

    def close(self) -> None:
        """Nothing is held."""

    def rss_bytes(self) -> int:
        """Return resident memory."""
        rss = self._memory("rss")
        if not rss:  # a zombie
            raise Gone
        return rss

    def high_water_bytes(self) -> int:
        """Return Windows' peak working set; 0 where the system keeps none."""
        return self._memory("peak_wset")

    def _memory(self, name: str) -> int:
        try:
            return int(getattr(self._process.memory_info(), name, 0))
        except psutil.Error as error:
            raise Gone from error

    def reset_high_water(self) -> str | None:
        """Say that there is nothing to reset."""
        return "this system's peak cannot be reset"


def descendants_of(pid: int) -> list[int]:
    """Return every process below this one."""
    try:
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return []
