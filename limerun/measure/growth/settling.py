"""Find the further runs that would settle an undecided estimate. Pure."""

import math
from collections.abc import Sequence

from limerun.measure.growth.extrapolation import spare
from limerun.measure.growth.size_schedule import grid_of, seconds_up_to, steps_of
from limerun.records import Budget, GrowthRun, Prediction, Settling

_NAMES = {
    "memory.task": "memory",
    "duration.budget": "duration",
    "speed.queries": "queries_per_row",
}


def settling_of(
    to_rows: int,
    runs: Sequence[GrowthRun],
    predictions: Sequence[Prediction],
    budget: Budget,
    widening: float,
) -> Settling | None:
    """Return the smallest larger size whose runs would probably settle the verdict.

    Args:
        to_rows: The requested size.
        runs: All runs.
        predictions: The figures predicted from them.
        budget: The source of the levels.
        widening: Factor by which noise widens the range of a measured duration.

    Returns:
        None if no range contains a budget that can fail.
    """
    undecided = [
        each
        for each in predictions
        if each.limit is not None
        and each.low <= each.limit < each.high
        and budget.levels.get(_NAMES[each.name], "error") == "error"
    ]
    if not undecided:
        return None
    top = max(run.rows for run in runs)
    larger = [rows for rows in grid_of(to_rows) if rows > top]
    for rows in larger:
        share = math.log2(to_rows / rows) / math.log2(to_rows / top)
        if all(_is_settled(each, share, widening) for each in undecided):
            new = [size for size in larger if size <= rows]
            return Settling(rows=rows, seconds=seconds_up_to(steps_of(runs), new))
    return Settling(rows=None, seconds=None)


def _is_settled(prediction: Prediction, share: float, widening: float) -> bool:
    """Return whether the range would exclude the budget with a nearer largest size.

    Args:
        prediction: The prediction from the runs so far; it has a limit.
        share: Doublings that would remain up to the requested size, as a share of those
            now. The logarithms of a range's ends shrink in proportion.
        widening: Factor by which noise widens the range of a measured duration.
    """
    limit, likely = prediction.limit or 0.0, max(prediction.likely, 1e-9)
    least = spare(0.0) * widening if prediction.unit == "seconds" else 1.0
    high = max(least, math.pow(prediction.high / likely, share))
    low = max(least, math.pow(likely / max(prediction.low, 1e-9), share))
    return likely * high <= limit or limit < likely / low
