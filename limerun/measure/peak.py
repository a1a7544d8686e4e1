"""Tell a run's peak memory from what was read, and how far it can be trusted. Pure."""

from dataclasses import dataclass

from limerun.records import Memory, Outcome

_NOT_INHERITED_BYTES = 500_000
"""How far `ru_maxrss` must exceed its launcher's peak to be the worker's own."""


@dataclass(frozen=True, slots=True)
class _WorkerPeak:
    peak_bytes: int
    high_water_bytes: int | None
    method: str
    exact: bool
    note: str | None = None


def memory_of(outcome: Outcome, *, idle_baseline_bytes: int) -> Memory:
    """Return a run's memory, by the best method that this machine allowed.

    The kernel's high-water mark, reset at the baseline, misses nothing; samples
    alone miss what happens between them. `ru_maxrss` is inherited through exec
    from whoever started the worker (measured: 510 MB for a 9 MB process started
    by a 500 MB one), so it counts only above the watcher's own peak.
    """
    own = _worker_peak(outcome)
    sampled = max(outcome.sample_bytes, default=0)
    child = _largest_child(outcome, own.peak_bytes)
    peak = max(own.peak_bytes, sampled)
    if child > outcome.largest_child_bytes:
        # Seen by the kernel, too short for the samples: the worker was there too.
        peak = max(peak, child + min(outcome.sample_bytes, default=0))
    task = max(0, peak - outcome.baseline_bytes)
    method = own.method
    if child:
        method += "; processes that it started: sampled sum, shared pages in each"
    return Memory(
        baseline_bytes=outcome.baseline_bytes,
        sampled_peak_bytes=sampled or None,
        high_water_bytes=own.high_water_bytes,
        peak_bytes=peak,
        task_bytes=task,
        handler_total_bytes=idle_baseline_bytes + task,
        largest_child_bytes=child or None,
        method=method,
        exact=own.exact and not child,
        note=own.note,
    )


def _worker_peak(outcome: Outcome) -> _WorkerPeak:
    kernel = outcome.high_water_bytes
    account = outcome.maxrss_bytes
    own_account = account > outcome.launcher_bytes + _NOT_INHERITED_BYTES
    sampled = max(outcome.sample_bytes, default=outcome.baseline_bytes)
    if not kernel:
        if own_account and account > sampled:
            note = "this peak may be of the start, before the task"
            return _WorkerPeak(account, account, "wait4", False, note)
        note = "what happened between two samples is missing"
        return _WorkerPeak(sampled, None, "sampled", False, note)
    name = "VmHWM, reset at the baseline"
    if outcome.reset_error is not None:
        if kernel <= outcome.baseline_high_water_bytes:
            note = f"VmHWM could not be reset: {outcome.reset_error}"
            return _WorkerPeak(sampled, None, "sampled", False, note)
        name = "VmHWM since the start"
    if outcome.read_at_end:
        return _WorkerPeak(kernel, kernel, name, True)
    if own_account and account >= kernel:
        return _WorkerPeak(account, account, f"{name}; wait4 at its end", True)
    how = "was killed" if outcome.killed_because else "ended by itself"
    note = f"the worker {how}: growth in its last moment may be missing"
    return _WorkerPeak(kernel, kernel, name, False, note)


def _largest_child(outcome: Outcome, own_peak: int) -> int:
    """Return the largest peak of a process that the worker started; 0 if none.

    What a child inherits of the worker's peak is not its own.
    """
    waited = outcome.children_peak_bytes
    if waited <= own_peak + _NOT_INHERITED_BYTES:
        waited = 0
    return max(outcome.largest_child_bytes, waited)
