"""Reduce the number of points of a curve, but keep its extremes. Pure."""

import itertools
from collections.abc import Sequence

MAX_POINTS = 2000


def thin(
    times: Sequence[float], values: Sequence[int], points: int = MAX_POINTS
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Return at most `points` samples: the highest and lowest of each interval.

    The first, the last and the overall highest sample are always included.
    """
    count = len(times)
    if count <= points:
        return tuple(times), tuple(values)
    stretches = (points - 2) // 2
    kept = {0, count - 1}
    for stretch in range(stretches):
        begin = stretch * count // stretches
        end = (stretch + 1) * count // stretches
        kept.add(max(range(begin, end), key=values.__getitem__))
        kept.add(min(range(begin, end), key=values.__getitem__))
    indices = sorted(kept)
    return tuple(times[i] for i in indices), tuple(values[i] for i in indices)


def worst_gap(times: Sequence[float]) -> float | None:
    """Return the longest time between two samples; None if there are fewer than two."""
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return max(gaps, default=None)
