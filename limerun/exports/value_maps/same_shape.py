"""Draw texts of the same shape: letters for letters, digits for digits. Pure.

Length, case and all other characters stay; a letter of several bytes becomes a letter
of as many bytes.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.words.randomness import random_words
from limerun.exports.text_folding import Bytes
from limerun.exports.value_maps.texts import flatten_texts, string_array

_KEPT, _DIGIT, _LOWER, _UPPER, _LATIN_LOWER, _LATIN_UPPER, _OTHER_LETTER = range(7)
# In UTF-8, the bytes after C3: accented Latin letters, without the signs × and ÷.  # noqa: RUF003
_AFTER_C3_LOWER = np.array([c for c in range(0xA0, 0xBF) if c != 0xB7], np.uint8)
_AFTER_C3_UPPER = np.array([c for c in range(0x80, 0x9F) if c != 0x97], np.uint8)
_CHOICES: dict[int, Bytes] = {
    _DIGIT: np.frombuffer(b"0123456789", np.uint8),
    _LOWER: np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", np.uint8),
    _UPPER: np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", np.uint8),
    _LATIN_LOWER: _AFTER_C3_LOWER,
    _LATIN_UPPER: _AFTER_C3_UPPER,
    _OTHER_LETTER: np.arange(0x80, 0xC0).astype(np.uint8),
}


def _classes() -> Bytes:
    classes = np.full(256, _KEPT, np.uint8)
    for kind in (_DIGIT, _LOWER, _UPPER):
        classes[_CHOICES[kind]] = kind
    return classes


_CLASSES = _classes()


def scramble_texts(
    texts: pa.StringArray, seeds: npt.NDArray[np.uint64]
) -> pa.StringArray:
    """Draw a text of the same shape for each text, from its seed."""
    flat = flatten_texts(texts)
    lengths = np.diff(flat.offsets)
    classes = _CLASSES[flat.data]
    _classify_letters(flat.data, classes)
    changed = np.flatnonzero(classes != _KEPT)
    owner = np.repeat(np.arange(len(lengths)), lengths)[changed]
    # One step of splitmix64, seeded with the text's seed and the position in it.
    words = random_words(
        0, seeds[owner] + (changed - flat.offsets[owner]).astype(np.uint64)
    )
    data = flat.data.copy()
    kinds = classes[changed]
    for kind, choices in _CHOICES.items():
        mine = kinds == kind
        drawn = (words[mine] >> np.uint64(32)) * np.uint64(len(choices)) >> np.uint64(
            32
        )
        data[changed[mine]] = choices[drawn.astype(np.int64)]
    return string_array(data, flat.offsets)


def _classify_letters(data: Bytes, classes: Bytes) -> None:
    """Mark the last bytes of letters beyond ASCII, which may change."""
    leads = np.flatnonzero(data >= 0xC3)
    if not len(leads):
        return
    lead = data[leads]
    latin = leads[lead == 0xC3] + 1
    after = data[latin]
    classes[latin[np.isin(after, _AFTER_C3_LOWER)]] = _LATIN_LOWER
    classes[latin[np.isin(after, _AFTER_C3_UPPER)]] = _LATIN_UPPER
    # Extended Latin, Greek, Cyrillic and later scripts; then Chinese to Hangul.
    classes[leads[(lead >= 0xC4) & (lead < 0xE0) & (lead != 0xCC)] + 1] = _OTHER_LETTER
    classes[leads[(lead >= 0xE3) & (lead <= 0xED)] + 2] = _OTHER_LETTER
