"""Find the additional runs that would decide an inconclusive estimate. Pure."""

import math
from collections.abc import Sequence
from dataclasses import replace

from limerun.measure.growth.database_size import DatabaseGrowth, with_database
from limerun.measure.growth.extrapolation import spare
from limerun.measure.growth.size_points import RunsAtSizes
from limerun.measure.growth.size_schedule import (
    PARTS_SHARE,
    grid_of,
    seconds_up_to,
    steps_of,
)
from limerun.records import Budget, Prediction, Settling

_NAMES = {
    "memory.task": "memory",
    "duration.budget": "duration",
    "speed.queries": "queries_per_row",
}
_LEAST = 1e-9


def settling_of(
    sized: RunsAtSizes,
    predictions: Sequence[Prediction],
    budget: Budget,
    widening: float,
    database: DatabaseGrowth | None = None,
) -> Settling | None:
    """Return the smallest size whose runs would probably decide the verdict.

    Args:
        sized: All runs, and the requested size.
        predictions: The figures predicted from them, in the database of the runs.
        budget: The source of the levels.
        widening: Factor by which noise widens the range of a measured duration.
        database: What a larger database adds; None if there is no database.

    Returns:
        None if no range contains a budget that can fail.
    """
    to_rows = sized.to_rows
    undecided = _undecided(with_database(predictions, database, to_rows), budget)
    if not undecided:
        return None
    top = max(run.rows for run in sized.runs)
    most = to_rows if sized.most_rows is None else sized.most_rows
    larger = [rows for rows in grid_of(to_rows) if top < rows <= most]
    for rows in larger:
        share = math.log2(to_rows / rows) / math.log2(to_rows / top)
        nearer = [_nearer(each, share, widening) for each in predictions]
        found = _undecided(with_database(nearer, database, to_rows), budget)
        if not found & undecided:
            new = [size for size in larger if size <= rows]
            seconds = seconds_up_to(steps_of(sized.runs), new)
            if database is not None:
                seconds /= 1 - PARTS_SHARE
            return Settling(rows=rows, seconds=seconds)
    return Settling(rows=None, seconds=None)


def _undecided(predictions: Sequence[Prediction], budget: Budget) -> set[str]:
    """Return the names of the figures whose range contains a budget that can fail."""
    return {
        each.name
        for each in predictions
        if each.limit is not None
        and each.low <= each.limit < each.high
        and budget.levels.get(_NAMES[each.name], "error") == "error"
    }


def _nearer(prediction: Prediction, share: float, widening: float) -> Prediction:
    """Return the narrower range to expect if a larger size were measured.

    Args:
        prediction: The prediction from the runs so far.
        share: Doublings from that size to the requested one, as a share of those from
            the largest size so far. The logarithms of the range's ends shrink in
            proportion.
        widening: Factor by which noise widens the range of a measured duration.
    """
    likely = max(prediction.likely, _LEAST)
    least = spare(0.0) * widening if prediction.unit == "seconds" else 1.0
    high = max(least, math.pow(prediction.high / likely, share))
    low = max(least, math.pow(likely / max(prediction.low, _LEAST), share))
    return replace(prediction, low=likely / low, likely=likely, high=likely * high)
