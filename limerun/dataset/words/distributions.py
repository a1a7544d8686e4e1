"""Draw whole numbers between two bounds from a distribution. Pure.

A distribution is a table of intervals, computed once with Python's decimals. A row draws
an interval and a number within it. So every machine generates the same numbers;
floating-point logarithms would not guarantee that.
"""

from collections.abc import Iterable
from decimal import Context, Decimal

import numpy as np

from limerun.dataset.words.randomness import Numbers, Words, below

_STEPS = 1_024
_PART = np.uint64(2**20 - 1)
_LARGEST_SUM = 3 * (2**20 - 1) + 1
_EXACT = Context(prec=40)


class Distribution:
    """Draws numbers from `least` to `most`, both included.

    - normal: a bell curve around the middle, with a standard deviation of one sixth of
      the range.
    - lognormal: the logarithm is normal, so there are many small and few large numbers.
    - exponential: larger numbers are rarer; half are in the first tenth of the range.
    """

    def __init__(self, least: int, most: int, distribution: str) -> None:
        self._is_bell = distribution in ("normal", "lognormal")
        points = {
            "normal": _linear,
            "lognormal": _geometric,
            "exponential": _exponential,
        }[distribution](least, most)
        self._starts = np.minimum(points[:-1], most)
        self._widths = np.maximum(np.diff(points), 1).astype(np.uint64)
        self._widest = int(self._widths.max())

    def __call__(self, words: Words, within: Words) -> Numbers:
        """Return numbers: `words` select intervals, `within` numbers inside them."""
        if self._is_bell:
            steps = _middling(words)
        else:
            steps = (words >> np.uint64(54)).astype(np.int64)
        starts = self._starts[steps]
        if self._widest == 1:
            return starts
        return starts + below(within, self._widths[steps])


def _middling(words: Words) -> Numbers:
    """Return intervals whose middle is most frequent: the sum of three draws."""
    total = words & _PART
    for _ in range(2):
        words = words >> np.uint64(20)
        total = total + (words & _PART)
    return (total * np.uint64(_STEPS) // np.uint64(_LARGEST_SUM)).astype(np.int64)


def _linear(least: int, most: int) -> Numbers:
    span = most - least + 1
    return _array(least + span * step // _STEPS for step in range(_STEPS + 1))


def _geometric(least: int, most: int) -> Numbers:
    """Return the bounds of intervals that grow by a constant factor."""
    low, high = Decimal(max(least, 1)), Decimal(max(most, 1) + 1)
    factor = _EXACT.power(high / low, Decimal(1) / _STEPS)
    points, point = [least], low
    for _ in range(_STEPS - 1):
        point = _EXACT.multiply(point, factor)
        points.append(int(point))
    return _array([*points, most + 1])


def _exponential(least: int, most: int) -> Numbers:
    """Return the bounds of intervals with equal probability, the last ones widest."""
    span = most - least + 1
    points = []
    for step in range(_STEPS):
        left = Decimal(_STEPS - step) / _STEPS
        share = -_EXACT.ln(left) / _EXACT.ln(Decimal(_STEPS))
        points.append(least + int(share * span))
    return _array([*points, most + 1])


def _array(points: Iterable[int]) -> Numbers:
    return np.array([*points], np.int64)
