"""Generate unique texts of given lengths: words, numbers, addresses. Pure.

A text consists of random characters and, at its end, the number of its value, written
with the characters of its form. So two values of the same length differ, as long as
there are enough texts of that length. The form adds a prefix or suffix. All is ASCII.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from limerun.dataset.values.block import Mask
from limerun.dataset.words.randomness import Numbers, random_words

_LOWER = b"abcdefghijklmnopqrstuvwxyz"
_DIGITS = b"0123456789"
_USUAL = b"eeeeaaaannnnrrrrttttssssiiiilllldddoookkkmmmgggvvuuhhffppbbyjc"
_COPRIME = np.uint64(2_654_435_761)
"""A prime factor that scatters consecutive numbers without making any two equal."""
_ALL = _DIGITS + _LOWER + _LOWER.upper()
_CHUNK = 8
_CHUNK_BITS = np.uint64(24)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """Rules for composing the texts of a form."""

    filled_with: bytes
    """Characters to draw from."""
    counted_in: bytes
    """Characters that are the digits of the number at the end."""
    around: tuple[tuple[bytes, bytes], ...] = ((b"", b""),)
    """Pairs of prefix and suffix; the first pair that leaves enough space is used."""
    capital: bool = False
    put: tuple[tuple[int, bytes], ...] = ()
    """Fixed characters by position, in texts that are long enough."""


_BARE = ((b"", b""),)
TEXT_STYLES: dict[str, TextStyle] = {
    "abc": TextStyle(filled_with=_USUAL, counted_in=_LOWER, capital=True),
    "a b": TextStyle(filled_with=_USUAL + b" " * 10, counted_in=_LOWER, capital=True),
    "num": TextStyle(filled_with=_DIGITS, counted_in=_DIGITS),
    "tel": TextStyle(
        filled_with=_DIGITS, counted_in=_DIGITS, put=((0, b"0"), (3, b"-"))
    ),
    "@": TextStyle(
        filled_with=_USUAL,
        counted_in=_LOWER,
        around=((b"", b"@example.com"), (b"", b"@a.test"), *_BARE),
    ),
    "url": TextStyle(
        filled_with=_USUAL,
        counted_in=_LOWER,
        around=((b"https://example.com/", b""), (b"http://a.test/", b""), *_BARE),
    ),
    "hex": TextStyle(
        filled_with=_DIGITS + b"abcdef",
        counted_in=_DIGITS + b"abcdef",
        put=((8, b"-"), (13, b"-"), (18, b"-"), (23, b"-")),
    ),
    "any": TextStyle(filled_with=_USUAL + _DIGITS, counted_in=_DIGITS + _LOWER),
    # A value too short for brackets is a number, so the characters are digits from 1.
    "json": TextStyle(
        filled_with=b"123456789",
        counted_in=b"123456789",
        around=((b'{"a":"', b'"}'), (b'["', b'"]'), *_BARE),
    ),
}
_LONGEST_SIGN_ROOM = 4
"""Number of characters that must follow a fixed character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTexts:
    """The texts to generate, one for each value."""

    values: Numbers
    """The numbers of the values; equal numbers give equal texts."""
    lengths: Numbers
    codes: Numbers
    """The index of each value among those of its length, from 0 on."""
    counts: Numbers
    """The number of values of each length; every code is smaller."""
    wide: bool = False
    """True to write codes with all letters and digits, because some lengths are
    short."""


def unique_texts(form: str, key: int, wanted: WantedTexts) -> pa.StringArray:
    """Generate texts of exact lengths.

    Args:
        form: A key of TEXT_STYLES.
        key: The key of the random characters.
        wanted: The values and lengths.
    """
    style = TEXT_STYLES[form]
    signs = _ALL if wanted.wide else style.counted_in
    text = _Texts(wanted.lengths)
    text.fill(style.filled_with, key, wanted.values)
    for place, sign in style.put:
        text.put(place, sign, wanted.lengths > place + _LONGEST_SIGN_ROOM)
    left = np.ones(len(wanted.lengths), np.bool_)
    digits = _digits_needed(wanted.counts, len(signs))
    for before, after in style.around:
        here = left & (wanted.lengths >= len(before) + len(after) + digits)
        here = left if (before, after) == (b"", b"") else here
        text.count(signs, wanted.codes, digits, len(after), here)
        text.put(0, before, here)
        text.put_at_end(after, here)
        left = left & ~here
    if style.capital:
        text.capitalize()
    return text.array()


def _digits_needed(counts: Numbers, base: int) -> Numbers:
    """Return the number of digits that the codes need, at least one."""
    digits = np.ones(len(counts), np.int64)
    reach = np.full(len(counts), base, np.int64)
    while (reach < counts).any():
        digits += reach < counts
        reach = np.where(reach < counts, reach * base, reach)
    return digits


class _Texts:
    """A buffer of texts, one after another."""

    def __init__(self, lengths: Numbers) -> None:
        self._lengths = lengths
        self._starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=self._starts[1:])
        self._bytes = np.zeros(int(self._starts[-1]), np.uint8)

    def fill(self, letters: bytes, key: int, values: Numbers) -> None:
        """Fill all texts with random letters."""
        table = np.frombuffer(letters, np.uint8)
        table = table[np.arange(256) * len(table) // 256]
        chunks = -(-self._lengths // _CHUNK)
        ends = np.cumsum(chunks)
        owner = np.repeat(np.arange(len(values)), chunks)
        nth = np.arange(len(owner)) - (ends - chunks)[owner]
        numbers = (values.astype(np.uint64)[owner] << _CHUNK_BITS) + nth.astype(
            np.uint64
        )
        drawn = random_words(key, numbers).astype("<u8").view(np.uint8)
        places = (nth[:, None] * _CHUNK + np.arange(_CHUNK)).ravel()
        self._bytes[:] = table[drawn[places < np.repeat(self._lengths[owner], _CHUNK)]]

    def put(self, place: int, signs: bytes, where: Mask) -> None:
        """Write characters at a position of the selected texts."""
        for at, sign in enumerate(signs, place):
            self._bytes[self._starts[:-1][where] + at] = sign

    def put_at_end(self, signs: bytes, where: Mask) -> None:
        """Write characters at the end of the selected texts."""
        for at, sign in enumerate(reversed(signs), 1):
            self._bytes[self._starts[1:][where] - at] = sign

    def count(
        self, signs: bytes, codes: Numbers, digits: Numbers, after: int, where: Mask
    ) -> None:
        """Write codes before the last `after` characters, as far as there is space."""
        table, base = np.frombuffer(signs, np.uint8), np.uint64(len(signs))
        room = np.minimum(digits, self._lengths - after)
        left = codes.astype(np.uint64)
        power = base ** digits.astype(np.uint64)
        left = np.where(where, left * _COPRIME % power, left)
        for at in range(int(room[where].max(initial=0))):
            left, digit = np.divmod(left, base)
            here = where & (room > at)
            ends = self._starts[1:][here] - 1 - after - at
            self._bytes[ends] = table[digit[here].astype(np.int64)]

    def capitalize(self) -> None:
        """Capitalize the first letters, and replace spaces at both ends."""
        there = self._lengths > 0
        for places in (self._starts[:-1][there], self._starts[1:][there] - 1):
            signs = self._bytes[places]
            self._bytes[places] = np.where(signs == ord(" "), ord("e"), signs)
        first = self._starts[:-1][there]
        self._bytes[first] -= ord("a") - ord("A")

    def array(self) -> pa.StringArray:
        """Return the texts as an Arrow array."""
        offsets = self._starts.astype(np.int32)
        return pa.StringArray.from_buffers(
            len(self._lengths), pa.py_buffer(offsets), pa.py_buffer(self._bytes)
        )
