"""Bound the memory of a task's processes, from the readings of each process. Pure.

When a process ends between two readings, its page faults are added to those of the
process that waited for it, and each page of memory costs one fault. The new faults
since the last reading, times the page size, are therefore an upper bound for the unread
processes. Their `ru_maxrss` is no bound: it is inherited from the launcher through
vfork and exec. Pages of files that an unread process mapped are not included: one fault
maps several of them.
"""

from collections.abc import Collection

from limerun.watcher.procfs import Account

_SAME_BYTES = 100_000


class Member:
    """The state of a process other than the worker, at its last reading."""

    def __init__(self) -> None:
        self.base_bytes: int | None = None
        """Resident memory at the baseline; None: the task started the process later."""
        self.rss_bytes = self.mark_bytes = 0
        self.is_fork = False
        """True if it shares the worker's pages, because it has not called exec since
        its fork."""
        self.stack = b""
        self.faults = self.waited_faults = 0
        self.has_ended = False
        self.has_been_read = False
        """True if it was read at least twice while it ran the same program."""

    @property
    def known_faults(self) -> int:
        """The faults that its parent's count gains when it waits for this process."""
        return self.faults + self.waited_faults

    @property
    def added_bytes(self) -> int:
        """Its high-water mark minus its memory at the baseline, in bytes."""
        return max(0, self.mark_bytes - (self.base_bytes or 0))

    def is_apart(self, worker_bytes: int) -> bool:
        """Return whether its memory is known to be separate from the worker's.

        Between vfork and exec, the kernel reports the worker's memory as the child's.
        """
        if not self.is_fork:
            return True
        is_same = abs(self.rss_bytes - worker_bytes) < _SAME_BYTES
        return self.has_been_read and not is_same

    def take(self, account: Account, worker_stack: bytes) -> int:
        """Store the process's counts; return the new faults of its ended children."""
        known, waited = self.known_faults, self.waited_faults
        self.faults, self.waited_faults = account.faults, account.waited_faults
        if account.is_zombie:
            return self.known_faults - known
        self.has_been_read = account.stack == self.stack
        if not self.has_been_read:  # it is new, or has called exec
            self.stack, self.mark_bytes = account.stack, 0
            self.is_fork = self.base_bytes is None and account.stack == worker_stack
        return self.waited_faults - waited


class Bounds:
    """Lower and upper bounds of the memory that a task used above the baseline."""

    def __init__(self, worker_bytes: int, page_bytes: int) -> None:
        self.started = False
        self.low_bytes = self.others_high_bytes = self.largest_bytes = 0
        self._base_bytes = worker_bytes
        self._page_bytes = page_bytes
        self._credit = 0

    def unread_faults(self, appeared: int, lost: Collection[Member]) -> int:
        """Return how many of the new faults belong to processes that were never read.

        Args:
            appeared: New faults in the parents' counts, from children that ended.
            lost: Processes that have ended since the last sample.
        """
        self._credit += sum(member.known_faults for member in lost)
        known = min(self._credit, appeared)
        self._credit -= known
        self.started |= appeared > known
        return appeared - known

    def sample(
        self,
        worker_bytes: int,
        members: Collection[Member] = (),
        *,
        unread_bytes: int = 0,
        written_bytes: int = 0,
    ) -> None:
        """Update the bounds with the readings of one moment.

        Args:
            worker_bytes: The worker's resident memory.
            members: All other processes that lived at some time since the last sample.
            unread_bytes: Upper bound of the memory of unread processes.
            written_bytes: Upper bound of what the worker wrote into memory since it
                forked the first of these members.
        """
        forks = [each for each in members if each.is_fork]
        others = [each for each in members if not each.is_fork]
        for each in members:
            if each.base_bytes is not None:
                continue
            self.started = True
            if each.is_apart(worker_bytes):
                self.largest_bytes = max(self.largest_bytes, each.mark_bytes)
        self._raise_low(worker_bytes, forks, others)
        # A fork shares all pages except those that it or its parent has written since.
        written_bytes += sum(fork.faults for fork in forks) * self._page_bytes
        most = min(written_bytes, sum(fork.mark_bytes for fork in forks))
        most += sum(each.added_bytes for each in others) + unread_bytes
        self.others_high_bytes = max(self.others_high_bytes, most)

    def _raise_low(
        self, worker_bytes: int, forks: Collection[Member], others: Collection[Member]
    ) -> None:
        shared = max(worker_bytes, *(fork.rss_bytes for fork in forks), 0)
        least = shared - self._base_bytes
        apart: dict[object, int] = {}  # forks of one process share its pages
        for each in others:
            key = each.stack if each.base_bytes is None else id(each)
            own = max(0, each.rss_bytes - (each.base_bytes or 0))
            apart[key] = max(apart.get(key, 0), own)
        self.low_bytes = max(
            self.low_bytes,
            least + sum(apart.values()),
            *(fork.mark_bytes - self._base_bytes for fork in forks),
            *(each.added_bytes for each in others),
        )
