"""Assign values to rows with the frequencies in a shape. Pure.

The caller shuffles the rows first. Each group of values then gets a range of shuffled
places, divided evenly among its values; nulls come last. This makes counts exact, and a
value that should occur once occurs once.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from limerun.dataset.values.block import Mask
from limerun.dataset.words.randomness import Numbers, Words
from limerun.records.shape import Group


class ValueFrequencies:
    """Assigns values to rows, with measured frequencies scaled to other totals.

    Args:
        groups: The measured groups of values.
        without: The measured number of rows without a value.
        rows: The number of rows to generate.
        values: The number of different values; None scales it like the rows.
    """

    def __init__(
        self, groups: Sequence[Group], without: int, rows: int, values: int | None
    ) -> None:
        measured = sum(group.rows for group in groups) + without
        counted = sum(group.values for group in groups)
        row_ends = _scaled((group.rows for group in groups), rows, measured)
        by = (rows, measured) if values is None else (values, counted)
        value_ends = _scaled((group.values for group in groups), *by)
        self.values = max(int(value_ends[-1]), 1 if row_ends[-1] else 0)
        self._row_ends = row_ends[1:]
        self._row_starts = row_ends[:-1]
        self._value_starts = value_ends[:-1]
        self._sizes = np.maximum(np.diff(row_ends), 1)
        self._values = np.diff(value_ends)

    def __call__(self, places: Words) -> tuple[Numbers, Mask]:
        """Return the value at each shuffled place, and a mask of the nulls."""
        signed = places.astype(np.int64)
        nulls: Mask = signed >= self._row_ends[-1]
        group = np.searchsorted(self._row_ends, signed, side="right")
        group = np.minimum(group, len(self._row_ends) - 1)
        within = (signed - self._row_starts[group]) % self._sizes[group]
        value = (
            self._value_starts[group]
            + within * self._values[group] // (self._sizes[group])
        )
        return np.minimum(value, max(self.values - 1, 0)), nulls


def _scaled(counts: Iterable[int], new: int, old: int) -> Numbers:
    """Return the bounds of each count's range, scaled to another total."""
    ends = [0, *accumulate(counts)]
    return np.array([end * new // max(old, 1) for end in ends], np.int64)


class HistogramCells:
    """Assigns values to the cells of a histogram.

    Args:
        counts: The measured number of values in each cell.
        values: The number of different values.
        fixed: The cell of each value, if known.
    """

    def __init__(
        self, counts: Sequence[int], values: int, fixed: Sequence[int] = ()
    ) -> None:
        self._fixed = None
        if fixed:
            cells = np.array(fixed, np.int64)
            self._fixed = cells
            self.sizes = np.bincount(cells, minlength=len(counts)).astype(np.int64)
            self._nth = np.array(
                [np.count_nonzero(cells[:at] == cells[at]) for at in range(len(cells))],
                np.int64,
            )
            return
        ends = _scaled(counts, values, sum(counts))
        self._ends, self._starts = ends[1:], ends[:-1]
        self.sizes = np.diff(ends)

    def __call__(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return the cell of each value, and the value's number within the cell."""
        if self._fixed is not None:
            return self._fixed[numbers], self._nth[numbers]
        cells = np.searchsorted(self._ends, numbers, side="right")
        cells = np.minimum(cells, len(self._ends) - 1)
        return cells, numbers - self._starts[cells]
