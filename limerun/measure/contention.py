"""Divide a run's duration into parts, and estimate it for a quiet machine.

Pure. The parts are CPU, database, waiting and contention: they do not overlap, and
add up to the duration.
"""

from dataclasses import dataclass, replace

from limerun.records import MachineSpeed, Outcome, Run, Scheduling

_NS = 1e9
_LEAST_OTHERS = 0.002
_OTHERS_SHARE = 0.005
"""Other threads are ignored if they ran or waited for a processor for less than this
share of the duration: they cannot have delayed the task by more. CPU times of the
process and of its thread, read at slightly different times, also differ by less."""
_UNSEEN_SECONDS = 0.01
_UNSEEN_SHARE = 0.05
"""Above this share of the duration, the CPU time of threads that were never read is
taken into account."""

SPEED_SHARE = 0.7
"""Exponent of the correction for the machine's speed. (Measured next to busy processes:
the logarithm of a run's duration follows that of the calibration loop around it with a
slope of 0.69; the correction reduces the deviation between runs of one size from 19 to
15 %.)"""
_BUSY_SHARE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTimes:
    """The times of a run, in seconds; see `Run` for each of them."""

    cpu: float
    database: float | None
    database_wait: float | None
    waiting: float
    contention: float | None
    uncontended_low: float | None
    uncontended_high: float | None
    others_cpu: float | None
    others_contention: float | None
    steal: float | None


def run_times(outcome: Outcome, duration: float) -> RunTimes:
    """Return the parts of a duration, and the range of the uncontended duration."""
    counters, scheduling = outcome.counters, outcome.scheduling
    cpu_all = (outcome.cpu_user_seconds or 0.0) + (outcome.cpu_system_seconds or 0.0)
    delay = 0.0 if scheduling is None else scheduling.thread_delay_seconds
    contention = min(duration, delay)
    database = counters["database_ns"] / _NS
    if scheduling is not None and scheduling.thread_cpu_seconds > 0:
        # Where contention was not read, assume the same share as elsewhere.
        unread = counters["database_unread_cpu_ns"] / _NS
        share = min(1.0, unread / scheduling.thread_cpu_seconds)
        database = max(0.0, database - delay * share)
    database = min(database, duration - contention)
    database_cpu = min(database, counters["database_cpu_ns"] / _NS)
    rest = duration - contention - database
    cpu = min(rest, max(0.0, cpu_all - database_cpu))
    has_database = bool(counters["has_statements"])
    low, high, has_others = _uncontended(scheduling, duration, cpu_all)
    others = scheduling if has_others else None
    return RunTimes(
        cpu=cpu,
        database=database if has_database else None,
        database_wait=database - database_cpu if has_database else None,
        waiting=max(0.0, rest - cpu),
        contention=None if scheduling is None else contention,
        uncontended_low=low,
        uncontended_high=high,
        others_cpu=(
            None if others is None else max(0.0, cpu_all - others.thread_cpu_seconds)
        ),
        others_contention=None if others is None else others.others_delay_seconds,
        steal=None if scheduling is None else scheduling.steal_seconds,
    )


def _uncontended(
    scheduling: Scheduling | None, duration: float, cpu_all: float
) -> tuple[float | None, float | None, bool]:
    """Return the duration on a quiet machine, and whether other threads ran.

    For a single thread, it is the duration minus the time that it waited for a
    processor. Otherwise it is a range, because it is unknown how long the task waited
    for its other threads and processes: their waits may have delayed it, too. It may
    also have waited for a processor that they used, which a quiet machine would not
    change.
    """
    if scheduling is None:
        return None, None, False
    contention = min(duration, scheduling.thread_delay_seconds)
    others_cpu = cpu_all - scheduling.thread_cpu_seconds
    if not _has_others(scheduling, others_cpu, duration):
        return duration - contention, duration - contention, False
    unseen = others_cpu - scheduling.others_cpu_seconds - scheduling.unread_seconds
    is_seen = (
        scheduling.complete and unseen <= _UNSEEN_SECONDS + _UNSEEN_SHARE * others_cpu
    )
    others_most = max(others_cpu, scheduling.others_cpu_seconds)
    others_most += scheduling.unread_seconds
    alone = min(contention, scheduling.alone_delay_seconds)
    low = max(
        scheduling.thread_cpu_seconds,
        scheduling.busiest_cpu_seconds,
        cpu_all / scheduling.cpus,
    )
    if is_seen:
        others = scheduling.others_delay_seconds + scheduling.unread_seconds
        low = max(low, duration - contention - others)
    high = duration - (max(alone, contention - others_most) if is_seen else 0.0)
    return min(low, high), high, True


def _has_others(scheduling: Scheduling, others_cpu: float, duration: float) -> bool:
    used = (
        max(others_cpu, scheduling.others_cpu_seconds)
        + scheduling.others_delay_seconds
        + scheduling.unread_seconds
    )
    return used > _LEAST_OTHERS + _OTHERS_SHARE * duration


def is_busy(run: Run) -> bool:
    """Return whether the machine was too busy to run the task without delay."""
    whole, contention = run.duration_seconds, run.contention_seconds
    return bool(whole and contention and contention > _BUSY_SHARE * whole)


def at_usual_speed(run: Run, speed: MachineSpeed) -> Run:
    """Return a busy run; its range goes down to the duration at the usual speed."""
    low = run.uncontended_low_seconds
    if not is_busy(run) or low is None or run.cpu_seconds is None:
        return run
    computing = run.cpu_seconds
    if run.database_seconds is not None and run.database_wait_seconds is not None:
        computing += run.database_seconds - run.database_wait_seconds
    saved = 1 - (speed.usual_seconds / speed.now_seconds) ** SPEED_SHARE
    low = max(0.0, low - min(low, computing) * saved)
    return replace(run, uncontended_low_seconds=low, machine_speed=speed)
