"""Turn runs into one point per size, and determine how exact these are. Pure."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from limerun.measure.contention import SPEED_SHARE
from limerun.measure.growth.extrapolation import noise_factor
from limerun.records import DatabaseInfluence, GrowthRun, SizePoint, TimingNoise

LONG_ENOUGH_SECONDS = 0.05
"""The time of a run of this length is mostly the task's, not noise of the machine."""
UNKNOWN_NOISE = 0.2
"""Noise to assume if no size was run twice."""
NOTABLE_NOISE = 0.1
_TIMES_NOISE = 10.0
_LEAST_FLOOR_SECONDS = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsAtSizes:
    """The results of runs at rising sizes, and the size to predict from them."""

    grow: str
    to_rows: int
    within_seconds: float
    seconds: float
    runs: tuple[GrowthRun, ...]
    most_rows: int | None = None
    """The largest size that can be run; None: the requested one."""
    ended_at_rows: int | None = None
    """The size of the run that did not return, if there was one."""
    task_digest: str | None = None
    """Digest of the file that defines the task, if it could be read."""
    overlaps: Mapping[str, float] | None = None
    """Overlaps that are lower than configured, by source; None if none are."""
    database: DatabaseInfluence | None = None
    """The runs with parts of the database; None if its size does not matter
    separately."""


def floor_of(runs: Sequence[GrowthRun]) -> float:
    """Return the seconds above which a run's time depends on its rows.

    That is ten times the noise, at most 50 ms. The noise is the median excess of the
    smallest size's runs over the shortest of them: they have hardly any rows.
    """
    smallest = min(run.rows for run in runs)
    empty = [run.duration_seconds for run in runs if run.rows == smallest]
    if len(empty) < 2:
        return LONG_ENOUGH_SECONDS
    noise = statistics.median(empty) - min(empty)
    return min(LONG_ENOUGH_SECONDS, max(_LEAST_FLOOR_SECONDS, _TIMES_NOISE * noise))


def size_points_of(runs: Sequence[GrowthRun]) -> tuple[SizePoint, ...]:
    """Return a point for each size, the smallest first."""
    floor = floor_of(runs) if runs else 0.0
    usual = _usual_calibration(runs)
    sizes = sorted({run.rows for run in runs})
    return tuple(
        _size_point([run for run in runs if run.rows == n], floor, usual) for n in sizes
    )


def _size_point(
    runs: Sequence[GrowthRun], floor: float, usual: float | None
) -> SizePoint:
    parts = [_parts(run, usual) for run in runs]
    duration = statistics.median(sum(each) for each in parts)
    medians = [statistics.median(figures) for figures in zip(*parts, strict=True)]
    whole = sum(medians)
    # The medians may come from different runs, so they need not add up.
    cpu, database, wait = (
        duration * each / whole if whole else 0.0 for each in medians
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
        wait_seconds=wait,
        task_bytes=round(statistics.median(sizes)) if sizes else None,
        queries=max(queries, default=None),
    )


def _usual_calibration(runs: Sequence[GrowthRun]) -> float | None:
    known = [run.calibration_seconds for run in runs if run.calibration_seconds]
    return statistics.median(known) if known else None


def _parts(run: GrowthRun, usual: float | None) -> tuple[float, float, float]:
    """Return CPU time, time in statements and waiting, at the machine's usual speed."""
    cpu, database = run.cpu_seconds, run.database_seconds or 0.0
    wait = max(0.0, run.duration_seconds - cpu - database)
    if usual is None or not run.calibration_seconds:
        return cpu, database, wait
    faster = (usual / run.calibration_seconds) ** SPEED_SHARE
    return cpu * faster, database * faster, wait


def noise_of(
    runs: Sequence[GrowthRun], size_points: Sequence[SizePoint]
) -> TimingNoise:
    """Return how much this machine's speed varies, and how that widens the ranges."""
    accepted = {size_point.rows for size_point in size_points if size_point.accepted}
    counted = [run for run in runs if run.rows in accepted]
    paces = [run.calibration_seconds for run in counted if run.calibration_seconds]
    spread = _deviation(counted, _usual_calibration(runs))
    noise = UNKNOWN_NOISE if spread is None else spread
    reasons = []
    if spread is not None and spread > NOTABLE_NOISE:
        reasons.append(
            f"the durations of one size vary by {spread * 100:.0f} % on this machine"
        )
    return TimingNoise(
        calibration_moved=max(paces) / min(paces) - 1 if paces else None,
        duration_spread=spread,
        reasons=tuple(reasons),
        widening=noise_factor(noise),
    )


def _deviation(runs: Sequence[GrowthRun], usual: float | None) -> float | None:
    """Return the standard deviation of durations of the same size, as logarithms."""
    squares, freedom = 0.0, 0
    for rows in {run.rows for run in runs}:
        taken = [sum(_parts(run, usual)) for run in runs if run.rows == rows]
        logs = [math.log(seconds) for seconds in taken if seconds > 0]
        if len(logs) > 1:
            mean = statistics.fmean(logs)
            squares += sum((each - mean) ** 2 for each in logs)
            freedom += len(logs) - 1
    return math.sqrt(squares / freedom) if freedom else None
