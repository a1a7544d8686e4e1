"""Turn runs into one point per size, and determine how far to trust them. Pure."""

import statistics
from collections.abc import Sequence

from limerun.records import GrowthRun, SizePoint, TimingNoise

LONG_ENOUGH_SECONDS = 0.05
"""A run of this length shows the task's time rather than noise of the clock or
machine."""
_TIMES_NOISE = 10.0
_LEAST_FLOOR_SECONDS = 0.001
MOST_MOVED = 0.15
MOST_SPREAD = 1.5


def floor_of(runs: Sequence[GrowthRun]) -> float:
    """Return the seconds above which a run's time depends on its rows.

    That is 50 ms or, if it is less, ten times the median excess of the smallest size's
    runs over the shortest of them: those have next to no rows.
    """
    smallest = min(run.rows for run in runs)
    empty = [run for run in runs if run.rows == smallest]
    if len(empty) < 2:
        return LONG_ENOUGH_SECONDS
    noise = max(
        _above_least([run.cpu_seconds for run in empty]),
        _above_least([run.duration_seconds for run in empty]),
    )
    return min(LONG_ENOUGH_SECONDS, max(_LEAST_FLOOR_SECONDS, _TIMES_NOISE * noise))


def _above_least(seconds: Sequence[float]) -> float:
    return statistics.median(seconds) - min(seconds)


def size_points_of(runs: Sequence[GrowthRun]) -> tuple[SizePoint, ...]:
    """Return a point for each size, the smallest first.

    Disturbances only add time, so the shortest of the repeats counts.
    """
    floor = floor_of(runs) if runs else 0.0
    sizes = sorted({run.rows for run in runs})
    return tuple(
        _size_point([run for run in runs if run.rows == n], floor) for n in sizes
    )


def _size_point(runs: Sequence[GrowthRun], floor: float) -> SizePoint:
    duration = min(run.duration_seconds for run in runs)
    known = [
        run.database_wait_seconds
        for run in runs
        if run.database_wait_seconds is not None
    ]
    cpu, database = _split(
        duration,
        min(run.cpu_seconds for run in runs),
        min(run.database_seconds or 0.0 for run in runs),
        min(known) if len(known) == len(runs) else None,
    )
    sizes = [run.task_bytes for run in runs if run.task_bytes is not None]
    queries = [run.queries for run in runs if run.queries is not None]
    return SizePoint(
        rows=runs[0].rows,
        runs=len(runs),
        accepted=duration >= floor,
        duration_seconds=duration,
        cpu_seconds=cpu,
        database_seconds=database,
        wait_seconds=duration - database - cpu,
        task_bytes=round(statistics.median(sizes)) if sizes else None,
        queries=max(queries, default=None),
    )


def _split(
    duration: float, cpu: float, database: float, database_wait: float | None
) -> tuple[float, float]:
    """Return the CPU part of a duration outside statements, and its database part.

    Args:
        duration: The whole duration.
        cpu: CPU time of the whole process; with child processes it may exceed the
        duration, and then counts as all of it.
        database: Time in statements, working and waiting.
        database_wait: Time waiting in statements; None: unknown, so they waited
            as far as there was any waiting.
    """
    database = min(duration, database)
    if database_wait is None:
        database_wait = max(0.0, duration - cpu)
    work = database - min(database, database_wait)
    return min(duration - database, max(0.0, cpu - work)), database


def noise_of(
    runs: Sequence[GrowthRun], size_points: Sequence[SizePoint]
) -> TimingNoise:
    """Return how much the machine varies, and how much wider that makes the ranges.

    The calibration loop shows what contention does not: a slower clock, and shared
    caches.
    """
    accepted = [size_point.rows for size_point in size_points if size_point.accepted]
    paces, spreads = [], []
    for rows in accepted:
        same = [run for run in runs if run.rows == rows]
        quickest = min(same, key=lambda run: run.cpu_seconds)
        if quickest.calibration_seconds:
            paces.append(quickest.calibration_seconds)
        taken = [run.duration_seconds for run in same]
        if len(taken) > 1 and min(taken) > 0:
            spreads.append(max(taken) / min(taken))
    moved = max(paces) / min(paces) - 1 if paces else None
    spread = statistics.median(spreads) if spreads else None
    reasons, widening = [], 1.0
    if moved is not None and moved > MOST_MOVED:
        widening *= 1 + moved
        reasons.append(
            f"the calibration loop took up to {moved * 100:.0f} % longer around some "
            f"runs "
            "than around others"
        )
    if spread is not None and spread > MOST_SPREAD:
        widening *= spread
        reasons.append(
            f"runs of the same size differed {spread:.1f}-fold in their duration"
        )
    return TimingNoise(
        calibration_moved=moved,
        duration_spread=spread,
        reasons=tuple(reasons),
        widening=widening,
    )
