"""Choose the sizes of a ladder, so that its runs end within the time given. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

PASSES = 3
"""Over all rungs that are planned for; more while there is time."""
MOST_PASSES = 5
FEWEST_RUNGS = 5
"""With fewer, one pass more gives way to one rung more."""
_SMALLEST_ROWS = 64
_EMPTY_SECONDS = 0.005
_ABOVE_START = 1.25
"""Times what the smallest size takes: less is its start, and this machine's noise."""
_UNSEEN_SHARE = 0.1
"""Of a size's time may be its rows' even if it takes no longer than the smallest."""
_SURE_OF_TIME = 0.9
"""Of the time that is left: runs are planned into so much of it."""
_STEEPEST = 2.2
"""Exponent: what grows faster is not foreseen, and cut off."""


@dataclass(frozen=True, slots=True)
class Step:
    """A run of the first pass: what it was of, and what it took."""

    rows: int
    work_seconds: float
    """Of the task."""
    whole_seconds: float
    """With its dataset, its worker's start and the calibration."""


def grid_of(to_rows: int, least_rows: int = 1) -> tuple[int, ...]:
    """Return the sizes to choose from: the one asked for, halved again and again.

    So a set or dict is as full there as on the ladder, and its steps lie alike.

    Args:
        to_rows: The largest.
        least_rows: Smaller ones are not like it, and left out.
    """
    sizes = [to_rows]
    while sizes[-1] > max(_SMALLEST_ROWS, 2 * least_rows - 1):
        sizes.append(math.ceil(sizes[-1] / 2))
    return tuple(reversed(sizes))


def next_size(
    grid: Sequence[int], steps: Sequence[Step], left_seconds: float, passes: int | None
) -> int | None:
    """Return the size to try next; None if the ladder is as high as time allows.

    Sizes are passed over while all that is seen is what the task takes for none.

    Args:
        grid: Sizes, rising.
        steps: What was tried, rising.
        left_seconds: Until the time given is over.
        passes: Runs of each size, if the user said; else as planned.
    """
    if not steps:
        return grid[0]
    at = grid.index(steps[-1].rows)
    for stride in (3, 2, 1) if _is_start_alone(steps) else (1,):
        if at + stride < len(grid):
            rows = grid[at + stride]
            if _fits(steps, rows, left_seconds * _SURE_OF_TIME, passes):
                return rows
    return None


def one_more(
    grid: Sequence[int], steps: Sequence[Step], left_seconds: float
) -> int | None:
    """Return the next size, if one run of it fits into what the passes left over."""
    above = [rows for rows in grid if rows > steps[-1].rows]
    if above and foreseen_seconds(steps, above[0]) <= left_seconds * _SURE_OF_TIME:
        return above[0]
    return None


def worth_repeating(steps: Sequence[Step]) -> tuple[int, ...]:
    """Return the sizes of the later passes: the smallest, and those above its time.

    What the smallest differs by from run to run is this machine's noise.
    """
    first, *others = steps
    above = [step.rows for step in others if step.work_seconds >= _above(first)]
    return (first.rows, *(above or [others[-1].rows] if others else []))


def foreseen_seconds(steps: Sequence[Step], rows: int) -> float:
    """Return what a run of a larger size takes, with all that belongs to it.

    What the smallest size took is its start, and does not grow.
    """
    last = steps[-1]
    around = max(
        min(step.whole_seconds - step.work_seconds for step in steps),
        last.whole_seconds - last.work_seconds,
    )
    grown = [_grown(steps, step) for step in steps[-2:]]
    exponent = 1.0
    if len(steps) > 2:
        ratio = math.log(max(grown[1] / grown[0], 1.0))
        exponent = ratio / math.log(last.rows / steps[-2].rows)
    share: float = (rows / last.rows) ** min(_STEEPEST, max(1.0, exponent))
    return around + last.work_seconds + grown[-1] * (share - 1)


def _fits(
    steps: Sequence[Step], rows: int, left_seconds: float, passes: int | None
) -> bool:
    """Say whether a size, and the passes after it, end in time."""
    few = len(steps) < FEWEST_RUNGS and passes is None
    least = 1 if few else passes or PASSES
    repeated = set(worth_repeating(steps))
    one_pass = sum(step.whole_seconds for step in steps if step.rows in repeated)
    foreseen = foreseen_seconds(steps, rows)
    return foreseen + (least - 1) * (one_pass + foreseen) <= left_seconds


def _is_start_alone(steps: Sequence[Step]) -> bool:
    """Say whether the last size took no more than what the smallest took."""
    return len(steps) < 2 or steps[-1].work_seconds < _above(steps[0])


def _above(first: Step) -> float:
    return max(_EMPTY_SECONDS, _ABOVE_START * first.work_seconds)


def _grown(steps: Sequence[Step], step: Step) -> float:
    """Return the part of a size's seconds that its rows brought, at the least."""
    brought = step.work_seconds - steps[0].work_seconds
    return max(brought, _UNSEEN_SHARE * step.work_seconds)
