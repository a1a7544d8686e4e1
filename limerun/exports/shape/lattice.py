"""Where a histogram's bounds may lie: on a lattice that no single value decides. Pure.

From a rounded origin on, steps are even at first, and then grow with the distance, a
thirty-second of it each. Bounds of numbers are whole steps of ten units wherever a
value could be four characters long, so that between two of them there is always more
than one value that the column could hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10

from limerun.records.shape import Histogram

_EVEN_BITS = 5
_EVEN = 1 << _EVEN_BITS
MOST_CELLS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Numbered steps from an origin on."""

    origin: int
    step: int

    def number_in_sql(self, measured: str) -> str:
        """Return SQL for the number of the step that a measure falls in."""
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


def lattice_of_lengths(shortest: int) -> Lattice:
    """Return the lattice of lengths, which are no values: each its own at first."""
    return Lattice(origin=shortest, step=1)


def lattice_of_numbers(least: int, most: int, decimals: int) -> Lattice:
    """Return the lattice of numbers between two, in units of the last decimal."""
    short = least >= -99 and most <= 999 if not decimals else False
    step = 1 if short else 10
    # The origin tells the least value to a hundredth of the span only.
    coarse = max(
        step, 10 ** (floor(log10(most - least + 1)) - 2) if most > least else 1
    )
    return Lattice(origin=least // coarse * coarse, step=step)


def histogram_of(lattice: Lattice, counts: Iterable[tuple[int, int]]) -> Histogram:
    """Return the steps with values in them, joined into cells of about the same weight.

    Args:
        lattice: The steps.
        counts: The number of a step, and how many values are in it.
    """
    steps = sorted(counts)
    total = sum(count for _, count in steps)
    bounds, cells = [lattice.start(steps[0][0])], [0]
    end = steps[0][0]
    for number, count in steps:
        gap = number - end
        full = cells[-1] * MOST_CELLS > total
        if cells[-1] and (full or _wide(lattice, bounds[-1], end, number)):
            bounds.append(lattice.start(end))
            cells.append(0)
            if gap and _wide(lattice, bounds[-2], end, number):
                bounds.append(lattice.start(number))
                cells.append(0)
        cells[-1] += count
        end = number + 1
    return Histogram(bounds=(*bounds, lattice.start(end)), counts=tuple(cells))


def _wide(lattice: Lattice, begun: int, end: int, number: int) -> bool:
    """Tell whether the gap before a step is wider than the cell that is being filled."""
    return lattice.start(number) - lattice.start(end) > lattice.start(end) - begun


def cell_of(histogram: Histogram, measured: int) -> int:
    """Return the cell that a measure falls in; the nearest where it is outside."""
    bounds: Sequence[int] = histogram.bounds
    for cell in range(len(histogram.counts)):
        if measured < bounds[cell + 1]:
            return cell
    return len(histogram.counts) - 1
