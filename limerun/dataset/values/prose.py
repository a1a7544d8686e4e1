"""Texts of given lengths, cut out of one long text of the locale's sentences."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.design.layout import Column
from limerun.dataset.values.block import Block
from limerun.dataset.words.distributions import Distribution
from limerun.dataset.words.randomness import Numbers, Permutation, below
from limerun.dataset.words.weighted_lists import Pool

_Places = npt.NDArray[np.int32]
_INLINE = 12
"""Bytes of a text that Arrow's view of it holds itself."""
_SENTENCES = 4
_ORDERS = 8
"""So that texts that begin alike go on otherwise: a quarter of a million differ."""
_BLANK = ord(" ")


def text(block: Block, column: Column) -> pa.Array:
    """Make whole sentences up to a length, or texts of exactly the lengths asked for."""
    options: Any = column.options
    longest = options["length"]
    prose = block.recipe.keep(
        ("prose", str(longest)), lambda: Prose(block.vocabulary.sentences, longest)
    )
    starts = below(block.words(column.name), prose.count)
    if options["max"] is None and options["mean"] is None:
        most = block.words(column.name, "count")
        return prose.sentences(starts, below(most, _SENTENCES * prose.usual) + 1)
    return prose.exactly(starts, _lengths(block, column, longest))


def _lengths(block: Block, column: Column, longest: int) -> Numbers:
    """Return in characters how long each text is."""
    options: Any = column.options
    words = block.words(column.name, "length")
    if options["mean"] is None:
        least = min(int(options["min"]), longest)
        return below(words, longest - least + 1) + least
    least = options["mean"] - 3 * options["spread"]
    most = options["mean"] + 3 * options["spread"]
    spread = block.keep(column, lambda: Distribution(least, most, "normal"))
    drawn = spread(words, block.words(column.name, "within length"))
    lengths: Numbers = np.clip(drawn, 1, longest)
    return lengths


def _shuffled(sentences: tuple[str, ...]) -> Iterator[str]:
    """Yield all sentences several times, in another order each."""
    numbers = np.arange(len(sentences), dtype=np.uint64)
    for key in range(_ORDERS):
        for at in Permutation(key, len(sentences))(numbers).tolist():
            yield sentences[at]


class Prose:
    """A long text: its bytes, where its characters, words and sentences begin.

    Args:
        sentences: What it is made of, in order, again and again.
        longest: Characters of the longest text that is cut out of it.
    """

    def __init__(self, sentences: Pool, longest: int) -> None:
        told = [*_shuffled(sentences.values)]
        once = " ".join(told) + " "
        self.count = len(told)
        """Sentences that a text may begin with; it goes on after the last."""
        copies = 2 + (longest + 64) // len(once)
        whole = once * copies
        self._bytes = np.frombuffer(whole.encode(), np.uint8)
        # A byte that goes on with a character begins with the bits 10.
        self._places = np.flatnonzero(self._bytes & 0xC0 != 0x80).astype(np.int32)
        lengths = np.array([len(each) + 1 for each in told], np.int64)
        ends = np.cumsum(np.tile(lengths, copies))
        self._starts = np.concatenate(([0], ends))
        self.usual = max(int(longest * self.count // len(once) // _SENTENCES), 1)
        self._longest = longest
        self._is_blank = self._bytes[self._places] == _BLANK
        # Texts of whole sentences are found by these alone, which are few.
        self._start_bytes = self._places[self._starts[:-1]]
        self._cut_bytes = self._places[self._cut_ends()]

    def _cut_ends(self) -> Numbers:
        """Return where a text ends at the latest, by the sentence that it begins with.

        That is before a blank, if there is one.
        """
        starts = self._starts[: self.count]
        blanks = np.flatnonzero(self._is_blank)
        last = np.searchsorted(blanks, starts + self._longest, side="right") - 1
        ends = blanks[np.maximum(last, 0)]
        return np.where(ends > starts, ends, starts + self._longest)

    def sentences(self, firsts: Numbers, counts: Numbers) -> pa.Array:
        """Return texts of some sentences from a first one on, cut where they are too long."""
        ends = self._start_bytes[firsts + counts] - 1  # without the blank
        ends = np.minimum(ends, self._cut_bytes[firsts])
        return self._between(self._start_bytes[firsts], ends)

    def exactly(self, firsts: Numbers, lengths: Numbers) -> pa.Array:
        """Return texts of exact lengths, which begin with a sentence.

        None ends with a blank, which whoever reads it may take away: then the text
        begins with the sentence after.
        """
        starts = self._starts[firsts]
        for _ in range(self.count):
            blank = np.flatnonzero(self._is_blank[starts + lengths - 1])
            if not blank.size:
                break
            firsts = firsts.copy()
            firsts[blank] = (firsts[blank] + 1) % self.count
            starts = self._starts[firsts]
        return self._between(self._places[starts], self._places[starts + lengths])

    def _between(self, first: _Places, last: _Places) -> pa.Array:
        """Return each text between its first and last byte.

        They are passed as views, which Arrow copies out faster than words are joined.
        """
        sizes = last - first
        views = np.zeros((len(sizes), 4), np.int32)
        views[:, 0], views[:, 3] = sizes, first
        views[:, 1] = self._signs(first, 4)[:, 0]
        short = np.flatnonzero(sizes <= _INLINE)
        if short.size:
            views[short, 1:] = self._inline(first[short], sizes[short])
        buffers = [None, pa.py_buffer(views), pa.py_buffer(self._bytes)]
        array = pa.Array.from_buffers(pa.binary_view(), len(sizes), buffers)
        return array.cast(pa.binary()).view(pa.string())

    def _signs(self, first: _Places, width: int) -> _Places:
        """Return `width` bytes from each place on, four to a number."""
        windows = np.lib.stride_tricks.sliding_window_view(self._bytes, width)
        return np.ascontiguousarray(windows[first]).view(np.int32)

    def _inline(self, first: _Places, sizes: _Places) -> _Places:
        held = self._signs(first, _INLINE).view(np.uint8)
        held[np.arange(_INLINE) >= sizes[:, None]] = 0
        return held.view(np.int32)
