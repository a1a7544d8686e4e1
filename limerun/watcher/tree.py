"""The worker and whatever it started, as one sum and its parts."""

import os
import sys

from limerun.watcher.procfs import Gone

if sys.platform == "linux":
    from limerun.watcher.procfs import ProcessReader, descendants_of
else:
    from limerun.watcher.portable import ProcessReader, descendants_of

WALK_SECONDS = 0.25
"""How often children are looked for that another than the main thread started."""


class Tree:
    """All processes below the watcher.

    A process that its parent left behind becomes the watcher's own child (it is
    a subreaper), so what the task daemonized is found too.
    """

    def __init__(self, pid: int) -> None:
        self.worker = ProcessReader(pid)
        self.largest_child_bytes = 0
        self._children: dict[int, ProcessReader] = {}
        self._fresh: set[int] = set()
        self._next_walk = 0.0
        self._hint_fd = _open_children_file(pid)
        self._hint = b""

    def rss_bytes(self, now: float) -> int:
        """Return the whole tree's resident memory.

        Pages that forked processes share are counted once a process.

        Raises:
            Gone: The worker has ended.
        """
        total = self.worker.rss_bytes()
        if now >= self._next_walk or self._read_hint() != self._hint:
            self._walk(now)
        fresh, self._fresh = self._fresh, set()
        for child in list(self._children.values()):
            if child.pid in fresh:
                continue
            try:
                rss = child.rss_bytes()
                peak = child.high_water_bytes()
            except Gone:
                self._forget(child)
                continue
            total += rss
            self.largest_child_bytes = max(self.largest_child_bytes, rss, peak)
        return total

    def pids(self) -> list[int]:
        """Return every process below the watcher, now."""
        return descendants_of(os.getpid())

    def _walk(self, now: float) -> None:
        self._next_walk = now + WALK_SECONDS
        self._hint = self._read_hint()
        living = set(self.pids()) - {self.worker.pid}
        for pid in living - self._children.keys():
            try:
                self._children[pid] = ProcessReader(pid)
            except Gone:
                continue
            # Between vfork and exec a child shows its parent's memory as its own.
            self._fresh.add(pid)
        for pid in self._children.keys() - living:
            self._forget(self._children[pid])

    def _forget(self, child: ProcessReader) -> None:
        child.close()
        del self._children[child.pid]

    def _read_hint(self) -> bytes:
        """Return the main thread's children as the kernel lists them: 3 us."""
        if self._hint_fd is None:
            return b""
        try:
            return os.pread(self._hint_fd, 4096, 0)
        except OSError:
            return b""


def _open_children_file(pid: int) -> int | None:
    try:
        return os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY)
    except OSError:
        return None
