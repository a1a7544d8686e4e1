"""Ranks by Zipf's law, without a table of all of them. Pure."""

from decimal import Context, Decimal

import numpy as np

from limerun.dataset.words.randomness import Numbers, WeightedChoice, Words, below

_SINGLE_RANKS = 64
_BINS_PER_OCTAVE = 8
_EXACT = Context(prec=30)


class ZipfRanks:
    """Ranks by Zipf's law: the weight of rank r is r to the power of minus the skew.

    The first ranks have a weight each; after them, a bin of ranks shares one, which
    is right for its middle. Python's own decimals make them the same everywhere.
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
        """Return ranks from 0 on."""
        bins = self._shares(words)
        if self._is_single:
            return bins.astype(np.int64)
        return self._starts[bins] + below(within, self._sizes[bins])


def zipf_weight(rank: Decimal, skew: float) -> Decimal:
    """Return how much a rank, from 1 on, weighs."""
    return _EXACT.power(rank, Decimal(str(-skew)))


def _bins(count: int) -> list[int]:
    """Return where bins of ranks start: one each at first, then wider and wider."""
    starts = list(range(min(count, _SINGLE_RANKS)))
    start = _SINGLE_RANKS
    while start < count:
        starts.append(start)
        start += max((1 << (start.bit_length() - 1)) // _BINS_PER_OCTAVE, 1)
    return starts
