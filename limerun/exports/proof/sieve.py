"""A set of hashes in little memory that may say yes of a hash that is not in it."""

import numpy as np
from numpy.typing import NDArray

from limerun.exports.proof.words import Hashes

_BITS_EACH = 16
_FEWEST_BITS, _MOST_BITS = 20, 29
"""Powers of two: from 128 kB to 64 MB."""


class Sieve:
    """Lets every hash through that was put in, and few others.

    With 16 bits to each hash, 1 of 16 others gets through at most; what gets through
    is looked up in full.
    """

    def __init__(self, expected: int) -> None:
        """Make room for so many hashes; more only make it coarser."""
        bits = (max(expected, 1) * _BITS_EACH - 1).bit_length()
        bits = min(max(bits, _FEWEST_BITS), _MOST_BITS)
        self._shift = np.uint64(64 - bits)
        self._held = np.zeros(1 << (bits - 3), np.uint8)

    def add(self, hashes: Hashes) -> None:
        """Put hashes in."""
        places, bits = self._places(hashes)
        # Where two fall into one byte, one of them is lost: until none is.
        while len(places):
            self._held[places] |= bits
            lost = np.flatnonzero((self._held[places] & bits) == 0)
            places, bits = places[lost], bits[lost]

    def holds(self, hashes: Hashes) -> NDArray[np.bool_]:
        """Say of each hash whether it may be in."""
        places, bits = self._places(hashes)
        held: NDArray[np.bool_] = (self._held[places] & bits) != 0
        return held

    def _places(self, hashes: Hashes) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
        at = hashes >> self._shift
        bits = np.left_shift(np.uint8(1), (at & np.uint64(7)).astype(np.uint8))
        return (at >> np.uint64(3)).astype(np.intp), bits
