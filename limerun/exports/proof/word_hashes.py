"""Cut a column of texts into words and hash them, whole columns at a time.

A word is a run of letters and digits. Words that follow each other are hashed
together as well, without what stands between them, so that "070-123 45 67" is found
however it is written, and "Anna Svensson" inside a longer text. The hash is 64 bits
of a polynomial over the folded bytes, mixed: two different texts have the same one in
about 1 of 10^19 cases; the same text always has.
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
    APART,
    Bytes,
    Places,
    fold_bytes,
    has_other_letters,
)

Hashes = NDArray[np.uint64]
Wanted = NDArray[np.bool_]

SHORTEST = 4
"""Letters and digits from which on a word or a value is looked for everywhere."""
_LAST_DIGIT = ord("9")

_SLICE_BYTES = 131_072
"""What is worked on at once: it fits a processor's cache."""
_BASE = 0x9E37_79B9_7F4A_7C15
_BASE_INVERSE = pow(_BASE, -1, 2**64)
_MIX = np.uint64(0xBF58_476D_1CE4_E5B9)
_LENGTH = np.uint64(0x94D0_49BB_1331_11EB)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Stretches of texts: where in which text, how long, and of digits alone."""

    hashes: Hashes
    cells: Places
    """Which text each is of, counted from 0."""
    lengths: Places
    """In folded bytes."""
    first: Bytes
    """The first byte, folded."""
    digits: NDArray[np.bool_]
    """Whether it is of digits alone."""

    def taken(self, which: NDArray[Any]) -> "Cut":
        """Return some of them, by a mask or by their places."""
        return Cut(
            hashes=self.hashes[which],
            cells=self.cells[which],
            lengths=self.lengths[which],
            first=self.first[which],
            digits=self.digits[which],
        )


class CutTexts:
    """Some texts of a column, folded and cut into words; up to some 260 kB of them."""

    def __init__(self, data: Bytes, offsets: Places, first_cell: int) -> None:
        spread, offsets = fold_bytes(data, offsets)
        self._first_cell = first_cell
        inside = spread != APART
        starts, stops = inside.copy(), inside.copy()
        starts[1:] &= ~inside[:-1]
        stops[:-1] &= ~inside[1:]
        edges = offsets[(offsets > 0) & (offsets < len(spread))]
        starts[edges] = inside[edges]
        stops[edges - 1] = inside[edges - 1]
        begins = np.flatnonzero(starts)
        # From here on places are those without what stands between words.
        lengths = np.flatnonzero(stops) + 1 - begins
        self._folded = spread[inside]
        self._stops = np.cumsum(lengths)
        self._starts = self._stops - lengths
        # The words of each text, from one number to before the next one.
        self._through = np.searchsorted(begins, offsets)
        self.words_per_cell = np.diff(self._through)
        self._word_cells = np.repeat(np.arange(len(offsets) - 1), self.words_per_cell)
        self._is_letter = self._folded > _LAST_DIGIT
        self._letters = _sums(self._is_letter, np.int32)
        per_word = self._letters[self._stops] - self._letters[self._starts]
        self._has_numbers = not per_word.all()
        self._hash_sums = _sums(_powers(_BASE, self._folded) * self._folded, np.uint64)

    def cells_of(self, cut: Cut) -> Places:
        """Return which of these texts each stretch is of."""
        return cut.cells - self._first_cell

    def wholes(self) -> Cut:
        """Return each text as a whole; those without letter or digit left out."""
        cells = np.flatnonzero(self.words_per_cell)
        begins = self._starts[self._through[cells]]
        return self._cut(begins, self._stops[self._through[cells + 1] - 1], cells)

    def runs(self, words: int, wanted: Wanted | None = None) -> Cut:
        """Return runs of so many words that follow each other in one text.

        Args:
            words: How many in a run.
            wanted: Which lengths in folded bytes are, for letters (row 0) and for
                digits alone (row 1), the last one for all that are longer.
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

    def windows(self, words: int, every: int) -> tuple[Cut, Cut, Cut]:
        """Return some runs of so many words, of texts that have more words.

        Args:
            words: How many in a run.
            every: After how many words the next run begins: whatever has so many words
                more than a run, less one, holds a whole one.

        Returns:
            The runs, the first half of each, and the second.
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

    def letter_runs(self) -> Cut:
        """Return runs of letters in words that also have digits: the name in anna77."""
        begins, ends, words = self._letter_runs()
        return self._cut(begins, ends, self._word_cells[words])

    def words(self) -> tuple[Cut, Cut]:
        """Return the words of texts with several, and the runs of letters in the rest.

        A word that holds such a run is found by it, and is not among the first.
        """
        begins, ends, words = self._letter_runs()
        whole = self.words_per_cell[self._word_cells] > 1
        whole[words] = False
        which = np.flatnonzero(whole & (self._stops - self._starts >= SHORTEST))
        return (
            self._cut(self._starts[which], self._stops[which], self._word_cells[which]),
            self._cut(begins, ends, self._word_cells[words]),
        )

    def _letter_runs(self) -> tuple[Places, Places, Places]:
        """Return where runs of letters begin and end, and which word each is of."""
        edges = np.empty(len(self._folded), np.bool_)
        edges[1:] = self._is_letter[1:] != self._is_letter[:-1]
        mixed = edges.copy()
        mixed[self._starts] = False
        edges[self._starts] = True
        if not mixed.any():
            return self._starts[:0], self._starts[:0], self._starts[:0]
        begins = np.flatnonzero(edges)
        ends = np.append(begins[1:], len(edges))
        # A part of a word: it begins or ends where letters and digits meet.
        part = mixed[begins] | np.append(mixed[begins[1:]], False)
        part &= self._is_letter[begins] & (ends - begins >= SHORTEST)
        begins, ends = begins[part], ends[part]
        return begins, ends, np.searchsorted(self._starts, begins, "right") - 1

    def _cut(self, begins: Places, ends: Places, cells: Places) -> Cut:
        return Cut(
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
    """Return the powers of a number from 0 on, as many as there are elements."""
    room = 1 << max(len(of), _SLICE_BYTES).bit_length()
    return _all_powers(base, room)[: len(of)]


def _sums(values: NDArray[Any], kind: type[np.generic]) -> NDArray[Any]:
    """Return the sum before each value, and that of all."""
    sums = np.zeros(len(values) + 1, kind)
    np.cumsum(values, dtype=kind, out=sums[1:])
    return sums


def _hashes(sums: Hashes, begins: Places, ends: Places) -> Hashes:
    """Return a hash for each stretch, the same wherever it begins."""
    hashes = (sums[ends] - sums[begins]) * _powers(_BASE_INVERSE, sums)[begins]
    hashes ^= (ends - begins).astype(np.uint64) * _LENGTH
    hashes ^= hashes >> np.uint64(31)
    hashes *= _MIX
    hashes ^= hashes >> np.uint64(29)
    return hashes


def cut_texts(array: pa.Array) -> Iterator[CutTexts]:
    """Yield the texts of an Arrow array, folded and cut, some at a time.

    Args:
        array: Texts or binary in UTF-8; a null is as an empty text.
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
        yield CutTexts(data[begin:end], offsets[first : until + 1] - begin, first)
        first = until


def text_bytes(array: pa.Array) -> tuple[Bytes, Places]:
    """Return an array's bytes, and where each text begins among them."""
    if array.null_count:
        array = pc.fill_null(array, b"" if pa.types.is_binary(array.type) else "")
    _, offsets_buffer, data_buffer = array.buffers()
    large = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    offsets = np.frombuffer(
        offsets_buffer,
        np.int64 if large else np.int32,
        len(array) + 1,
        array.offset * (8 if large else 4),
    ).astype(np.int64)
    data = (
        np.frombuffer(data_buffer, np.uint8)
        if data_buffer is not None
        else np.zeros(0, np.uint8)
    )
    return data[offsets[0] : offsets[-1]], offsets - offsets[0]
