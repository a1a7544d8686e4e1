"""A Bloom filter of hashes: little memory, false positives possible."""

import numpy as np
from numpy.typing import NDArray

from limerun.exports.proof.word_hashes import Hashes

_BITS_EACH = 16
_FEWEST_BITS, _MOST_BITS = 20, 29
"""Powers of two: from 128 kB to 64 MB."""


class BloomFilter:
    """Contains every hash that was added, and seems to contain few others.

    With 16 bits to each hash, at most 1 of 16 others gets through; what gets through
    is looked up in full.
    """

    def __init__(self, expected: int) -> None:
        """Make room for the expected number of hashes; more give more false positives."""
        bits = (max(expected, 1) * _BITS_EACH - 1).bit_length()
        bits = min(max(bits, _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._bits = np.zeros(1 << (bits - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Put hashes in."""
        places, bits = self._places(hashes)
        # Where two fall into one byte, one of them is lost: until none is.
        while len(places):
            self._bits[places] |= bits
            lost = np.flatnonzero((self._bits[places] & bits) == 0)
            places, bits = places[lost], bits[lost]

    def may_hold(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Return whether each hash may have been added."""
        places, bits = self._places(hashes)
        found: NDArray[np.bool_] = (self._bits[places] & bits) != 0
        return found

    def _places(self, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        at = hashes >> self._shift
        bits = np.left_shift(np.uint8(1), (at & np.uint64(7)).astype(np.uint8))
        return (at >> np.uint64(3)).astype(np.intp), bits
