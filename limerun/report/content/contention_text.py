"""Turn what a busy machine added to a run's duration into sentences. Pure."""

from collections.abc import Iterator

from limerun.records import MachineSpeed, Run
from limerun.units import format_duration

_SHARE = 0.05
"""Contention below this share of the duration is not mentioned."""
_UNMEASURED = "wall time is judged: this system does not measure contention"


def contention_lines(run: Run) -> Iterator[str]:
    """Yield a sentence on each effect of a busy machine, and on the task's threads."""
    yield from busy_lines(run)
    if run.contention_seconds is not None:
        yield from _others(run)


def busy_lines(run: Run) -> Iterator[str]:
    """Yield a sentence on each effect of a busy machine."""
    whole, contention = run.duration_seconds, run.contention_seconds
    if whole is None or run.cpu_seconds is None:
        return
    if contention is None:
        yield _UNMEASURED
        return
    low, high = run.uncontended_low_seconds, run.uncontended_high_seconds
    low, high = (whole if each is None else each for each in (low, high))
    least = _SHARE * whole
    if run.machine_speed is not None:
        yield _slower(run.machine_speed, low, high)
    elif high - low > least:
        yield (
            f"{format_duration(low)} to {format_duration(high)} without contention: "
            "the task may have waited for threads or processes that had no processor"
        )
    busy = busy_sentence(whole, contention)
    if busy and (run.machine_speed is not None or high - low <= least):
        counts = "count for the timeout" if run.ending == "timeout" else "do not count"
        yield f"{busy}; they {counts}."
    if run.steal_seconds is not None and run.steal_seconds > least:
        yield (
            f"other virtual machines used {format_duration(run.steal_seconds)} "
            "of processor time during the run"
        )


def _slower(speed: MachineSpeed, low: float, high: float) -> str:
    return (
        f"{format_duration(low)} to {format_duration(high)} without contention: this "
        f"machine was slower than usual (a fixed loop took "
        f"{format_duration(speed.now_seconds)} of CPU time, and "
        f"{format_duration(speed.usual_seconds)} at best)"
    )


def busy_sentence(whole: float, contention: float | None) -> str:
    """Return how much of a duration was contention, without a full stop, or ""."""
    if contention is None or contention <= _SHARE * whole:
        return ""
    return (
        f"This machine was busy: {_part_of(contention, whole)} were spent waiting for a "
        "processor"
    )


def predicted_span(run: Run) -> str:
    """Return the range predicted for all rows of a stopped run; "" if there is none."""
    predicted = run.predicted_duration
    if predicted is None:
        return ""
    low, high = predicted.low_seconds, predicted.high_seconds
    span = f"{format_duration(low)} to {format_duration(high)}"
    is_busy = busy_sentence(run.duration_seconds or 0.0, run.contention_seconds)
    return f"{span} without contention" if is_busy else span


def _part_of(part: float, whole: float) -> str:
    """Return a text such as "2.9 of 4.0 s", or "900 ms of 4.0 s" if units differ."""
    one, all_of_it = format_duration(part), format_duration(whole)
    number, _, unit = one.rpartition(" ")
    return f"{number if all_of_it.endswith(f' {unit}') else one} of {all_of_it}"


def _others(run: Run) -> Iterator[str]:
    if run.others_cpu_seconds is None:
        return
    text = (
        "threads and processes of the task: "
        f"{format_duration(run.others_cpu_seconds)} of CPU time"
    )
    if run.others_contention_seconds is not None:
        text += (
            f", {format_duration(run.others_contention_seconds)} without a processor"
        )
    yield text
