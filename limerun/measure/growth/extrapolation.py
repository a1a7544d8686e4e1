"""Predict a figure at larger sizes from measured ones, as a range. Pure."""

import math
import statistics
from collections.abc import Sequence

from limerun.measure.growth.fits import Fit, fit_curves
from limerun.measure.ranges import NOTHING, FigureRange

LEAST_POINTS = 3
"""With fewer sizes than this, growth cannot be determined."""
_GROWN = 2.0
"""Sizes show growth only if the last figure is at least this many times the first."""
_SURELY_BENT = 3.0
"""If doubling the rows multiplies the figure by more than this, a straight line does
not fit."""
_UP, _DOWN = 1.5, 1.2
"""Standard deviations from the likely value to the lower and the upper end of the
range; the upper end is further away, because unseen effects mostly slow tasks down."""
_NOISE_SHARE = 0.6
"""Share of the noise of single runs that remains in a prediction, as it averages over
several runs. (These three numbers were found on 12 workloads: at 4 times the largest
size, 94 % of the ranges contained the true value; the median of high / low was 1.9
with a noise of 3 %, and 3.1 with a noise of 20 %.)"""


class Extrapolation:
    """One figure's growth: the likely value at any size, and its range of error.

    The range combines the deviation of all curves that fit, the noise of the runs, and
    the straight line through the last sizes.
    """

    def __init__(
        self,
        rows: Sequence[int],
        figures: Sequence[float],
        *,
        floor: float,
        whole: Sequence[float] | None = None,
        runs: Sequence[int] | None = None,
        noise: float = 0.0,
    ) -> None:
        """Fit the measured figures.

        Args:
            rows: Sizes, in rising order.
            figures: The measured figure of each size.
            floor: Figures below this value have the same absolute error as this value.
            whole: The totals that the figures are part of; errors are relative to
                these.
            runs: Number of runs of each size; None: one.
            noise: Relative deviation of a single run.
        """
        self._rows, self._figures, self._floor = tuple(rows), tuple(figures), floor
        self._noise = noise
        counts = runs or [1] * len(self._rows)
        self._scale = tuple(
            max(floor, each) / math.sqrt(count)
            for each, count in zip(whole or figures, counts, strict=True)
        )
        self.fit: Fit = self._fit_of(len(self._rows))
        self._error = _NOISE_SHARE * max(noise, self._misfit())

    @property
    def top(self) -> int:
        """The largest size that was measured."""
        return self._rows[-1]

    def __call__(self, rows: float) -> FigureRange:
        """Return the figure at a size."""
        likely = self.fit(rows)
        if likely <= 0:
            return NOTHING
        off = math.hypot(self.fit.deviation(rows), self._error)
        straight = self._straight(rows) or likely
        wider = spare(math.log2(rows / self.top))
        low = min(straight, likely / math.exp(_DOWN * off)) / wider
        if rows > self.top:  # a figure never falls
            low = max(low, self(self.top).low)
        return FigureRange(
            low,
            likely,
            max(straight, likely * math.exp(_UP * off)) * wider,
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

    def _straight(self, rows: float) -> float | None:
        """Return the figure on a line through the last sizes; None if they curve."""
        is_bent = (self.doubling() or 0.0) >= _SURELY_BENT
        if rows <= self.top or len(self._rows) < LEAST_POINTS or is_bent:
            return None
        slope, _ = statistics.linear_regression(
            self._rows[-LEAST_POINTS:], self._figures[-LEAST_POINTS:]
        )
        return self._figures[-1] + max(0.0, slope) * (rows - self.top)

    def _misfit(self) -> float:
        """Return the mean deviation from the fit, of the sizes that show growth."""
        off = [
            math.log(figure / self.fit(rows))
            for rows, figure in zip(self._rows, self._figures, strict=True)
            if figure >= self._floor and self.fit(rows) > 0
        ]
        return math.sqrt(statistics.fmean(each**2 for each in off)) if off else 0.0

    def _tells(self, known: int) -> bool:
        """Return whether these sizes show growth, and not only the start-up."""
        top = self._figures[known - 1]
        return top >= self._floor and top >= _GROWN * self._figures[0]

    def _fit_of(self, known: int) -> Fit:
        return fit_curves(
            self._rows[:known], self._figures[:known], self._scale[:known], self._noise
        )


def noise_factor(noise: float) -> float:
    """Return the factor by which noise alone raises the upper end of a range."""
    return math.exp(_UP * _NOISE_SHARE * noise)


def spare(doublings: float) -> float:
    """Return the factor that widens each range: 1.08 at measured sizes, more beyond.

    The speed of one machine differs by this much from one week to the next.
    """
    return math.exp(0.08 + 0.035 * max(0.0, doublings))
