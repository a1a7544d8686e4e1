"""Random numbers addressed by row: splitmix64 instead of a stateful generator. Pure.

It uses only integer arithmetic, so that every machine generates the same numbers; tests
check this with fixed vectors.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]
Integers = TypeVar("Integers", Words, Numbers)

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_TOP = 2**64
_TOP_HALF = 2**32


def column_key(seed: int, table: str, column: str, use: str = "") -> int:
    """Return the random key of a column."""
    text = "\0".join((str(seed), table, column, use))
    digest = hashlib.blake2b(text.encode(), digest_size=8, person=b"limerun/1")
    return int.from_bytes(digest.digest(), "little")


def random_words(key: int, rows: Words) -> Words:
    """Return 64 random bits for each row: step `row` of splitmix64."""
    words: Words = (rows + np.uint64(1)) * _GOLDEN
    words += np.uint64(key)
    words ^= words >> np.uint64(30)
    words *= _FIRST
    words ^= words >> np.uint64(27)
    words *= _SECOND
    words ^= words >> np.uint64(31)
    return words


def below(words: Words, bound: int | Words) -> Numbers:
    """Scale random bits to whole numbers from 0 to below a bound.

    Args:
        words: Random bits.
        bound: One bound for all, or one for each; from 1 to 2**63.
    """
    largest = bound if isinstance(bound, int) else int(bound.max(initial=0))
    bounds = np.asarray(bound, np.uint64)
    if largest > 2**32:
        return _high_half(words, bounds).astype(np.int64)
    scaled = (words >> _HALF) * bounds
    return (scaled >> _HALF).astype(np.int64)


def _high_half(words: Words, bounds: Words) -> Words:
    """Return the upper 64 bits of each 128-bit product."""
    high, low = words >> _HALF, words & _LOW
    bound_high, bound_low = bounds >> _HALF, bounds & _LOW
    middle = high * bound_low + ((low * bound_low) >> _HALF)
    other = low * bound_high + (middle & _LOW)
    result: Words = high * bound_high + (middle >> _HALF) + (other >> _HALF)
    return result


def threshold(rate: float) -> np.uint64:
    """Return the bound below which random bits are with this probability."""
    numerator, denominator = rate.as_integer_ratio()
    return np.uint64(min(numerator * _TOP // denominator, _TOP - 1))


class WeightedChoice:
    """A weighted random choice in constant time, by Walker's alias method.

    Every weight has a cell of the same size. If a weight is smaller than its cell, part
    of a larger weight fills the rest.
    """

    def __init__(self, weights: Sequence[int]) -> None:
        count, total = len(weights), sum(weights)
        left = [weight * count for weight in weights]
        self._count = count
        self._alias = np.arange(count, dtype=np.int32)
        kept = [_TOP_HALF] * count
        small = [at for at in range(count) if left[at] < total]
        large = [at for at in range(count) if left[at] >= total]
        while small and large:
            lacking, giving = small.pop(), large.pop()
            kept[lacking] = left[lacking] * _TOP_HALF // total
            self._alias[lacking] = giving
            left[giving] -= total - left[lacking]
            (small if left[giving] < total else large).append(giving)
        self._kept = np.array(kept, np.uint64)

    def __call__(self, words: Words) -> npt.NDArray[np.int32]:
        """Return the index of a weight for each number of random bits."""
        cells = ((words >> _HALF) * np.uint64(self._count) >> _HALF).astype(np.int32)
        stays = (words & _LOW) < self._kept[cells]
        return np.where(stays, cells, self._alias[cells])


def step_within(
    step: Callable[[Integers], Integers], numbers: Integers, size: int
) -> Integers:
    """Apply a permutation of a larger range until all results are below a size.

    Args:
        step: A permutation of a larger range.
        numbers: Numbers below the size, so that the steps end.
        size: The bound of the results.
    """
    moved = step(numbers)
    outside = np.flatnonzero(moved >= size)
    while outside.size:
        again = step(moved[outside])
        moved[outside] = again
        outside = outside[again >= size]
    return moved


class Permutation:
    """A keyed permutation of the numbers below a size.

    It consists of three rounds of invertible steps on as many bits as the size needs.
    Results that are not below the size are permuted again (cycle walking).
    """

    def __init__(self, key: int, size: int) -> None:
        self.size = size
        bits = max((size - 1).bit_length(), 1)
        self._mask = np.uint64((1 << bits) - 1)
        self._shift = np.uint64((bits + 1) // 2)
        drawn = random_words(key, np.arange(6, dtype=np.uint64))
        self._rounds = [
            (drawn[2 * turn], drawn[2 * turn + 1] | np.uint64(1)) for turn in range(3)
        ]

    def __call__(self, numbers: Words) -> Words:
        """Permute numbers.

        Raises:
            ValueError: A number is not below the size, so cycle walking might not end.
        """
        if numbers.size and numbers.max() >= self.size:
            raise ValueError(f"{int(numbers.max()):,} is not below {self.size:,}")
        return step_within(self._step, numbers, self.size)

    def _step(self, numbers: Words) -> Words:
        for added, factor in self._rounds:
            numbers = ((numbers + added) * factor) & self._mask
            numbers ^= numbers >> self._shift
        return numbers
