"""Split the texts of a column into words and hash them, whole columns at a time.

A word is a run of letters and digits. N-grams of consecutive words are hashed without
the characters between them, so that "070-123 45 67" is found in any spelling, and "Anna
Svensson" inside a longer text. The hash is a 64-bit polynomial over the folded bytes,
with its bits mixed: two different texts have the same hash in about 1 of 10^19 cases;
the same text always has the same hash.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from limerun.exports.text_folding import (
    WORD_GAP,
    Bytes,
    Offsets,
    fold_bytes,
    has_other_letters,
    text_bytes,
)

Hashes = NDArray[np.uint64]
Wanted = NDArray[np.bool_]

SHORTEST = 4
"""Words and values with at least this many letters and digits are searched
everywhere."""
_LAST_DIGIT = ord("9")

_SLICE_BYTES = 131_072
"""The amount of text processed at once; it fits a processor's cache."""
_BASE = 0x9E37_79B9_7F4A_7C15
_BASE_INVERSE = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_LENGTH = np.uint64(0x94D0_49BB_1331_11EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Parts of texts with their hashes."""

    hashes: Hashes
    cells: Offsets
    """The index of the text that each span is in."""
    lengths: Offsets
    """Length of each span in folded bytes."""
    first: Bytes
    """The first byte of each span, folded."""
    digits: NDArray[np.bool_]
    """True if a span has only digits."""

    def select(self, which: NDArray[Any]) -> "Spans":
        """Return some of the spans, by a mask or by their indices."""
        return Spans(
            hashes=self.hashes[which],
            cells=self.cells[which],
            lengths=self.lengths[which],
            first=self.first[which],
            digits=self.digits[which],
        )


class TokenizedTexts:
    """Up to about 260 kB of a column's texts, folded and split into words."""

    def __init__(self, data: Bytes, offsets: Offsets, first_cell: int) -> None:
        with_gaps, offsets = fold_bytes(data, offsets)
        self._first_cell = first_cell
        inside = with_gaps != WORD_GAP
        starts, stops = inside.copy(), inside.copy()
        starts[1:] &= ~inside[:-1]
        stops[:-1] &= ~inside[1:]
        edges = offsets[(offsets > 0) & (offsets < len(with_gaps))]
        starts[edges] = inside[edges]
        stops[edges - 1] = inside[edges - 1]
        begins = np.flatnonzero(starts)
        # From here on, positions count only the bytes of words, not those between
        # words.
        lengths = np.flatnonzero(stops) + 1 - begins
        self._folded = with_gaps[inside]
        self._stops = np.cumsum(lengths)
        self._starts = self._stops - lengths
        # The words of text i have the indices _through[i] to _through[i + 1] - 1.
        self._through = np.searchsorted(begins, offsets)
        self.words_per_cell = np.diff(self._through)
        self._word_cells = np.repeat(np.arange(len(offsets) - 1), self.words_per_cell)
        self._is_letter = self._folded > _LAST_DIGIT
        self._letters = _prefix_sums(self._is_letter, np.int32)
        per_word = self._letters[self._stops] - self._letters[self._starts]
        self._has_numbers = not per_word.all()
        self._hash_sums = _prefix_sums(
            _powers(_BASE, self._folded) * self._folded, np.uint64
        )

    def cells_of(self, cut: Spans) -> Offsets:
        """Return the index of each span's text among these texts."""
        return cut.cells - self._first_cell

    def whole_texts(self) -> Spans:
        """Return each text as one span, except texts without letters and digits."""
        cells = np.flatnonzero(self.words_per_cell)
        begins = self._starts[self._through[cells]]
        return self._cut(begins, self._stops[self._through[cells + 1] - 1], cells)

    def ngrams(self, words: int, wanted: Wanted | None = None) -> Spans:
        """Return the n-grams of consecutive words within one text.

        Args:
            words: The number of words of an n-gram.
            wanted: The lengths in folded bytes to return: row 0 for n-grams with
                letters, row 1 for digits only. The last column stands for all longer
                n-grams.
        """
        if wanted is not None and not wanted[0].any() and not self._has_numbers:
            return self._cut(self._starts[:0], self._starts[:0], self._word_cells[:0])
        last = max(len(self._starts) - words + 1, 0)
        begins, ends = self._starts[:last], self._stops[words - 1 :]
        cells = self._word_cells[:last]
        inside = cells == self._word_cells[words - 1 :]
        if wanted is not None:
            lengths = np.minimum(ends - begins, wanted.shape[1] - 1)
            digits = self._letters[ends] == self._letters[begins]
            inside &= wanted[digits.view(np.uint8), lengths]
        which = np.flatnonzero(inside)
        return self._cut(begins[which], ends[which], cells[which])

    def strided_ngrams(self, words: int, every: int) -> tuple[Spans, Spans, Spans]:
        """Return n-grams at a fixed stride, for texts with more words than one n-gram.

        Args:
            words: The number of words of an n-gram.
            every: The words from one n-gram to the next. A text of `words + every - 1`
                consecutive words contains at least one of these n-grams.

        Returns:
            The n-grams, their first halves, and their second halves.
        """
        counts = np.maximum((self.words_per_cell - words) // every + 1, 0)
        counts[self.words_per_cell <= words] = 0
        cells = np.repeat(np.arange(len(counts)), counts)
        nth = np.arange(len(cells)) - np.repeat(np.cumsum(counts) - counts, counts)
        first = np.repeat(self._through[:-1], counts) + nth * every
        begins, last, half = self._starts[first], first + words - 1, words // 2
        return (
            self._cut(begins, self._stops[last], cells),
            self._cut(begins, self._stops[first + half - 1], cells),
            self._cut(self._starts[first + half], self._stops[last], cells),
        )

    def letter_runs(self) -> Spans:
        """Return the letters of words that also have digits: the name in anna77."""
        begins, ends, words = self._letter_runs()
        return self._cut(begins, ends, self._word_cells[words])

    def words(self) -> tuple[Spans, Spans]:
        """Return the words of texts with several words, and all letter runs.

        The words do not include those that contain a letter run, since the run finds
        them.
        """
        begins, ends, words = self._letter_runs()
        whole = self.words_per_cell[self._word_cells] > 1
        whole[words] = False
        which = np.flatnonzero(whole & (self._stops - self._starts >= SHORTEST))
        return (
            self._cut(self._starts[which], self._stops[which], self._word_cells[which]),
            self._cut(begins, ends, self._word_cells[words]),
        )

    def _letter_runs(self) -> tuple[Offsets, Offsets, Offsets]:
        """Return where letter runs begin and end, and the index of each one's word."""
        edges = np.empty(len(self._folded), np.bool_)
        edges[1:] = self._is_letter[1:] != self._is_letter[:-1]
        mixed = edges.copy()
        mixed[self._starts] = False
        edges[self._starts] = True
        if not mixed.any():
            return self._starts[:0], self._starts[:0], self._starts[:0]
        begins = np.flatnonzero(edges)
        ends = np.append(begins[1:], len(edges))
        # Part of a mixed word: it begins or ends where a letter meets a digit.
        part = mixed[begins] | np.append(mixed[begins[1:]], False)
        part &= self._is_letter[begins] & (ends - begins >= SHORTEST)
        begins, ends = begins[part], ends[part]
        return begins, ends, np.searchsorted(self._starts, begins, "right") - 1

    def _cut(self, begins: Offsets, ends: Offsets, cells: Offsets) -> Spans:
        return Spans(
            hashes=_hashes(self._hash_sums, begins, ends),
            cells=cells + self._first_cell,
            lengths=ends - begins,
            first=self._folded[begins],
            digits=self._letters[ends] == self._letters[begins],
        )


@lru_cache(maxsize=4)
def _all_powers(base: int, count: int) -> Hashes:
    powers = np.full(count, base, np.uint64)
    powers[0] = 1
    return np.multiply.accumulate(powers, dtype=np.uint64)


def _powers(base: int, of: NDArray[Any]) -> Hashes:
    """Return the powers of a base from exponent 0 on, one for each element."""
    room = 1 << max(len(of), _SLICE_BYTES).bit_length()
    return _all_powers(base, room)[: len(of)]


def _prefix_sums(values: NDArray[Any], kind: type[np.generic]) -> NDArray[Any]:
    """Return the sum of the values before each value, and the total."""
    sums = np.zeros(len(values) + 1, kind)
    np.cumsum(values, dtype=kind, out=sums[1:])
    return sums


def _hashes(sums: Hashes, begins: Offsets, ends: Offsets) -> Hashes:
    """Return a hash of each span that does not depend on where the span begins."""
    hashes = (sums[ends] - sums[begins]) * _powers(_BASE_INVERSE, sums)[begins]
    hashes ^= (ends - begins).astype(np.uint64) * _LENGTH
    hashes ^= hashes >> np.uint64(31)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(29)
    return hashes


def tokenize_texts(array: pa.Array) -> Iterator[TokenizedTexts]:
    """Yield the texts of an array in slices, folded and split into words.

    The array is text or UTF-8 in binary; a null counts as an empty text.
    """
    data, offsets = text_bytes(array)
    if has_other_letters(data) and pa.types.is_string(array.type):
        data, offsets = text_bytes(pc.utf8_lower(array))
    first, last = 0, len(offsets) - 1
    while first < last:
        until = (
            int(np.searchsorted(offsets, offsets[first] + _SLICE_BYTES, "right")) - 1
        )
        until = min(max(until, first + 1), last)
        begin, end = offsets[first], offsets[until]
        yield TokenizedTexts(data[begin:end], offsets[first : until + 1] - begin, first)
        first = until
