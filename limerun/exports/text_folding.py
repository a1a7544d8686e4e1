"""Fold texts to the form in which they are compared: lower-case letters, digits. Pure.

Two texts are equal if their letters and digits are equal, whatever is between them:
"Åsa-Karin", "asa karin" and "ASAKARIN" are equal. Latin letters lose their accents by
decomposition (å is a, ø is o, æ is ae, ß is ss); other scripts keep their accents.
Full-width letters and ligatures (ﬁ) become plain letters, and invisible characters in a
word are dropped. The functions work on UTF-8 bytes, so that whole columns are folded at
once; `fold_text` does the same for one text.
"""

import unicodedata
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

WORD_GAP = 0
"""The output byte between words."""
_DROPPED = 1
"""Marks ignored bytes within a word; they are removed at the end."""
_TRANSLITERATED = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ı": "i",  # noqa: RUF001 - intended
    "ĸ": "k",
    "ŉ": "n",
    "ŀ": "l",
    "ſ": "s",  # noqa: RUF001 - intended
}
_SOFT_HYPHEN = 0xAD
"""The second byte of U+00AD, an invisible hyphen."""
_PRESENTATION_FORMS = 0xEF
"""The first byte of U+F000 to U+FFFF, which are three bytes long."""
_LATIN = (0xC3, 0xC4, 0xC5)
"""The first bytes of U+00C0 to U+017F, which are two bytes long."""


@lru_cache(maxsize=1)
def _ascii_table() -> bytes:
    return bytes(
        ord(chr(code).lower()) if chr(code).isalnum() else WORD_GAP
        for code in range(128)
    ) + bytes(range(128, 256))


@lru_cache(maxsize=1)
def _latin_table() -> Bytes:
    """Return the two output bytes for each of U+00C0 to U+017F."""
    table = np.zeros((192, 2), np.uint8)
    for at in range(192):
        small = chr(0xC0 + at).lower()[0]
        plain = _TRANSLITERATED.get(small) or unicodedata.normalize("NFKD", small)[0]
        if plain.isascii() and plain.isalpha():
            spelled = plain.encode()
            table[at] = (_DROPPED, *spelled) if len(spelled) == 1 else tuple(spelled)
    return table


def text_bytes(array: pa.Array) -> tuple[Bytes, Offsets]:
    """Return the bytes of an array, and the offset of each text."""
    if not len(array):
        return np.zeros(0, np.uint8), np.zeros(1, np.int64)
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


def has_other_letters(data: Bytes) -> bool:
    """Return whether any letter needs Unicode's tables to become lower case."""
    return bool(((data >= 0xC6) & (data != 0xCC) & (data != 0xE2)).any())


def fold_bytes(data: Bytes, offsets: Offsets) -> tuple[Bytes, Offsets]:
    """Fold texts in UTF-8; return the bytes, 0 between words, and the new offsets.

    Args:
        data: The texts, one after the other.
        offsets: Where each text begins, and the end of the last one.
    """
    output = np.frombuffer(
        bytearray(data.tobytes().translate(_ascii_table())), np.uint8
    )
    high = np.flatnonzero(data[:-1] >= 0xC2)
    if not len(high):
        return output, offsets
    _fold_latin(data, high, output)
    _fold_marks(data, high, output)
    _fold_presentation_forms(data, high, output)
    kept = output != _DROPPED
    moved = np.concatenate(([0], np.cumsum(kept)))
    return output[kept], moved[offsets]


def _fold_latin(data: Bytes, high: Offsets, output: Bytes) -> None:
    leads = high[np.isin(data[high], _LATIN)]
    at = (data[leads].astype(np.intp) - 0xC3) * 64 + (data[leads + 1] & 0x3F)
    pairs = _latin_table()[at]
    output[leads], output[leads + 1] = pairs[:, 0], pairs[:, 1]


def _fold_marks(data: Bytes, high: Offsets, output: Bytes) -> None:
    """Drop combining accents and zero-width characters; separate words at signs."""
    second = data[high + 1]
    accents = high[(data[high] == 0xCC) | ((data[high] == 0xCD) & (second < 0xB0))]
    output[accents] = output[accents + 1] = _DROPPED
    signs = high[data[high] == 0xC2]
    output[signs] = output[signs + 1] = WORD_GAP
    hyphens = signs[data[signs + 1] == _SOFT_HYPHEN]
    output[hyphens] = output[hyphens + 1] = _DROPPED
    # U+2000 to U+206F: dashes, quotes, spaces; those without width are dropped.
    general = high[(data[high] == 0xE2) & ((second == 0x80) | (second == 0x81))]
    third = data[general + 2]
    unseen = (data[general + 1] == 0x80) & np.isin(third, (0x8B, 0x8C, 0x8D))
    unseen |= (data[general + 1] == 0x81) & (third == 0xA0)
    for step in range(3):
        output[general + step] = np.where(unseen, _DROPPED, WORD_GAP)


def _fold_presentation_forms(data: Bytes, high: Offsets, output: Bytes) -> None:
    """Fold ligatures (U+FB00 to U+FB06) and full-width signs (U+FF01 to U+FF5E)."""
    leads = high[data[high] == _PRESENTATION_FORMS]
    leads = leads[leads < len(data) - 2]
    codes = (data[leads + 1].astype(np.intp) & 0x3F) * 64 + (data[leads + 2] & 0x3F)
    table = _presentation_table()
    known = table[codes].any(axis=1)
    for step in range(3):
        output[leads[known] + step] = table[codes[known], step]


@lru_cache(maxsize=1)
def _presentation_table() -> Bytes:
    """Return the three output bytes for each of U+F000 to U+FFFF; zeros: not folded."""
    table = np.zeros((1 << 12, 3), np.uint8)
    for code in (*range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F)):
        plain = unicodedata.normalize("NFKC", chr(code)).lower()
        letters = [ord(letter) for letter in plain if letter.isalnum()]
        empty = [_DROPPED] * (3 - len(letters)) if letters else []
        table[code & 0xFFF, : len(empty) + len(letters)] = [*empty, *letters]
    table[0xFEFF & 0xFFF] = _DROPPED
    return table


def fold_text(text: str) -> str:
    """Reduce a text to the letters and digits by which texts are compared."""
    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    if has_other_letters(data):
        data = np.frombuffer(text.lower().encode("utf-8", "replace"), np.uint8)
    output, _ = fold_bytes(data, np.array([0, len(data)]))
    return bytes(output[output != WORD_GAP]).decode("utf-8", "replace")
