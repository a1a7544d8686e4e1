"""Hash the values of Arrow columns to 64 bits each, a column at a time. Pure.

The hashes are not cryptographic: two different values share one by chance only, with a
probability of 2**-64. The same value has the same hash on every machine and from every
database.
"""

import itertools
from typing import Any, Final

import numpy as np
import pyarrow as pa

from limerun.dataset.words.randomness import Words, random_words

_NUMBER, _FRACTION, _TEXT, _WORD, _PAIR = random_words(
    0x6C696D65, np.arange(5, dtype=np.uint64)
).tolist()
"""Keys that keep numbers, fractions, texts, and pairs of hashes apart."""
NULL: Final = np.uint64(0x9AE16A3B2F90404F)
"""The hash of a missing value."""
_NAN = 0x7FF8000000000000
_PART_BYTES = 1 << 20
_ODD = np.uint64(0xD6E8FEB86659FD93)
_EIGHT, _ONE = np.int64(8), np.uint64(1)
_TAILS = np.array([(1 << (8 * size)) - 1 for size in range(8)], np.uint64)
"""Masks of the bytes that belong to a text in its last word, by their number."""


def hash_column(column: pa.Array) -> Words:
    """Return the hash of each value of a column of whole numbers, fractions or texts.

    A whole number has the same hash in every type of column, and 0.0 equals -0.0.
    """
    if pa.types.is_integer(column.type):
        hashes = hash_numbers(column.fill_null(0).to_numpy(zero_copy_only=False))
    elif pa.types.is_floating(column.type):
        hashes = _hash_floats(column.fill_null(0.0).to_numpy(zero_copy_only=False))
    elif pa.types.is_null(column.type):
        return np.full(len(column), NULL)
    else:
        hashes = _hash_texts(column)
    if column.null_count:
        hashes[column.is_null().to_numpy(zero_copy_only=False)] = NULL
    return hashes


def hash_numbers(numbers: np.ndarray) -> Words:
    """Return the hash of each whole number."""
    return random_words(_NUMBER, numbers.astype(np.int64).view(np.uint64))


def mix(keys: Words, values: Words) -> Words:
    """Return the hash of each pair of hashes; the order within a pair matters."""
    return random_words(_PAIR, keys * _ODD + values)


def total(hashes: Words) -> int:
    """Return the sum of hashes modulo 2**64, which does not depend on their order."""
    return int(hashes.sum(dtype=np.uint64))


def _hash_floats(numbers: np.ndarray) -> Words:
    fits = (numbers == np.floor(numbers)) & (np.abs(numbers) < 2.0**63)
    whole = np.where(fits, numbers, 0.0).astype(np.int64)
    bits = numbers.view(np.uint64).copy()
    bits[np.isnan(numbers)] = _NAN
    return np.where(fits, hash_numbers(whole), random_words(_FRACTION, bits))


def _hash_texts(column: pa.Array) -> Words:
    """Hash texts in parts that fit into the processor's cache."""
    count = len(column)
    if not count:
        return np.zeros(0, np.uint64)
    places = _places(column)
    parts = min(int(places[-1] - places[0]) // _PART_BYTES + 1, count)
    if parts > 1:
        edges = np.linspace(0, count, parts + 1, dtype=np.int64)
        return np.concatenate(
            [
                _hash_text(column.buffers()[2], places[start : end + 1])
                for start, end in itertools.pairwise(edges)
            ]
        )
    return _hash_text(column.buffers()[2], places)


def _hash_text(data: Any, places: np.ndarray) -> Words:
    """Hash the texts between these places of a buffer, by words of eight bytes.

    Each word is hashed with its place in the text, and the sum is hashed again. The last
    word of a text has 0 to 7 of its bytes and their number, so texts that differ in
    trailing zeros differ.
    """
    size = 0 if data is None else int(places[-1] - places[0])
    padded = np.zeros(size + 16, np.uint8)
    if size:
        padded[:size] = np.frombuffer(data, np.uint8)[places[0] : places[-1]]
    words = np.ndarray((size + 9,), "<u8", padded, strides=(1,))
    starts, lengths = places[:-1] - places[0], np.diff(places)
    counts = lengths // _EIGHT + 1
    first = np.cumsum(counts) - counts
    last = first + counts - 1
    index = np.arange(last[-1] + 1) - np.repeat(first, counts)
    found = words[np.repeat(starts, counts) + index * _EIGHT]
    left = lengths % _EIGHT
    found[last] = (found[last] & _TAILS[left]) | (
        left.astype(np.uint64) << np.uint64(56)
    )
    hashed = mix(random_words(_WORD, index.astype(np.uint64)), found)
    sums: Words = np.add.reduceat(hashed, first)
    return random_words(_TEXT, sums + lengths.astype(np.uint64))


def _places(column: pa.Array) -> np.ndarray:
    """Return where each text starts, and where the last one ends."""
    is_large = pa.types.is_large_string(column.type) or pa.types.is_large_binary(
        column.type
    )
    ends = np.frombuffer(column.buffers()[1], np.int64 if is_large else np.int32)
    return ends[column.offset : column.offset + len(column) + 1].astype(np.int64)
