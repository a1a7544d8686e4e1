"""Extend what was measured at rising sizes, as a range that owns its error. Pure."""

import math
import statistics
from collections.abc import Sequence

from limerun.measure.fits import Fit, fit_curves
from limerun.measure.ranges import NOTHING, FigureRange

LEAST_POINTS = 3
"""Fewer sizes say nothing of growth."""
_PLAUSIBLE = 0.05
"""Curves with at least this weight beside the best one make the envelope."""
_UNTESTED_ERROR = 0.2
"""For each doubling, where there are too few rungs to test the fit on."""
_LARGEST_ERROR = 1.0
_GROWN = 2.0
"""Rungs whose last takes less than so many times the first foretell nothing."""
_SURELY_BENT = 3.0
"""Twice the rows take so many times as much: no straight line goes on from there."""
_LOW_SHARE = 0.5
"""Of the widening downwards: what a ladder does not show makes tasks slower."""


class Extrapolation:
    """One figure's growth: the likely value at any size, and how far it may be off.

    The range is the envelope of all plausible curves and of the straight line
    through the last rungs, widened by how wrong fits were when they had to predict
    the ladder's upper rungs from the lower ones. (Measured: the interval of the
    best curve alone holds the truth in half of all cases.)
    """

    def __init__(
        self,
        rows: Sequence[int],
        figures: Sequence[float],
        *,
        floor: float,
        whole: Sequence[float] | None = None,
    ) -> None:
        """Fit what was measured.

        Args:
            rows: Sizes, rising.
            figures: What was measured at each.
            floor: A figure below this is as uncertain as this one.
            whole: What the figures are parts of: errors are in proportion to that.
        """
        self._rows, self._figures, self._floor = tuple(rows), tuple(figures), floor
        self._scale = tuple(max(floor, each) for each in whole or figures)
        self.fit: Fit = self._fit_of(len(rows))
        self._error = self._back_test()
        self._misfit = self._misfit_at_the_end()

    @property
    def top(self) -> int:
        """The largest size that was measured."""
        return self._rows[-1]

    def __call__(self, rows: float) -> FigureRange:
        """Return the figure at a size."""
        likely = self.fit(rows)
        if likely <= 0:
            return NOTHING
        told = [likely, *self._plausible(rows)]
        doublings = max(0.0, math.log2(rows / self.top))
        off = self._error * doublings
        wider = max(spare(doublings), spare(0.0) * self._misfit)
        return FigureRange(
            min(told) / math.exp(_LOW_SHARE * off) / wider,
            likely,
            max(told) * math.exp(off) * wider,
        )

    def doubling(self) -> float | None:
        """Return how many times as much twice the rows take, over the last rungs.

        That is measured where they are long enough to tell, else it is the fit's.
        """
        last = list(zip(self._rows, self._figures, strict=True))[-LEAST_POINTS:]
        if len(last) == LEAST_POINTS and min(t for _, t in last) >= self._floor:
            logs = [(math.log2(rows), math.log2(figure)) for rows, figure in last]
            slope, _ = statistics.linear_regression(*zip(*logs, strict=True))
            return float(2**slope)
        half = self.fit(self.top / 2)
        return self.fit(self.top) / half if half > 0 else None

    def surprise(self) -> float | None:
        """Return the top over what the rungs up to two below it predicted for it."""
        known = len(self._rows) - 2
        if known < LEAST_POINTS or not self._tells(known):
            return None
        expected = self._fit_of(known)(self.top)
        return self._figures[-1] / expected if expected > 0 else None

    def _plausible(self, rows: float) -> list[float]:
        told = [curve(rows) for curve in self.fit.curves if curve.weight >= _PLAUSIBLE]
        bends = (self.doubling() or 0.0) >= _SURELY_BENT
        if rows > self.top and len(self._rows) >= LEAST_POINTS and not bends:
            slope, _ = statistics.linear_regression(self._rows[-3:], self._figures[-3:])
            told.append(self._figures[-1] + max(0.0, slope) * (rows - self.top))
        return [value for value in told if value > 0]

    def _misfit_at_the_end(self) -> float:
        """Return how many times too much or too little the fit says of the last rungs."""
        known = list(zip(self._rows, self._figures, strict=True))[-LEAST_POINTS:]
        off = [
            abs(math.log(figure / self.fit(rows)))
            for rows, figure in known
            if figure >= self._floor and self.fit(rows) > 0
        ]
        return math.exp(max(off, default=0.0))

    def _back_test(self) -> float:
        """Return the error of logarithms for each doubling, when rungs predict others."""
        off = doublings = 0.0
        for known in range(LEAST_POINTS + 1, len(self._rows)):
            if not self._tells(known):
                continue
            fit = self._fit_of(known)
            for rows, figure in zip(
                self._rows[known:], self._figures[known:], strict=True
            ):
                predicted = fit(rows)
                if figure > 0 and predicted > 0:
                    off += abs(math.log(figure / predicted))
                    doublings += math.log2(rows / self._rows[known - 1])
        return min(_LARGEST_ERROR, off / doublings) if doublings else _UNTESTED_ERROR

    def _tells(self, known: int) -> bool:
        """Say whether so many rungs show growth at all, and not a start alone."""
        top = self._figures[known - 1]
        return top >= self._floor and top >= _GROWN * self._figures[0]

    def _fit_of(self, known: int) -> Fit:
        return fit_curves(
            self._rows[:known], self._figures[:known], self._scale[:known]
        )


def spare(doublings: float) -> float:
    """Return what every range is widened by: 1.1 on the ladder, 1.5 beyond it.

    One machine does not agree better with itself a week later.
    """
    return 1.1 + 0.4 * min(1.0, max(0.0, doublings))
