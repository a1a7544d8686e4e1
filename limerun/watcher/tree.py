"""Measure the worker and all processes it started: total memory and its bounds."""

import os

from limerun.watcher import host
from limerun.watcher.bounds import Bounds, Member
from limerun.watcher.lines import Message
from limerun.watcher.memory_files import MemoryFiles
from limerun.watcher.process import Reaped, is_helper, reap_child
from limerun.watcher.procfs import ChildrenHint, Gone, children_of
from limerun.watcher.readings import ProcessReader, descendants_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

WALK_SECONDS = 0.25
"""Interval between searches for children that other threads than the main one
started."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_FALLEN_BYTES = 1_000_000
"""Smaller decreases of the mark are ignored, since the kernel counts in batches per
CPU."""


class _Process(Member):
    """A process below the watcher, other than the worker."""

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.reader = ProcessReader(pid)
        self.is_gone = self.ignores_children = False

    def update(self, worker_stack: bytes) -> int:
        """Read the process again; return the new faults of its ended children."""
        appeared = self.rss_bytes = 0
        known = self.known_faults
        try:
            account = self.reader.account()
            if account is not None:
                appeared = self.take(account, worker_stack)
                self.ignores_children = account.ignores_children
        except Gone:
            self.is_gone = self.has_ended = True
            return 0
        try:
            self.rss_bytes = self.reader.rss_bytes()
            mark = max(self.rss_bytes, self.reader.high_water_bytes())
            # A fork may soon execute a program, whose mark starts from zero.
            self.mark_bytes = mark if self.is_fork else max(mark, self.mark_bytes)
        except Gone:
            # It has no memory any more, whether or not it is a zombie yet.
            self.has_ended, self.is_gone = True, account is None
            appeared = self.known_faults - known
        return appeared


class Tree:
    """The worker and all other processes below the watcher.

    The watcher is a subreaper, so a process whose parent ended becomes its child.
    Daemons that the task started are found this way.
    """

    def __init__(self, pid: int) -> None:
        self.worker = ProcessReader(pid)
        self._memory_files = MemoryFiles(pid)
        self._processes: dict[int, _Process] = {}
        self._bounds = Bounds(0, _PAGE_BYTES)
        self._base_bytes = self._orphan_peak = self._waited_faults = 0
        self._own = self._mark = self._largest_reading = 0
        self._unread_huge = 0
        self._orphans_cpu = 0.0
        self._mark_fell = self._is_hidden = False
        self.idle_pids: Collection[int] = ()
        """Pids of idle processes, which wait for work from the worker."""
        self.is_writing = False
        """True if the worker wrote much since the previous sample, other than to a
        disk."""
        self._next_walk = 0.0
        self._hints = (ChildrenHint(pid), ChildrenHint(os.getpid()))
        self._seen = [hint.read() for hint in self._hints]
        self._huge = [host.huge_page_bytes()] * 2  # counts at the last two searches
        self._faults_before = self._faults_at_walk = 0
        self._at_fork: tuple[int, int] | None = None

    @property
    def others(self) -> int:
        """Number of processes other than the worker, as of the last search."""
        return len(self._processes)

    def begin(self) -> int:
        """Take the baseline of all processes, and reset the children's peaks.

        Processes that have ended, and memory that is resident now, do not count as the
        task's.
        """
        self._find()
        for process in self._processes.values():
            process.reader.reset_high_water()
            process.update(b"")
            process.base_bytes = process.mark_bytes = process.rss_bytes
        self._base_bytes = sum(each.rss_bytes for each in self._processes.values())
        own, account = self.worker.rss_bytes(), self.worker.account()
        self._bounds = Bounds(own, _PAGE_BYTES)
        self._mark = self._largest_reading = self._orphan_peak = 0
        self._memory_files.begin([self.worker.pid, *self._processes])
        if account is not None:
            self._waited_faults = account.waited_faults
            self._faults_before = self._faults_at_walk = account.faults
        return own + self._base_bytes

    def rss_bytes(self, now: float, *, look: bool = False) -> int:
        """Return the resident memory of the whole tree.

        Pages that forked processes share are counted once for each process.

        Args:
            now: Seconds of the monotonic clock.
            look: Search for new processes even if the interval has not passed.

        Raises:
            Gone: The worker has ended.
        """
        own = self.worker.rss_bytes()
        seen = [hint.read() for hint in self._hints]
        look = look or now >= self._next_walk or seen != self._seen
        self.is_writing = self._memory_files.sample()
        if self.is_writing and not look:
            self._memory_files.look([self.worker.pid, *self._processes])
        if own == self._own and not look and not self._processes:
            return own  # nothing has changed
        self._own = own
        self._largest_reading = max(self._largest_reading, own)
        self._sample(own, now, seen, look=look)
        others = self._processes.values()
        return own + sum(each.rss_bytes for each in others if each.is_apart(own))

    def _sample(self, own: int, now: float, seen: list[bytes], *, look: bool) -> None:
        """Read the worker's account and all other processes."""
        account = self.worker.account()
        appeared = faults = 0
        stack = b""
        if account is not None:
            appeared = account.waited_faults - self._waited_faults
            self._waited_faults = account.waited_faults
            self._is_hidden |= account.ignores_children
            stack, faults = account.stack, account.faults
        before = self._faults_before if seen != self._seen else self._faults_at_walk
        if look:  # after reading the faults of children already waited for
            self._next_walk, self._seen = now + WALK_SECONDS, seen
            appeared += self._find()
            self._memory_files.look([self.worker.pid, *self._processes])
            self._huge = [self._huge[1], host.huge_page_bytes()]
            self._faults_at_walk = faults
        self._faults_before = faults
        if appeared or self._processes:
            self._bound(own, stack, appeared, (before, faults))
        else:
            self._bounds.sample(own)

    def read_mark(self) -> int:
        """Return the worker's high-water mark since the baseline.

        Raises:
            Gone: The worker has ended.
        """
        mark = self.worker.high_water_bytes()
        known = max(self._mark, self._largest_reading)
        if mark and mark < known - _FALLEN_BYTES:
            self._mark_fell = True  # the task reset it, or called exec
        self._mark = max(self._mark, mark)
        return self._mark

    def running(self) -> list[int]:
        """Return the processes that the task started and that have not ended.

        Helpers of multiprocessing, which end after the worker, do not count; nor do
        idle processes of a pool.
        """
        return [
            pid
            for pid, process in self._processes.items()
            if process.base_bytes is None
            and not process.has_ended
            and pid not in self.idle_pids
            and not is_helper(pid)
        ]

    def living_pids(self) -> list[int]:
        """Return the living processes besides the worker, as of the last search."""
        return [pid for pid, each in self._processes.items() if not each.has_ended]

    def pids(self) -> list[int]:
        """Return every process below the watcher at this moment."""
        return descendants_of(os.getpid())

    def note_end(self, pid: int, reaped: Reaped) -> None:
        """Store the final figures of a process that the watcher waited for at the end.

        A process that the watcher itself killed was read while it was alive.
        """
        process = self._processes.get(pid)
        if process is not None and process.has_ended and process.base_bytes is None:
            self._orphan_peak = max(self._orphan_peak, reaped.maxrss_bytes)

    def summary(self) -> Message:
        """Return the figures of the processes other than the worker."""
        return {
            "started": self._bounds.started,
            "largest_bytes": self._bounds.largest_bytes,
            "low_bytes": self._bounds.low_bytes,
            "high_bytes": None if self._is_hidden else self._bounds.others_high_bytes,
            "unread_peak_bytes": self._orphan_peak,
            "baseline_bytes": self._base_bytes,
            "huge_bytes": self._unread_huge,
            "orphans_cpu_seconds": self._orphans_cpu,
            "unmapped_bytes": self._memory_files.unmapped_bytes,
        }

    @property
    def mark_fell(self) -> bool:
        """True if the worker's high-water mark ever fell below an earlier reading."""
        return self._mark_fell

    def _bound(
        self, own: int, stack: bytes, appeared: int, faults: tuple[int, int]
    ) -> None:
        """Read all other processes, and update the bounds.

        `faults` are the worker's, before the search for new processes and after it.
        """
        lived = [each for each in self._processes.values() if not each.has_ended]
        for process in self._processes.values():
            appeared += process.update(stack)
            self._is_hidden |= process.ignores_children
        gone = {pid: each for pid, each in self._processes.items() if each.is_gone}
        for pid, process in gone.items():
            process.reader.close()
            del self._processes[pid]
        unread = self._bounds.unread_faults(appeared, gone.values())
        has_fork = any(each.is_fork for each in lived)
        if not has_fork:
            self._at_fork = None
        elif self._at_fork is None:
            self._at_fork = (faults[0], self._huge[0])
        written = 0
        if self._at_fork is not None:
            written = faults[1] - self._at_fork[0]
        if unread or has_fork:
            before = self._huge[0] if self._at_fork is None else self._at_fork[1]
            huge = host.huge_page_bytes() - before
            self._unread_huge = max(self._unread_huge, huge)
        self._bounds.sample(
            own,
            lived,
            unread_bytes=unread * _PAGE_BYTES,
            written_bytes=written * _PAGE_BYTES,
        )

    def _find(self) -> int:
        """Look for new processes; return the faults of ended orphans."""
        appeared = 0
        living = [pid for pid in self.pids() if pid != self.worker.pid]
        for pid in living:
            if pid not in self._processes:
                try:
                    self._processes[pid] = _Process(pid)
                except Gone:
                    continue
        for pid in children_of(os.getpid()):
            reaped = reap_child(pid) if pid != self.worker.pid else None
            if reaped is not None:
                appeared += reaped.faults
                self._orphans_cpu += reaped.cpu_seconds
                process = self._processes.get(pid)
                if process is None or process.base_bytes is None:
                    self._orphan_peak = max(self._orphan_peak, reaped.maxrss_bytes)
        return appeared
