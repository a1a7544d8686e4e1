"""Compute a run's peak memory, and bounds for it, from the readings. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import Memory, Outcome

_NOT_INHERITED_BYTES = 500_000
"""`ru_maxrss` is inherited from the launcher unless it exceeds that peak by this."""
_ACCOUNT_ERROR_BYTES = 500_000
"""`ru_maxrss` was up to 0.4 MB below the high-water mark (measured), as the kernel
counts in batches."""
_PAGES_AROUND = 16
"""Most pages of a file that one fault maps (`fault_around_bytes`, 64 kB)."""
_HUGE_BYTES_A_SECOND = 16e9
"""Huge pages are filled at 12 GB/s at most (measured)."""

_SEVERAL = "the task started processes, whose peaks may not have come at the same time"
_UNSEEN = "the task ignores SIGCHLD, so processes that it started may have ended unseen"
_FELL = (
    "the worker's high-water mark fell: the task reset it or executed another program"
)


@dataclass(frozen=True, slots=True)
class _WorkerPeak:
    peak_bytes: int
    high_water_bytes: int | None
    method: str
    exact: bool
    why: str | None = None
    unread_bytes: int | None = 0
    """Upper bound of the memory used above the peak between readings; None: unknown."""


@dataclass(frozen=True, slots=True)
class _ChildMemory:
    """Memory of the processes that are not the worker."""

    started: bool
    largest_bytes: int
    """The largest known peak of one process; it may include pages of the worker."""
    with_worker_bytes: int
    """The peak of the largest process that was never read, plus the worker's."""
    low_bytes: int
    """Lower bound above the baseline; the next field is the upper bound."""
    high_bytes: int | None


def memory_of(outcome: Outcome, *, idle_baseline_bytes: int) -> Memory:
    """Return a run's memory, by the best method that this machine supports.

    The kernel's high-water mark, reset at the baseline, misses nothing; samples alone
    miss what happens between them. `ru_maxrss` is inherited through exec from the
    process that started the worker (measured: 510 MB for a 9 MB process started by a
    500 MB one), so it counts only above the watcher's own peak.
    """
    worker = _worker_peak(outcome)
    base = outcome.baseline_bytes
    own = max(0, worker.peak_bytes - (base - outcome.processes.baseline_bytes))
    children = _children(outcome, worker)
    sampled = max(outcome.sample_bytes, default=0)
    low = max(own, children.low_bytes)
    if not children.started:
        low = max(low, sampled - base)
    high = None
    unread = None if outcome.mark_fell else worker.unread_bytes
    if unread is not None and children.high_bytes is not None:
        high = own + unread + children.high_bytes + outcome.processes.unmapped_bytes
        high = max(low, high + _huge_bytes(outcome))
    likely = max(sampled, children.with_worker_bytes) - base
    task = max(low, likely if high is None else min(likely, high))
    return Memory(
        baseline_bytes=base,
        sampled_peak_bytes=sampled or None,
        high_water_bytes=worker.high_water_bytes,
        peak_bytes=base + task if task else max(worker.peak_bytes, sampled),
        task_bytes=task,
        task_low_bytes=low,
        task_high_bytes=high,
        handler_total_bytes=idle_baseline_bytes + task,
        largest_child_bytes=children.largest_bytes or None,
        method=worker.method,
        exact=worker.exact and not children.started and high == low,
        why="; ".join(_reasons(outcome, worker, children)) or None,
    )


def _worker_peak(outcome: Outcome) -> _WorkerPeak:
    kernel = outcome.high_water_bytes
    account = outcome.maxrss_bytes
    own_account = account > outcome.launcher_bytes + _NOT_INHERITED_BYTES
    sampled = max(outcome.sample_bytes, default=outcome.baseline_bytes)
    if not kernel:
        if own_account and account > sampled:
            why = "this peak may be from the start-up, before the task"
            return _WorkerPeak(account, account, "wait4", False, why)
        why = "what happened between two samples is missing"
        return _WorkerPeak(sampled, None, "sampled", False, why)
    name = "VmHWM, reset at the baseline"
    if outcome.reset_error is not None:
        if kernel <= outcome.baseline_high_water_bytes:
            why = f"VmHWM could not be reset: {outcome.reset_error}"
            return _WorkerPeak(sampled, None, "sampled", False, why)
        name = "VmHWM since the start"
    if outcome.read_at_end:
        return _WorkerPeak(kernel, kernel, name, True)
    if own_account and account >= kernel:
        return _WorkerPeak(account, account, f"{name}; wait4 at its end", True)
    why = f"{_how_it_ended(outcome)}: growth in its last moment may be missing"
    # Even if part of it is inherited, it is at least the worker's own peak.
    most = max(kernel, account + _ACCOUNT_ERROR_BYTES)
    unread = most - kernel if account else None
    return _WorkerPeak(kernel, kernel, name, False, why, unread)


def _how_it_ended(outcome: Outcome) -> str:
    if outcome.killed_because:
        return "the worker was killed"
    if outcome.ending in ("returned", "raised"):
        return "the task closed the pipes to limerun"
    return "the worker ended by itself"


def _children(outcome: Outcome, worker: _WorkerPeak) -> _ChildMemory:
    """Return the memory of all processes except the worker, even if never read.

    A peak that a process inherits from the worker does not count. Page faults, if the
    system counts them, are an upper bound for unread processes, in `high_bytes`.
    """
    known = outcome.processes
    unread = max(known.unread_peak_bytes, outcome.children_peak_bytes)
    if unread <= max(worker.peak_bytes, known.largest_bytes) + _NOT_INHERITED_BYTES:
        unread = 0
    # It may be a fork, so its peak may include the pages of the idle worker.
    low = unread - (outcome.baseline_bytes - known.baseline_bytes)
    high = known.high_bytes
    if high is not None:
        counts_faults = outcome.high_water_bytes > 0
        most = _PAGES_AROUND * high if counts_faults else unread
        high = max(high, min(unread, most))
    return _ChildMemory(
        started=known.started or unread > 0,
        largest_bytes=max(known.largest_bytes, unread),
        with_worker_bytes=unread + min(outcome.sample_bytes, default=0),
        low_bytes=max(known.low_bytes, low),
        high_bytes=high,
    )


def _huge_bytes(outcome: Outcome) -> int:
    """Return the most bytes that unread processes can have used in huge pages.

    One fault allocates a huge page of 2 MB. The kernel counts these pages only for the
    whole machine; the time that a process needs to fill them is a second limit.
    """
    cpu_seconds = outcome.children_cpu_seconds
    if cpu_seconds is None:
        return outcome.processes.huge_bytes
    cpu_seconds += outcome.processes.orphans_cpu_seconds
    return min(outcome.processes.huge_bytes, int(cpu_seconds * _HUGE_BYTES_A_SECOND))


def _reasons(
    outcome: Outcome, worker: _WorkerPeak, children: _ChildMemory
) -> Iterator[str]:
    if worker.why is not None:
        yield worker.why
    if outcome.mark_fell:
        yield _FELL
    if outcome.processes.high_bytes is None:
        yield _UNSEEN
    elif children.started or children.high_bytes:
        yield _SEVERAL
    unmapped = outcome.processes.unmapped_bytes
    if unmapped:
        size = f"{unmapped / 1e6:.1f} MB"
        yield (
            f"up to {size} may have been in files in memory (memfd, /dev/shm) or in "
            f"pipes, which belong to no process"
        )
