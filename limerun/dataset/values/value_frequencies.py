"""Which value stands in which row: as many rows to each as a shape says. Pure.

Rows are first shuffled by a permutation of the caller's. Every group of values then
owns a stretch of them, and shares it out evenly; after the last come the nulls. So
counts are exact, and no value is drawn twice where it should stand once.
"""

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np

from limerun.dataset.values.block import Mask
from limerun.dataset.words.randomness import Numbers, Words
from limerun.records.shape import Group


class ValueFrequencies:
    """Groups of values over rows, both scaled to what is to be made.

    Args:
        groups: As measured.
        without: Rows without a value, as measured.
        rows: How many rows there are to be.
        values: How many values there are to be; None: as the rows grow.
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
        """Return the value that stands at each shuffled place, and where none does."""
        signed = places.astype(np.int64)
        nowhere: Mask = signed >= self._row_ends[-1]
        group = np.searchsorted(self._row_ends, signed, side="right")
        group = np.minimum(group, len(self._row_ends) - 1)
        within = (signed - self._row_starts[group]) % self._sizes[group]
        value = (
            self._value_starts[group]
            + within * self._values[group] // (self._sizes[group])
        )
        return np.minimum(value, max(self.values - 1, 0)), nowhere


def _scaled(counts: Iterable[int], new: int, old: int) -> Numbers:
    """Return where each count's stretch begins and ends, over another total."""
    ends = [0, *accumulate(counts)]
    return np.array([end * new // max(old, 1) for end in ends], np.int64)


class HistogramCells:
    """Which cell of a histogram a value lies in, and which of its values it is.

    Args:
        counts: Values in each cell, as measured.
        values: How many values there are to be.
        fixed: The cell of each value, where that is known.
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
        """Return the cell of each value, and its number among those of the cell."""
        if self._fixed is not None:
            return self._fixed[numbers], self._nth[numbers]
        cells = np.searchsorted(self._ends, numbers, side="right")
        cells = np.minimum(cells, len(self._ends) - 1)
        return cells, numbers - self._starts[cells]
