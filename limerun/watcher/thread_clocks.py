"""Read each thread's CPU time, and how long it waited for a processor.

Linux counts both (`schedstat` in proc(5)). They are lost when the thread ends.
"""

import os


class ThreadClock:
    """One thread's clocks in nanoseconds, since it started or since `begin`.

    Raises:
        OSError: The thread has ended.
    """

    __slots__ = ("_base", "_fd", "_last", "read_at")

    def __init__(self, pid: int, thread: int, now: float) -> None:
        self._base = self._last = (0, 0, 0)
        self.read_at = now
        self._fd = os.open(f"/proc/{pid}/task/{thread}/schedstat", os.O_RDONLY)

    def read(self, now: float) -> None:
        """Read the clocks."""
        cpu, delay, slices = os.pread(self._fd, 64, 0).split()
        self._last = int(cpu), int(delay), int(slices)
        self.read_at = now

    def begin(self) -> None:
        """Start counting from now on."""
        self._base = self._last

    def close(self) -> None:
        """Close the thread's descriptor."""
        os.close(self._fd)

    @property
    def cpu_ns(self) -> int:
        """CPU time in nanoseconds."""
        return self._last[0] - self._base[0]

    @property
    def delay_ns(self) -> int:
        """Time in which the thread was ready to run but waited for a processor."""
        return self._last[1] - self._base[1]

    @property
    def lifetime_ns(self) -> tuple[int, int]:
        """CPU time and delay since the thread started."""
        return self._last[:2]

    @property
    def has_run(self) -> bool:
        """True if the thread has run at all; libraries keep idle threads ready."""
        return self._last[2] != self._base[2]


class ProcessThreads:
    """The threads of one process, by their ids.

    Raises:
        OSError: The process has ended.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.by_id: dict[int, ThreadClock] = {}
        self.is_helper = False
        self._links = 0
        self._fd = os.open(f"/proc/{pid}/task", os.O_RDONLY)

    def read(self, now: float) -> list[ThreadClock]:
        """Read all known threads; return the threads that have ended."""
        ended = []
        for identity, thread in list(self.by_id.items()):
            try:
                thread.read(now)
            except OSError:
                ended.append(self.by_id.pop(identity))
        return ended

    def find(self, now: float, most: int, *, look: bool) -> bool:
        """Add new threads; return whether all could be added.

        Args:
            now: Seconds of the monotonic clock.
            most: How many threads may be added.
            look: Search even if the number of threads is unchanged.
        """
        # The link count of this folder includes the number of threads.
        links = os.fstat(self._fd).st_nlink
        if links == self._links and not look:
            return True
        self._links = links
        try:
            found = map(int, os.listdir(self._fd))
        except OSError:
            return True  # the process has ended
        new = [identity for identity in found if identity not in self.by_id]
        for identity in new[:most]:
            try:
                thread = ThreadClock(self.pid, identity, now)
                self.by_id[identity] = thread
                thread.read(now)
            except OSError:
                continue  # it ended while we looked
        return len(new) <= most

    def close(self) -> None:
        """Close all descriptors, and forget the threads."""
        os.close(self._fd)
