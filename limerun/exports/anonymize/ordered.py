"""Whole numbers to larger ones in the same order, for tables that lie in it.

SQLite keeps the rows of a table in the order of its integer primary key. If that
changed, rows of the copy could not be told from those of the source by their place,
by a proof least of all. So here the order stays, and with it about how large a number
was; which one it was does not.
"""

import numpy as np

from limerun.exports.anonymize.key import Key
from limerun.exports.anonymize.permutations import Numbers, keyed_permutation

_BITS = 36
_WIDEST_GAP = 5
_MOST_STEPS = 50_000_000
_AT_ONCE = 1 << 20


class OrderedMap:
    """Maps numbers from 0 on by gaps that the key draws, one after each number."""

    def __init__(self, key: Key, held: Numbers) -> None:
        """Map numbers.

        Args:
            key: What the map belongs to.
            held: All of them, sorted; none of them is a result.
        """
        largest = int(held[-1])
        digits = len(str(largest))
        # Of very large numbers only each so many-th has a gap after it.
        self._step = largest // _MOST_STEPS + 1
        self._drawn = keyed_permutation(key, 1 << _BITS)
        self._from = held
        start = 10**digits + int(key.words([b"start"])[0] % np.uint64(10**digits))
        self._to = start + self._climbed(held // self._step) * self._step
        self._to += held % self._step

    def _climbed(self, steps: Numbers) -> Numbers:
        """Return how far the gaps have led before each step; steps are sorted."""
        climbed = np.empty(len(steps), np.int64)
        before, done = 0, 0
        for first in range(0, int(steps[-1]) + 1, _AT_ONCE):
            drawn = self._drawn(np.arange(first, first + _AT_ONCE))
            sums = before + np.cumsum(1 + drawn % _WIDEST_GAP)
            until = int(np.searchsorted(steps, first + _AT_ONCE))
            climbed[done:until] = sums[steps[done:until] - first]
            before, done = int(sums[-1]), until
        return climbed

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return larger numbers; these were seen before."""
        others: Numbers = self._to[np.searchsorted(self._from, numbers)]
        return others
