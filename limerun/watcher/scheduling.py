"""Measure contention during the task, in its own thread and in all others."""

from limerun.watcher import host
from limerun.watcher.lines import Message
from limerun.watcher.process import is_helper
from limerun.watcher.thread_clocks import ProcessThreads, ThreadClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_THREADS = 300
"""Limit of threads to read: each needs an open descriptor; the usual limit is 1024."""
_HELPER_SECONDS = 0.25
"""Interval for checking whether a process is one of Python's own."""


class SchedulingReader:
    """Reads all threads at each sample, and sums up all except the task's thread."""

    def __init__(self, worker_pid: int) -> None:
        self._pid = worker_pid
        self._processes: dict[int, ProcessThreads] = {}
        self._is_complete = self._was_alone = True
        self._is_over = False
        self._alone_ns = self._delay_ns = 0
        self._ended_cpu_ns = self._ended_delay_ns = self._busiest_ns = 0
        self._unread_seconds = self._next_helper = 0.0
        self._lifetime_ns = (0, 0)
        self._steal_seconds: float | None = None
        self._cpus = 1

    def begin(self, pids: "Iterable[int]", now: float) -> None:
        """Start counting: the task begins."""
        for thread in self._read(pids, now):
            thread.close()
        for process in self._processes.values():
            for thread in process.by_id.values():
                thread.begin()
        self._cpus = host.cpus_of(self._pid)
        self._steal_seconds = host.steal_seconds()

    def sample(self, pids: "Iterable[int]", now: float) -> None:
        """Read all threads.

        Args:
            pids: The living processes other than the worker.
            now: Seconds of the monotonic clock.
        """
        if self._is_over:
            return
        for thread in self._read(pids, now):
            self._ended_cpu_ns += thread.cpu_ns
            self._ended_delay_ns += thread.delay_ns
            self._busiest_ns = max(self._busiest_ns, thread.cpu_ns)
            self._unread_seconds += now - thread.read_at
            thread.close()
        is_alone = not any(thread.has_run for thread in self._others())
        worker = self._processes.get(self._pid)
        task_thread = worker.by_id.get(self._pid) if worker is not None else None
        if task_thread is not None:
            self._lifetime_ns = task_thread.lifetime_ns
            if is_alone and self._was_alone:
                self._alone_ns += task_thread.delay_ns - self._delay_ns
            self._delay_ns = task_thread.delay_ns
        self._was_alone = is_alone

    def end(self) -> None:
        """Stop counting: the task has returned, or its process has ended."""
        if self._is_over:
            return
        self._is_over = True
        before, now = self._steal_seconds, host.steal_seconds()
        self._steal_seconds = None if before is None or now is None else now - before

    @property
    def contention_seconds(self) -> float:
        """Return how long all threads have waited for a processor during the task."""
        return (self._delay_ns + self._others_delay_ns()) / 1e9

    def summary(self) -> Message | None:
        """Return the counts; None if the kernel keeps no scheduler statistics."""
        self.end()
        cpu_ns, delay_ns = self._lifetime_ns
        if not cpu_ns:
            return None
        others_ns = [thread.cpu_ns for thread in self._others()]
        return {
            "thread_cpu_seconds": cpu_ns / 1e9,
            "thread_delay_seconds": delay_ns / 1e9,
            "alone_delay_seconds": self._alone_ns / 1e9,
            "others_cpu_seconds": (self._ended_cpu_ns + sum(others_ns)) / 1e9,
            "others_delay_seconds": self._others_delay_ns() / 1e9,
            "busiest_cpu_seconds": max([self._busiest_ns, *others_ns]) / 1e9,
            "unread_seconds": self._unread_seconds,
            "complete": self._is_complete,
            "cpus": self._cpus,
            "steal_seconds": self._steal_seconds,
        }

    def _others_delay_ns(self) -> int:
        living = sum(thread.delay_ns for thread in self._others())
        return self._ended_delay_ns + living

    def _others(self) -> "Iterator[ThreadClock]":
        """Yield the living threads that the task's own thread may wait for."""
        for process in self._processes.values():
            if not process.is_helper:
                for identity, thread in process.by_id.items():
                    if identity != self._pid:
                        yield thread

    def _read(self, pids: "Iterable[int]", now: float) -> list[ThreadClock]:
        """Read all threads, including new ones; return those that have ended."""
        living = {self._pid, *pids}
        for pid in living.difference(self._processes):
            try:
                self._processes[pid] = ProcessThreads(pid)
            except OSError:
                continue  # it ended while we looked, or there is no /proc
        if now >= self._next_helper:
            self._next_helper = now + _HELPER_SECONDS
            for pid, process in self._processes.items():
                process.is_helper = pid != self._pid and is_helper(pid)
        kept = sum(len(process.by_id) for process in self._processes.values())
        ended: list[ThreadClock] = []
        for pid, process in list(self._processes.items()):
            gone = process.read(now)
            most = _MOST_THREADS - kept
            self._is_complete &= process.find(now, most, look=bool(gone))
            if pid not in living:
                gone += process.by_id.values()
                self._processes.pop(pid).close()
            ended += [] if process.is_helper else gone
        return ended
