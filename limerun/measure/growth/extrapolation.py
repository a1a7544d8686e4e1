"""Predict a figure at larger sizes from measured ones, as a range. Pure."""

import math
import statistics
from collections.abc import Sequence

from limerun.measure.growth.fits import Fit, fit_curves
from limerun.measure.ranges import NOTHING, FigureRange

LEAST_POINTS = 3
"""With fewer sizes, growth cannot be determined."""
_PLAUSIBLE = 0.05
"""Curves with at least this weight relative to the best one form the envelope."""
_UNTESTED_ERROR = 0.2
"""Error per doubling if there are too few sizes to test the fit."""
_LARGEST_ERROR = 1.0
_GROWN = 2.0
"""Sizes predict nothing if the last figure is less than this many times the first."""
_SURELY_BENT = 3.0
"""If doubling the rows multiplies the figure by more than this, a straight line does
not fit."""
_LOW_SHARE = 0.5
"""Share of the widening that applies downwards: unseen effects mostly slow tasks
down."""


class Extrapolation:
    """One figure's growth: the likely value at any size, and its range of error.

    The range is the envelope of all plausible curves and of the straight line through
    the last sizes, widened by the error of fits that predicted the larger measured
    sizes from the smaller ones. (Measured: the interval of the best curve alone
    contains the true value in only half of all cases.)
    """

    def __init__(
        self,
        rows: Sequence[int],
        figures: Sequence[float],
        *,
        floor: float,
        whole: Sequence[float] | None = None,
    ) -> None:
        """Fit the measured figures.

        Args:
            rows: Sizes, in rising order.
            figures: The measured figure of each size.
            floor: Figures below this value are treated as being as uncertain as this
            value.
            whole: The totals that the figures are part of; errors are relative to these.
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
        """Return the factor by which the figure grows when the rows double.

        The factor is measured at the last sizes if their runs are long enough to show
        growth, and otherwise taken from the fit.
        """
        last = list(zip(self._rows, self._figures, strict=True))[-LEAST_POINTS:]
        if len(last) == LEAST_POINTS and min(t for _, t in last) >= self._floor:
            logs = [(math.log2(rows), math.log2(figure)) for rows, figure in last]
            slope, _ = statistics.linear_regression(*zip(*logs, strict=True))
            return float(2**slope)
        half = self.fit(self.top / 2)
        return self.fit(self.top) / half if half > 0 else None

    def surprise(self) -> float | None:
        """Return the largest size's figure divided by the smaller sizes' prediction.

        The prediction leaves out the last two sizes.
        """
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
        """Return the factor by which the fit is off at the last sizes."""
        known = list(zip(self._rows, self._figures, strict=True))[-LEAST_POINTS:]
        off = [
            abs(math.log(figure / self.fit(rows)))
            for rows, figure in known
            if figure >= self._floor and self.fit(rows) > 0
        ]
        return math.exp(max(off, default=0.0))

    def _back_test(self) -> float:
        """Return the error per doubling (log scale) of predictions from smaller sizes."""
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
        """Return whether these sizes show growth, and not only the start-up."""
        top = self._figures[known - 1]
        return top >= self._floor and top >= _GROWN * self._figures[0]

    def _fit_of(self, known: int) -> Fit:
        return fit_curves(
            self._rows[:known], self._figures[:known], self._scale[:known]
        )


def spare(doublings: float) -> float:
    """Return the factor that widens each range: 1.1 at measured sizes, 1.5 beyond.

    Even the same machine differs this much from one week to the next.
    """
    return 1.1 + 0.4 * min(1.0, max(0.0, doublings))
