"""Store texts as Arrow's bytes and offsets, and look up sorted numbers fast. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.exports.text_folding import Bytes, Offsets, text_bytes

_AT_ONCE = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatTexts:
    """The bytes of several texts, one after another."""

    data: Bytes
    offsets: Offsets
    """Where each text begins, and where the last one ends."""


def flatten_texts(texts: pa.StringArray) -> FlatTexts:
    """Return the bytes and offsets of texts without null."""
    data, offsets = text_bytes(texts)
    return FlatTexts(data=data, offsets=offsets)


def string_array(data: Bytes, offsets: Offsets) -> pa.StringArray:
    """Return the Arrow array of the texts in these bytes."""
    return pa.StringArray.from_buffers(
        len(offsets) - 1,
        pa.py_buffer(np.ascontiguousarray(offsets, np.int32)),
        pa.py_buffer(np.ascontiguousarray(data)),
    )


def sorted_unique(numbers: Offsets, *, in_runs: bool = False) -> Offsets:
    """Return the distinct numbers, sorted; many times as fast as NumPy.

    It is faster with `in_runs`, if the numbers consist of a few sorted runs.
    """
    ordered = np.sort(numbers, kind="stable" if in_runs else "quicksort")
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def is_in(numbers: Offsets, among: Offsets) -> npt.NDArray[np.bool_]:
    """Return which numbers occur in `among`, which is sorted.

    It is fastest for sorted numbers: neighbours are found in the same part of memory.
    """
    if not len(among):
        return np.zeros(len(numbers), np.bool_)
    at = np.searchsorted(among, numbers)
    at[at == len(among)] = 0
    found: npt.NDArray[np.bool_] = among[at] == numbers
    return found


class SortedLookup:
    """A fast lookup in sorted numbers, for numbers in any order.

    A table of bytes, indexed by a hash, rules out most numbers.
    """

    _FACTOR = np.uint64(0x9E3779B97F4A7C15)
    _EACH = 16
    _MOST_BITS = 24

    def __init__(self, among: Offsets) -> None:
        self._among = among
        bits = min((max(len(among), 1) * self._EACH).bit_length(), self._MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._maybe = np.zeros(1 << bits, np.bool_)
        self._maybe[self._places(among)] = True

    def _places(self, numbers: Offsets) -> Offsets:
        hashes = (numbers.view(np.uint64) * self._FACTOR) >> self._shift
        return hashes.view(np.int64)

    def contains(self, numbers: Offsets) -> npt.NDArray[np.bool_]:
        """Return which numbers are in the sorted ones."""
        found: npt.NDArray[np.bool_] = self._maybe[self._places(numbers)]
        at = np.flatnonzero(found)
        found[at] = is_in(numbers[at], self._among)
        return found


def map_in_chunks(change: Callable[[Offsets], Offsets], numbers: Offsets) -> Offsets:
    """Apply a function to many numbers, in chunks that fit a processor's cache."""
    parts = [
        change(numbers[at : at + _AT_ONCE]) for at in range(0, len(numbers), _AT_ONCE)
    ]
    return np.concatenate(parts) if parts else numbers


class Overrides:
    """A few numbers whose results differ from those of the general map."""

    def __init__(self) -> None:
        self._from = self._to = np.empty(0, np.int64)
        self._lookup = SortedLookup(self._from)

    def add(self, numbers: Offsets, others: Offsets) -> None:
        """Set the results of some numbers."""
        every = np.append(self._from, numbers)
        order = np.argsort(every)
        self._from = every[order]
        self._to = np.append(self._to, others)[order]
        self._lookup = SortedLookup(self._from)

    def applied(self, numbers: Offsets, others: Offsets) -> Offsets:
        """Return the general map's results `others`, with those of this map put in."""
        which = np.flatnonzero(self._lookup.contains(numbers))
        if not len(which):
            return others
        changed = others.copy()
        changed[which] = self._to[np.searchsorted(self._from, numbers[which])]
        return changed


def is_repeated(values: Offsets) -> npt.NDArray[np.bool_]:
    """Return which numbers occurred before."""
    _, firsts = np.unique(values, return_index=True)
    seen = np.ones(len(values), np.bool_)
    seen[firsts] = False
    return seen
