"""Map the numbers of an export one-to-one to numbers that it does not use.

A keyed permutation maps the whole range. If a number of the export would become another
number of the export, it is swapped with a number outside of it, which the key chooses;
so the map stays a permutation. If more than half of all numbers are in use (of large
ranges, a quarter), too few are outside: the range is saturated. Then every number still
changes, but results may be numbers of the export.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.permutations import (
    Numbers,
    keyed_permutation,
    quick_permutation,
)
from limerun.exports.value_maps.texts import (
    Overrides,
    SortedLookup,
    is_in,
    map_in_chunks,
)

_TURNS = 200
_LISTED = 10_000_000
"""In ranges up to this size, all numbers are listed if no partner is found at random."""

Mask = npt.NDArray[np.bool_]
Written = Callable[[Numbers], Numbers]
"""Maps numbers below a size to the numbers of a range; -1 if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """A range of numbers, and how they are counted from 0."""

    size: int
    to_index: Written
    from_index: Written


def plain_range(size: int, first: int = 0) -> NumberRange:
    """Return the range that begins with a number."""
    return NumberRange(
        size=size,
        to_index=lambda numbers: numbers - first,
        from_index=lambda numbers: numbers + first,
    )


class UnusedNumberMap:
    """Maps every number of a range; numbers in use become numbers not in use."""

    def __init__(
        self, key: Key, range: NumberRange, own: Numbers, reserved: Numbers
    ) -> None:
        """Build the map.

        Both arrays are sorted; `reserved` includes `own`, the export's numbers in the
        range.
        """
        self._key, self._range, self._reserved = key, range, SortedLookup(reserved)
        self._permuted = keyed_permutation(key, range.size)
        self._overrides = Overrides()
        # In a range too large to list, random draws must find enough free numbers.
        scarce = 2 if range.size <= _LISTED else 4
        self.saturated = scarce * len(reserved) > range.size
        if len(own):
            self._swap_collisions(own)

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return the results of numbers."""
        return self._overrides.applied(numbers, self._moved(numbers))

    def _moved(self, numbers: Numbers) -> Numbers:
        return self._range.from_index(self._permuted(self._range.to_index(numbers)))

    def _swap_collisions(self, own: Numbers) -> None:
        left = own[self._is_bad(own, map_in_chunks(self._moved, own))]
        if not len(left):
            return
        taken, drawn = left, self._range.to_index(left)
        draw = quick_permutation(self._key.derived("again"), self._range.size)
        pairs = []
        for _ in range(_TURNS):
            if not len(left):
                break
            drawn = draw(drawn)
            others = self._range.from_index(drawn)
            good = self._is_usable(others) & ~is_in(others, taken)
            pairs.append((left[good], others[good]))
            taken = np.sort(np.append(taken, others[good]))
            left, drawn = left[~good], drawn[~good]
        if len(left) and self._range.size <= _LISTED:
            others = self._range.from_index(
                self._key.derived("all").shuffled(self._range.size)
            )
            others = others[self._is_usable(others) & ~is_in(others, taken)]
            pairs.append((left[: len(others)], others[: len(left)]))
        if pairs:
            numbers, others = (
                np.concatenate(each) for each in zip(*pairs, strict=True)
            )
            self._overrides.add(
                np.append(numbers, others),
                np.append(self._moved(others), self._moved(numbers)),
            )

    def _is_bad(self, own: Numbers, moved: Numbers) -> Mask:
        if self.saturated:
            return np.asarray((moved == own) | (moved < 0))
        return self._reserved.contains(moved) | (moved < 0)

    def _is_usable(self, others: Numbers) -> Mask:
        """Return which numbers may be swapped with a number of the export."""
        moved = self._moved(np.maximum(others, 0))
        possible = (others >= 0) & (moved >= 0)
        if self.saturated:
            return possible
        return possible & ~(
            self._reserved.contains(others) | self._reserved.contains(moved)
        )
