"""Choose the sizes of an estimate so that its runs end within a time limit. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from limerun.records import GrowthRun

PASSES = 2
"""Planned runs of each of the largest sizes; there are more if time is left."""
MOST_PASSES = 5
LARGEST = 3
"""Number of the largest sizes that are repeated: predictions depend on them most."""
FEWEST_SIZES = 4
"""With fewer sizes than this, a new size is preferred to repeating old ones."""
PARTS_SHARE = 0.25
"""Share of an estimate's time that is kept for runs with parts of the database."""
_SMALLEST_ROWS = 64
_EMPTY_SECONDS = 0.005
_ABOVE_START = 1.25
"""Runs that take less than this many times the smallest size's time are only start-up
and noise."""
_STRIDES = (3, 2, 1)
_CHEAP_FACTOR = 2.0
"""Sizes are skipped as long as the next one takes at most this many times as long as
the last one."""
_UNSEEN_SHARE = 0.1
"""Share of a size's time that its rows may take without being noticeable."""
_SURE_OF_TIME = 0.9
"""Share of the remaining time for which runs are planned."""
_LEAST_SECONDS = 1e-6
_STEEPEST = 2.2
"""Largest assumed exponent of growth; runs of tasks that grow faster are ended
early."""


@dataclass(frozen=True, slots=True)
class Step:
    """The first run of a size, and how long it took."""

    rows: int
    work_seconds: float
    """Time of the task alone, without contention."""
    whole_seconds: float
    """Time of the whole run: dataset, start of the worker, task and calibration."""


def steps_of(runs: Sequence[GrowthRun]) -> list[Step]:
    """Return the first run of each size, in rising order."""
    first = {run.rows: run for run in reversed(runs)}
    return [
        Step(rows, run.duration_seconds, run.whole_seconds or run.duration_seconds)
        for rows, run in sorted(first.items())
    ]


def grid_of(to_rows: int, least_rows: int = 1) -> tuple[int, ...]:
    """Return the sizes to choose from: the requested one, halved again and again.

    At these sizes, sets and dicts are equally full, so steps of their memory do not
    distort the prediction.

    Args:
        to_rows: The largest size.
        least_rows: Smaller sizes are not comparable, and left out.
    """
    sizes = [to_rows]
    while sizes[-1] > max(_SMALLEST_ROWS, 2 * least_rows - 1):
        sizes.append(math.ceil(sizes[-1] / 2))
    return tuple(reversed(sizes))


def next_size(
    grid: Sequence[int], steps: Sequence[Step], left_seconds: float, passes: int | None
) -> int | None:
    """Return the size to try next; None if there is no time for a larger one.

    Sizes are skipped as long as the runs show only start-up time, or hardly more than
    the start of a worker.

    Args:
        grid: Sizes, in rising order.
        steps: The runs so far, in rising order.
        left_seconds: Time left.
        passes: Runs per size, if the user set it; None: `PASSES`.
    """
    if not steps:
        return grid[0]
    at = grid.index(steps[-1].rows)
    for stride in _STRIDES:
        if at + stride < len(grid):
            rows = grid[at + stride]
            is_worth_it = stride == 1 or _is_cheap(steps, rows)
            if is_worth_it and _fits(grid, steps, rows, left_seconds, passes):
                return rows
    return None


def worth_repeating(grid: Sequence[int], steps: Sequence[Step]) -> dict[int, float]:
    """Return the largest sizes, including skipped ones, and a run's approximate time.

    Sizes that show only start-up time are left out, unless there are no others.
    """
    least = _above(steps[0])
    short = max((step.rows for step in steps if step.work_seconds < least), default=0)
    top = steps[-1]
    costs = {step.rows: step.whole_seconds for step in steps}
    sizes = [rows for rows in grid if short < rows <= top.rows] or [top.rows]
    return {rows: costs.get(rows, top.whole_seconds) for rows in sizes[-LARGEST:]}


def foreseen_seconds(
    steps: Sequence[Step], rows: int, least_exponent: float = 1.0
) -> float:
    """Return the predicted time of a run at a larger size, including its preparation.

    The time of the smallest size is start-up, which does not grow. Contention and
    generating rows take the same share of the time as at the last size.
    """
    last = steps[-1]
    around = min(step.whole_seconds - step.work_seconds for step in steps)
    slower = max(
        1.0, (last.whole_seconds - around) / max(last.work_seconds, _EMPTY_SECONDS)
    )
    grown = [_grown(steps, step) for step in steps[-2:]]
    exponent = least_exponent
    if len(steps) > 2:
        ratio = math.log(max(grown[1] / grown[0], 1.0))
        exponent = ratio / math.log(last.rows / steps[-2].rows)
    share: float = (rows / last.rows) ** min(_STEEPEST, max(least_exponent, exponent))
    return around + slower * (last.work_seconds + grown[-1] * (share - 1))


def seconds_up_to(steps: Sequence[Step], larger: Sequence[int]) -> float:
    """Return the time limit that further, larger sizes and their repetition need."""
    foreseen = [foreseen_seconds(steps, rows) for rows in larger]
    costs = [*(step.whole_seconds for step in steps), *foreseen]
    return (sum(foreseen) + sum(costs[-LARGEST - 1 :])) / _SURE_OF_TIME


def _fits(
    grid: Sequence[int],
    steps: Sequence[Step],
    rows: int,
    left_seconds: float,
    passes: int | None,
) -> bool:
    """Return whether there is time for a size, and for the passes after it."""
    few = len(steps) < FEWEST_SIZES and passes is None
    least = 1 if few else passes or PASSES
    one_pass = sum(worth_repeating(grid, steps).values())
    foreseen = foreseen_seconds(steps, rows)
    needed = foreseen + (least - 1) * (one_pass + foreseen)
    return needed <= left_seconds * _SURE_OF_TIME


def _is_cheap(steps: Sequence[Step], rows: int) -> bool:
    """Return whether a size takes little longer even with the steepest growth."""
    if _is_start_alone(steps):
        return True
    surely = foreseen_seconds(steps, rows, _STEEPEST)
    return surely <= _CHEAP_FACTOR * steps[-1].whole_seconds


def _is_start_alone(steps: Sequence[Step]) -> bool:
    """Return whether the last size took hardly longer than the smallest one."""
    return len(steps) < 2 or steps[-1].work_seconds < _above(steps[0])


def _above(first: Step) -> float:
    return max(_EMPTY_SECONDS, _ABOVE_START * first.work_seconds)


def _grown(steps: Sequence[Step], step: Step) -> float:
    """Return the lower bound of the seconds that a size's rows took."""
    brought = step.work_seconds - steps[0].work_seconds
    # A short run may have waited for a processor during all of its time.
    return max(brought, _UNSEEN_SHARE * step.work_seconds, _LEAST_SECONDS)
