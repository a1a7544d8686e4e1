"""Tell the words that identify from those that are only their column's form."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limerun.exports.proof.words import Hashes

FORM_SHARE = 0.05
FORM_VALUES = 20
_LOOKED_AT = 2_048
_NEARLY = 0.8
_FIRST, _EVERY = 8, 16
"""Batches that are looked at: the first ones, then one of so many."""
_SLOTS = 1 << 16


@dataclass(slots=True)
class Forms:
    """Words that come so often in one column that they may be its form, counted."""

    counts: dict[int, int] = field(default_factory=dict)
    _asked: int = 0
    _recent: Hashes = field(default_factory=lambda: np.zeros(_SLOTS, np.uint64))

    def new_words(self, hashes: Hashes, values: int) -> NDArray[np.intp]:
        """Count the frequent ones; return the places of others not seen just before.

        What is frequent is guessed from the first words of some batches; it is counted
        from then on, so that it is rather taken for a word that identifies.

        Args:
            hashes: Words of some values.
            values: How many values those are.
        """
        self._asked += 1
        if self._asked <= _FIRST or self._asked % _EVERY == 0:
            seen, times = np.unique(hashes[:_LOOKED_AT], return_counts=True)
            looked_at = values * min(_LOOKED_AT / max(len(hashes), 1), 1.0)
            for each in seen[times >= looked_at * FORM_SHARE * _NEARLY].tolist():
                self.counts.setdefault(each, 0)
        others = np.ones(len(hashes), np.bool_)
        for each in self.counts:
            same = hashes == np.uint64(each)
            self.counts[each] += int(same.sum())
            others &= ~same
        slots = (hashes & np.uint64(_SLOTS - 1)).astype(np.intp)
        others &= self._recent[slots] != hashes
        self._recent[slots] = hashes
        return np.flatnonzero(others)

    def not_forms(self, values: int) -> Hashes:
        """Return the words that were frequent, but not enough to be the column's form.

        Args:
            values: How many values the column has.
        """
        least = max(FORM_VALUES, values * FORM_SHARE)
        rare = [each for each, count in self.counts.items() if count < least]
        return np.array(rare, np.uint64)
