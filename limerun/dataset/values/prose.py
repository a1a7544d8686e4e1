"""Generate texts of given lengths by cutting them from one long text of sentences."""

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
"""The number of bytes that Arrow stores inside a string view."""
_SENTENCES = 4
_ORDERS = 8
"""Number of different orders of the sentences, so that texts that begin with the same
sentence differ."""
_BLANK = ord(" ")


def text(block: Block, column: Column) -> pa.Array:
    """Generate whole sentences up to a length, or texts of exact lengths."""
    options: Any = column.options
    longest = options["length"]
    prose = block.recipe.cached(
        ("prose", str(longest)), lambda: Prose(block.vocabulary.sentences, longest)
    )
    starts = below(block.words(column.name), prose.count)
    if options["max"] is None and options["mean"] is None:
        most = block.words(column.name, "count")
        return prose.sentences(starts, below(most, _SENTENCES * prose.usual) + 1)
    return prose.exactly(starts, _lengths(block, column, longest))


def _lengths(block: Block, column: Column, longest: int) -> Numbers:
    """Return the length of each text in characters."""
    options: Any = column.options
    words = block.words(column.name, "length")
    if options["mean"] is None:
        least = min(int(options["min"]), longest)
        return below(words, longest - least + 1) + least
    least = options["mean"] - 3 * options["spread"]
    most = options["mean"] + 3 * options["spread"]
    spread = block.cached(column, lambda: Distribution(least, most, "normal"))
    drawn = spread(words, block.words(column.name, "within length"))
    lengths: Numbers = np.clip(drawn, 1, longest)
    return lengths


def _shuffled(sentences: tuple[str, ...]) -> Iterator[str]:
    """Yield all sentences several times, each time in another order."""
    numbers = np.arange(len(sentences), dtype=np.uint64)
    for key in range(_ORDERS):
        for at in Permutation(key, len(sentences))(numbers).tolist():
            yield sentences[at]


class Prose:
    """A long text, with the positions of its characters and sentences.

    Args:
        sentences: The sentences that it repeats.
        longest: Maximum length of the texts to cut from it.
    """

    def __init__(self, sentences: Pool, longest: int) -> None:
        shuffled = [*_shuffled(sentences.values)]
        once = " ".join(shuffled) + " "
        self.count = len(shuffled)
        """Number of sentences that a text may start with."""
        copies = 2 + (longest + 64) // len(once)
        whole = once * copies
        self._bytes = np.frombuffer(whole.encode(), np.uint8)
        # In UTF-8, the bytes of a character after the first start with the bits 10.
        self._places = np.flatnonzero(self._bytes & 0xC0 != 0x80).astype(np.int32)
        lengths = np.array([len(each) + 1 for each in shuffled], np.int64)
        ends = np.cumsum(np.tile(lengths, copies))
        self._starts = np.concatenate(([0], ends))
        self.usual = max(int(longest * self.count // len(once) // _SENTENCES), 1)
        self._longest = longest
        self._is_blank = self._bytes[self._places] == _BLANK
        # Positions in bytes for texts of whole sentences.
        self._start_bytes = self._places[self._starts[:-1]]
        self._cut_bytes = self._places[self._cut_ends()]

    def _cut_ends(self) -> Numbers:
        """Return the last possible end of a text for each first sentence.

        It is before a space, if there is one.
        """
        starts = self._starts[: self.count]
        blanks = np.flatnonzero(self._is_blank)
        last = np.searchsorted(blanks, starts + self._longest, side="right") - 1
        ends = blanks[np.maximum(last, 0)]
        return np.where(ends > starts, ends, starts + self._longest)

    def sentences(self, firsts: Numbers, counts: Numbers) -> pa.Array:
        """Return texts of some sentences from a first one on, truncated if too long."""
        ends = self._start_bytes[firsts + counts] - 1  # without the space
        ends = np.minimum(ends, self._cut_bytes[firsts])
        return self._between(self._start_bytes[firsts], ends)

    def exactly(self, firsts: Numbers, lengths: Numbers) -> pa.Array:
        """Return texts of exact lengths that start with a sentence.

        A text that would end with a space, which a reader might strip, starts with the
        next sentence instead.
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
        """Return the text between each pair of byte positions.

        String views are the fastest way to copy many parts of a text in Arrow.
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
        """Return `width` bytes from each position, packed four to a number."""
        windows = np.lib.stride_tricks.sliding_window_view(self._bytes, width)
        return np.ascontiguousarray(windows[first]).view(np.int32)

    def _inline(self, first: _Places, sizes: _Places) -> _Places:
        inlined = self._signs(first, _INLINE).view(np.uint8)
        inlined[np.arange(_INLINE) >= sizes[:, None]] = 0
        return inlined.view(np.int32)
