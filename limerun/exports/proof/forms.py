"""Find the words and phrases of a column that identify; the others are its form."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limerun.exports.proof.word_hashes import Cut, CutTexts, Hashes

FORM_SHARE = 0.05
FORM_VALUES = 20
_LOOKED_AT = 2_048
_NEARLY = 0.8
_FIRST, _EVERY = 8, 16
"""Batches that are looked at: the first ones, then one of so many."""
_SLOTS = 1 << 16
LONGEST_RUN = 8
"""Words of a value that is looked for inside of others; longer ones in such runs."""
_WORDS_BETWEEN_RUNS = 4
"""Words from one run to the next: so each run is told by two halves."""


@dataclass(slots=True)
class Forms:
    """Words that come so often in one column that they may be its form, counted."""

    counts: dict[int, int] = field(default_factory=dict)
    _batches: int = 0
    _recent: Hashes = field(default_factory=lambda: np.zeros(_SLOTS, np.uint64))

    def new_words(self, hashes: Hashes, values: int) -> NDArray[np.intp]:
        """Count the frequent ones; return the places of others not seen just before.

        What is frequent is guessed from the first words of some batches; it is counted
        from then on, so that it is rather taken for a word that identifies.

        Args:
            hashes: Words of some values.
            values: How many values those are.
        """
        self._batches += 1
        if self._batches <= _FIRST or self._batches % _EVERY == 0:
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


@dataclass(slots=True)
class Phrases:
    """Half runs that come so often in one column that they are its form."""

    _forms: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))

    def telling(self, texts: CutTexts) -> Cut:
        """Return the runs of some texts that hold no form, nor numbers alone.

        A letter that goes to everybody has the same words with a number between them:
        its halves come in many texts, though no run does.
        """
        runs, *halves = texts.windows(LONGEST_RUN, _WORDS_BETWEEN_RUNS)
        least = max(FORM_VALUES, len(texts.words_per_cell) * FORM_SHARE)
        formal = runs.digits
        for half in halves:
            seen, times = np.unique(half.hashes, return_counts=True)
            self._forms = np.union1d(self._forms, seen[times >= least])
            formal |= np.isin(half.hashes, self._forms)
        return runs.taken(~formal)
