"""Choose the bounds of a histogram on a grid that reveals no single value. Pure.

The grid begins at a rounded origin. Its steps are equal at first, and then grow with
the distance from the origin: each is 1/32 of that distance. Bounds of numbers are
multiples of ten units wherever a value could have four characters, so that more than
one possible value lies between two bounds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from limerun.records.shape import Histogram

_EVEN_BITS = 5
_EVEN = 1 << _EVEN_BITS
MOST_CELLS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class BinGrid:
    """Numbered steps from an origin."""

    origin: int
    step: int

    def number_in_sql(self, measured: str) -> str:
        """Return SQL for the number of the step that contains a measure."""
        along = f"(({measured} - ({self.origin})) // {self.step})"
        power = f"CAST(floor(log2({along})) AS BIGINT)"
        return (
            f"CASE WHEN {along} < {_EVEN} THEN {along} ELSE "
            f"({power} - {_EVEN_BITS}) * {_EVEN} + ({along} >> ({power} - {_EVEN_BITS})) "
            "END"
        )

    def start(self, number: int) -> int:
        """Return where a step begins."""
        if number < 2 * _EVEN:
            return self.origin + number * self.step
        shift = number // _EVEN - 1
        along = (number - shift * _EVEN) << shift
        return self.origin + along * self.step


def grid_for_lengths(shortest: int) -> BinGrid:
    """Return the grid for lengths; they reveal no value, so its first steps are 1."""
    return BinGrid(origin=shortest, step=1)


def grid_for_numbers(least: int, most: int, decimals: int) -> BinGrid:
    """Return the grid for numbers in a range, in units of the last decimal."""
    short = least >= -99 and most <= 999 if not decimals else False
    step = 1 if short else 10
    # The origin reveals the smallest value only to within 1 % of the range.
    coarse = max(
        step, 10 ** (floor(log10(most - least + 1)) - 2) if most > least else 1
    )
    return BinGrid(origin=least // coarse * coarse, step=step)


def histogram_of(grid: BinGrid, counts: Iterable[tuple[int, int]]) -> Histogram:
    """Join steps, given as number and count, into cells of about equal weight."""
    steps = sorted(counts)
    total = sum(count for _, count in steps)
    bounds, cells = [grid.start(steps[0][0])], [0]
    end = steps[0][0]
    for number, count in steps:
        gap = number - end
        full = cells[-1] * MOST_CELLS > total
        if cells[-1] and (full or _wide(grid, bounds[-1], end, number)):
            bounds.append(grid.start(end))
            cells.append(0)
            if gap and _wide(grid, bounds[-2], end, number):
                bounds.append(grid.start(number))
                cells.append(0)
        cells[-1] += count
        end = number + 1
    return Histogram(bounds=(*bounds, grid.start(end)), counts=tuple(cells))


def _wide(grid: BinGrid, begun: int, end: int, number: int) -> bool:
    """Return whether the gap before a step is wider than the current cell."""
    return grid.start(number) - grid.start(end) > grid.start(end) - begun


def cell_of(histogram: Histogram, measured: int) -> int:
    """Return the cell that contains a measure; the nearest one if out of range."""
    bounds: Sequence[int] = histogram.bounds
    for cell in range(len(histogram.counts)):
        if measured < bounds[cell + 1]:
            return cell
    return len(histogram.counts) - 1
