"""One-to-one maps of a range of numbers, by which those of an export become others.

A keyed permutation maps the whole range. Where a number of the export would become
one of the export, it changes places with a number outside of it, drawn by the key. So
the map stays a permutation. Where half of all numbers are held (of many, a quarter)
there are not enough outside: the domain is saturated, and no number stays its own, but
results may be numbers of the export.
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
"""Numbers, up to which all are listed if the turns found none to change with."""

Mask = npt.NDArray[np.bool_]
Written = Callable[[Numbers], Numbers]
"""From numbers below a size to numbers as they are; -1 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """The numbers that a map takes and gives, and how they are counted from 0."""

    size: int
    counted: Written
    written: Written


def plain_range(size: int, first: int = 0) -> NumberRange:
    """Return the numbers from a first one on."""
    return NumberRange(
        size=size,
        counted=lambda numbers: numbers - first,
        written=lambda numbers: numbers + first,
    )


class UnusedNumberMap:
    """Maps every number of a range, those that are held to others that are not."""

    def __init__(
        self, key: Key, range: NumberRange, own: Numbers, held: Numbers
    ) -> None:
        """Map numbers.

        Args:
            key: What the map belongs to.
            range: Where numbers come from and go to.
            own: The numbers of the export that are in the range, sorted.
            held: All that no result may be, sorted; `own` among them.
        """
        self._key, self._range, self._held = key, range, SortedLookup(held)
        self._permuted = keyed_permutation(key, range.size)
        self._overrides = Overrides()
        # Of a range too large to list, enough must be free to be hit upon.
        scarce = 2 if range.size <= _LISTED else 4
        self.saturated = scarce * len(held) > range.size
        if len(own):
            self._swap_collisions(own)

    def __call__(self, numbers: Numbers) -> Numbers:
        """Return where numbers go."""
        return self._overrides.applied(numbers, self._moved(numbers))

    def _moved(self, numbers: Numbers) -> Numbers:
        return self._range.written(self._permuted(self._range.counted(numbers)))

    def _swap_collisions(self, own: Numbers) -> None:
        left = own[self._is_bad(own, map_in_chunks(self._moved, own))]
        if not len(left):
            return
        taken, drawn = left, self._range.counted(left)
        draw = quick_permutation(self._key.derived("again"), self._range.size)
        pairs = []
        for _ in range(_TURNS):
            if not len(left):
                break
            drawn = draw(drawn)
            others = self._range.written(drawn)
            good = self._is_usable(others) & ~is_in(others, taken)
            pairs.append((left[good], others[good]))
            taken = np.sort(np.append(taken, others[good]))
            left, drawn = left[~good], drawn[~good]
        if len(left) and self._range.size <= _LISTED:
            others = self._range.written(
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
        return self._held.holds(moved) | (moved < 0)

    def _is_usable(self, others: Numbers) -> Mask:
        """Tell with which numbers one of the export can change places."""
        moved = self._moved(np.maximum(others, 0))
        possible = (others >= 0) & (moved >= 0)
        if self.saturated:
            return possible
        return possible & ~(self._held.holds(others) | self._held.holds(moved))
