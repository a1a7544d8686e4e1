"""Find the words and phrases of a column that can identify somebody.

Words and phrases that occur in many values of a column are its boilerplate, such as
"example.com" in addresses or the text of a form letter. They do not identify anybody.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from limerun.exports.proof.word_hashes import Hashes, Spans, TokenizedTexts

BOILERPLATE_SHARE = 0.05
BOILERPLATE_VALUES = 20
_SAMPLE_WORDS = 2_048
_NEARLY = 0.8
"""A word is counted if its share exceeds this fraction of the boilerplate limit."""
_FIRST_BATCHES, _EVERY_BATCH = 8, 16
"""The first batches are sampled, then every sixteenth batch."""
_SLOTS = 1 << 16
LONGEST_NGRAM = 8
"""Most words of a value that is searched for as a whole inside others; longer values
are split into n-grams."""
_NGRAM_STRIDE = 4
"""Words between the starts of two n-grams: half an n-gram, so that neighbours
overlap."""


@dataclass(slots=True)
class FrequentWords:
    """Counts the words that occur often enough in a column to be its boilerplate."""

    counts: dict[int, int] = field(default_factory=dict)
    _batches: int = 0
    _recent: Hashes = field(default_factory=lambda: np.zeros(_SLOTS, np.uint64))

    def identifying_words(self, hashes: Hashes, values: int) -> NDArray[np.intp]:
        """Count frequent words of some values; return the indices of the other words.

        Samples of some batches decide which words are counted. Counting starts only
        after that, so a count is never too high, and a doubtful word counts as
        identifying. Most words that were seen shortly before are skipped.
        """
        self._batches += 1
        if self._batches <= _FIRST_BATCHES or self._batches % _EVERY_BATCH == 0:
            seen, times = np.unique(hashes[:_SAMPLE_WORDS], return_counts=True)
            looked_at = values * min(_SAMPLE_WORDS / max(len(hashes), 1), 1.0)
            for each in seen[times >= looked_at * BOILERPLATE_SHARE * _NEARLY].tolist():
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

    def rare_words(self, values: int) -> Hashes:
        """Return the counted words that are too rare in a column to be boilerplate."""
        least = max(BOILERPLATE_VALUES, values * BOILERPLATE_SHARE)
        rare = [each for each, count in self.counts.items() if count < least]
        return np.array(rare, np.uint64)


@dataclass(slots=True)
class FrequentPhrases:
    """Halves of n-grams that occur often enough in a column to be its boilerplate."""

    _halves: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))

    def identifying_ngrams(self, texts: TokenizedTexts) -> Spans:
        """Return the n-grams that are not boilerplate and not only digits.

        The copies of a form letter have the same words around a number that differs:
        their halves occur in many texts, although no whole n-gram does.
        """
        ngrams, *halves = texts.strided_ngrams(LONGEST_NGRAM, _NGRAM_STRIDE)
        least = max(BOILERPLATE_VALUES, len(texts.words_per_cell) * BOILERPLATE_SHARE)
        boilerplate = ngrams.digits
        for half in halves:
            seen, times = np.unique(half.hashes, return_counts=True)
            self._halves = np.union1d(self._halves, seen[times >= least])
            boilerplate |= np.isin(half.hashes, self._halves)
        return ngrams.select(~boilerplate)
