"""Keyed permutations of the numbers below a size.

Small sizes use a table. Larger sizes use a Feistel network whose round functions are
random tables or smaller networks; results outside the size are permuted again (cycle
walking).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from limerun.dataset.words.randomness import step_within
from limerun.exports.value_maps.key import Key

Numbers = npt.NDArray[np.int64]
Permutation = Callable[[Numbers], Numbers]
_Mixer = Callable[[Numbers], npt.NDArray[np.int32] | Numbers]

_TABLE_SIZE = 2**17
_TABLE_BITS = 18
_ROUNDS = 10
_INNER_ROUNDS = 6
LARGEST = 2**62


def keyed_permutation(key: Key, size: int) -> Permutation:
    """Return a permutation of the numbers below a size of up to `LARGEST`.

    Up to a hundred thousand it has no fixed point: every number changes.
    """
    return _SattoloCycle(key, size) if size <= _TABLE_SIZE else _CycleWalking(key, size)


def quick_permutation(key: Key, size: int) -> Permutation:
    """Return a permutation that is quick to set up, for few numbers of any size."""
    return _CycleWalking(key, size) if size > 1 else lambda numbers: numbers


class _SattoloCycle:
    """All numbers in one cycle (Sattolo's algorithm), so that every number changes."""

    def __init__(self, key: Key, size: int) -> None:
        order = key.shuffled(size)
        self._next = np.empty(size, np.int64)
        self._next[order] = np.roll(order, -1)

    def __call__(self, numbers: Numbers) -> Numbers:
        return self._next[numbers]


class _CycleWalking:
    """A Feistel network on the bits that a size needs, repeated while out of range."""

    def __init__(self, key: Key, size: int) -> None:
        self._size = size
        self._network = _Network(key, max((size - 1).bit_length(), 2), _ROUNDS)

    def __call__(self, numbers: Numbers) -> Numbers:
        return step_within(self._network, numbers, self._size)


class _Network:
    """A Feistel network: its two halves change each other in turn."""

    def __init__(self, key: Key, bits: int, rounds: int) -> None:
        self._right = bits // 2
        left = bits - self._right
        self._rounds = [
            _mixer(
                key.derived(turn), *((self._right, left), (left, self._right))[turn % 2]
            )
            for turn in range(rounds)
        ]

    def __call__(self, numbers: Numbers) -> Numbers:
        one, other = numbers >> self._right, numbers & ((1 << self._right) - 1)
        for turn, mixed in enumerate(self._rounds):
            if turn % 2:
                other = other ^ mixed(one)
            else:
                one = one ^ mixed(other)
        return (one << self._right) | other


def _mixer(key: Key, bits: int, wanted: int) -> _Mixer:
    """Return a random function from numbers of some bits to numbers of other bits."""
    mask = (1 << wanted) - 1
    if bits > _TABLE_BITS:
        network = _Network(key, bits, _INNER_ROUNDS)
        return lambda numbers: network(numbers) & mask
    # 32 bits, so that the tables of all rounds stay in the processor's cache.
    table = (np.frombuffer(key.stream(4 << bits), "<u4") & mask).astype(np.int32)
    return lambda numbers: table.take(numbers)
