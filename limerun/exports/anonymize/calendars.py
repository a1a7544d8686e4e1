"""Which dates and times of a table are in use, and which come next that are not."""

import numpy as np

from limerun.exports.anonymize.numbers import NumberSet
from limerun.exports.anonymize.permutations import Numbers

_CROWDED = 0.05
"""Of the days in a column's span; where more are in use, others would pile up."""


class Calendar:
    """The dates and times of one table: which are in use, and which come next."""

    def __init__(self) -> None:
        self._used: dict[int, Used] = {}

    def by(self, step: int) -> "Used":
        """Return those that are counted in steps of so many seconds."""
        return self._used.setdefault(step, Used())

    def close(self) -> None:
        """Find what is free, all having been seen."""
        for used in self._used.values():
            used.close()


class Used:
    """Numbers in use, and the next one after each stretch of them."""

    def __init__(self, crowded: float = _CROWDED) -> None:
        """Take a part of the span: where more is in use, nothing is passed over."""
        self._crowded = crowded
        self._seen = NumberSet()
        self._held = self._after = np.empty(0, np.int64)

    def add(self, numbers: Numbers) -> None:
        """See numbers in use."""
        self._seen.add(numbers)

    def close(self) -> None:
        """Find the next free ones, unless so many are in use that it would show."""
        held, self._seen = self._seen.sorted(), NumberSet()
        if not len(held) or _share_in_use(held) > self._crowded:
            return
        last = np.ones(len(held), np.bool_)
        np.not_equal(held[1:], held[:-1] + 1, out=last[:-1])
        ends = np.flatnonzero(last)
        self._held = held
        self._after = held[ends[np.searchsorted(ends, np.arange(len(held)))]] + 1

    def next_free(self, numbers: Numbers, farthest: int | Numbers) -> Numbers:
        """Return numbers, those in use replaced by the next free one if that is near.

        Larger numbers never become smaller than others.
        """
        if not len(self._held):
            return numbers
        at = np.searchsorted(self._held, numbers)
        at[at == len(self._held)] = 0
        free = self._after[at]
        used = (self._held[at] == numbers) & (free - numbers <= farthest)
        return np.where(used, free, numbers)


def _share_in_use(held: Numbers) -> float:
    """Return how much of its span a sorted column uses, outliers left out."""
    edge = len(held) // 50
    inner = held[edge : len(held) - edge]
    return len(inner) / (int(inner[-1]) - int(inner[0]) + 1) if len(inner) > 1 else 0.0
