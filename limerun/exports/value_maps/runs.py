"""Split texts into runs: words, numbers, hosts, and the text between them. Pure.

The runs of all texts are stored one after another; the ends of the texts are recorded,
so that texts can be reassembled. A run may only be replaced by a run of the same class.

A number is digits with at most one space, hyphen, slash or point between two of them,
and an optional plus sign before them. A host is an at sign and what follows it.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.exports.text_folding import Bytes, Offsets
from limerun.exports.value_maps.texts import flatten_texts, string_array

BETWEEN, NUMBER, WORD, HOST = range(4)
Mask = npt.NDArray[np.bool_]
_AT, _PLUS, _DOT = ord("@"), ord("+"), ord(".")


def _table(*characters: bytes | range) -> Mask:
    table = np.zeros(256, np.bool_)
    for each in characters:
        table[list(each)] = True
    return table


_DIGITS = b"0123456789"
_LETTERS = bytes(range(ord("a"), ord("z") + 1)) + bytes(range(ord("A"), ord("Z") + 1))
_IN_NUMBERS = _table(b" -/.")
_NOT_IN_HOSTS = (~_table(_DIGITS, _LETTERS, b".-", range(0x80, 0x100))).tobytes()
_ENDS_HOSTS = _table(b".-")


def _class_table() -> bytes:
    classes = np.zeros(256, np.uint8)
    classes[list(_DIGITS)] = NUMBER
    classes[list(_LETTERS)] = WORD
    classes[0x80:] = WORD
    return classes.tobytes()


_CLASSES = _class_table()


def _translated(data: Bytes, table: bytes) -> Bytes:
    """Translate bytes with a table, several times as fast as NumPy."""
    return np.frombuffer(bytearray(data.tobytes().translate(table)), np.uint8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Texts split into runs."""

    data: Bytes
    classes: Bytes
    """The class of each byte."""
    offsets: Offsets
    """Where each run begins, and where the last one ends."""
    ends: Offsets
    """Where each text begins, and where the last one ends."""

    def of(self, *kinds: int) -> tuple[pa.StringArray, Mask]:
        """Return the runs of some classes, and a mask of them among all runs."""
        wanted = np.zeros(HOST + 1, np.bool_)
        wanted[list(kinds)] = True
        selected = wanted[self.classes[self.offsets[:-1]]]
        runs = string_array(self.data, self.offsets).filter(pa.array(selected))
        return runs, selected

    def with_numbers(self, numbers: pa.StringArray) -> "Runs":
        """Return the runs with other numbers of the same lengths."""
        data = self.data.copy()
        data[self.classes == NUMBER] = flatten_texts(numbers).data
        return replace(self, data=data)

    def joined(
        self, words: pa.StringArray, which: Offsets, selected: Mask
    ) -> pa.StringArray:
        """Return the texts; at the indices `which`, runs are replaced by `words`."""
        starts = self.offsets[:-1]
        # Unchanged runs form one piece, up to the next replaced run or the text's end.
        begins = selected.copy()
        begins[1:] |= selected[:-1]
        begins[
            np.searchsorted(starts, self.ends[:-1][self.ends[:-1] < len(self.data)])
        ] = True
        pieces_at = np.append(starts[begins], len(self.data))
        replaced = selected[begins]
        order = np.arange(len(replaced)) + len(words)
        order[replaced] = which
        pieces = pa.concat_arrays([words, string_array(self.data, pieces_at)])
        flat = flatten_texts(pieces.take(pa.array(order)))
        return string_array(
            flat.data, flat.offsets[np.searchsorted(pieces_at, self.ends)]
        )


def cut(texts: pa.StringArray) -> Runs:
    """Split texts without null into runs."""
    flat = flatten_texts(texts)
    size = len(flat.data)
    begins = np.zeros(size + 1, np.bool_)
    begins[flat.offsets] = True
    classes = _translated(flat.data, _CLASSES)
    _join_numbers(flat.data, classes, begins)
    _find_hosts(flat.data, classes, begins)
    np.logical_or(begins[1:size], classes[1:] != classes[:-1], out=begins[1:size])
    offsets = np.flatnonzero(begins)
    return Runs(
        data=flat.data,
        classes=classes,
        offsets=offsets if size else offsets[:1],
        ends=flat.offsets,
    )


def _join_numbers(data: Bytes, classes: Bytes, begins: Mask) -> None:
    digits = classes == NUMBER
    between = np.flatnonzero(digits[:-2] & digits[2:] & ~digits[1:-1]) + 1
    between = between[_IN_NUMBERS[data[between]]]
    classes[between[~(begins[between] | begins[between + 1])]] = NUMBER
    plus = np.flatnonzero(data[:-1] == _PLUS)
    plus = plus[digits[plus + 1] & ~begins[plus + 1]]
    # After a digit, a plus sign separates two numbers and belongs to neither.
    after = digits[plus - 1] & (plus > 0) & ~begins[plus]
    classes[plus[~after]] = NUMBER


def _find_hosts(data: Bytes, classes: Bytes, begins: Mask) -> None:
    at = np.flatnonzero(data == _AT)
    if not len(at):
        return
    outside = _translated(data, _NOT_IN_HOSTS).view(np.bool_)
    stops = np.append(np.flatnonzero(outside | begins[:-1]), len(data))
    ends = stops[np.searchsorted(stops, at, side="right")]
    while (trailing := (ends > at + 1) & _ENDS_HOSTS[data[ends - 1]]).any():
        ends -= trailing
    # Only between letters or digits: the "anna" of "@anna" is a word.
    named = (classes[at - 1] != BETWEEN) & (at > 0) & ~begins[at] & (ends > at + 1)
    named[named] = classes[at[named] + 1] != BETWEEN
    change = np.zeros(len(data) + 1, np.int8)
    change[at[named]] = 1
    change[ends[named]] -= 1
    classes[np.cumsum(change[:-1], dtype=np.int8) > 0] = HOST
