"""Draw ranks by Zipf's law, without a table of all ranks. Pure."""

from decimal import Context, Decimal

import numpy as np

from limerun.dataset.words.randomness import Numbers, WeightedChoice, Words, below

_SINGLE_RANKS = 64
_BINS_PER_OCTAVE = 8
_EXACT = Context(prec=30)


class ZipfRanks:
    """Draws ranks by Zipf's law: the weight of rank r is r to the power of -skew.

    The first ranks have a weight each. Later ranks are in bins, and each bin has the
    weight of its middle. Python's decimals make them the same on every machine.
    """

    def __init__(self, count: int, skew: float) -> None:
        starts = _bins(count)
        ends = [*starts[1:], count]
        weights = []
        for start, end in zip(starts, ends, strict=True):
            middle = Decimal(start + end + 1) / 2
            weights.append(zipf_weight(middle, skew) * (end - start))
        self._shares = WeightedChoice([int(weight * 10**15) + 1 for weight in weights])
        self._starts = np.array(starts, np.int64)
        self._sizes = np.array(ends, np.uint64) - np.array(starts, np.uint64)
        self._is_single = count <= _SINGLE_RANKS

    def __call__(self, words: Words, within: Words) -> Numbers:
        """Return ranks, counted from 0."""
        bins = self._shares(words)
        if self._is_single:
            return bins.astype(np.int64)
        return self._starts[bins] + below(within, self._sizes[bins])


def zipf_weight(rank: Decimal, skew: float) -> Decimal:
    """Return the weight of a rank, counted from 1."""
    return _EXACT.power(rank, Decimal(str(-skew)))


def _bins(count: int) -> list[int]:
    """Return the starts of bins of ranks: single ranks first, then wider bins."""
    starts = list(range(min(count, _SINGLE_RANKS)))
    start = _SINGLE_RANKS
    while start < count:
        starts.append(start)
        start += max((1 << (start.bit_length() - 1)) // _BINS_PER_OCTAVE, 1)
    return starts
