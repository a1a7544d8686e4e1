"""Extrapolate memory from rising sizes: a line, plus a step for hash tables. Pure."""

import math
import statistics
from collections.abc import Sequence

from limerun.measure.ranges import FigureRange

STEP = 1.35
"""Factor by which a set or dict may exceed its line just after its table was enlarged
(measured on a set of numbers)."""
_UNEVEN = 0.05
"""Share of the largest figure; a larger deviation from the line means growth in
steps."""
_SPARE = 1.1
_CACHE_BYTES = 4_000_000
"""Smaller growth may be a cache, such as a database's, which fills and then stops."""
_QUIET_BYTES = 500_000
"""The interpreter's own memory varies by up to this amount."""


class MemoryLine:
    """Memory by rows: a constant part, and a part per row."""

    def __init__(self, rows: Sequence[int], sizes: Sequence[int]) -> None:
        """Fit bytes measured at rising numbers of rows."""
        self._rows, self._sizes = tuple(rows), tuple(sizes)
        self._slope, self._start = _line(rows, sizes)
        lasts = [_line(rows[-count:], sizes[-count:])[0] for count in (2, 3)]
        self._slopes = (min(self._slope, *lasts), max(self._slope, *lasts))

    @property
    def terms(self) -> dict[str, float]:
        """The constant bytes, and the bytes per row."""
        terms = {"1": self._start, "n": self._slope}
        return {name: factor for name, factor in terms.items() if factor > 0}

    @property
    def grows(self) -> bool:
        """True if memory grows with the rows, by more than the interpreter's noise."""
        return self._added > _QUIET_BYTES

    @property
    def _added(self) -> float:
        """Bytes added between the smallest and the largest size."""
        return self._slope * (self._rows[-1] - self._rows[0])

    def __call__(self, rows: float) -> FigureRange:
        """Return the bytes at a size."""
        likely = self._on_line(rows)
        beyond = max(0.0, rows - self._rows[-1])
        top = self._on_line(self._rows[-1]) if beyond else likely
        low = min(likely, top + self._slopes[0] * beyond)
        if self._added < _CACHE_BYTES:
            low = min(low, top)
        high = max(likely, top + self._slopes[1] * beyond)
        return FigureRange(
            max(0.0, low / _SPARE - _QUIET_BYTES),
            likely,
            high * self._step(rows) + _QUIET_BYTES,
        )

    def doubling(self) -> float | None:
        """Return the factor by which memory grows when the largest size doubles."""
        half = self._on_line(self._rows[-1] / 2)
        return self._on_line(self._rows[-1]) / half if half > 0 else None

    def _on_line(self, rows: float) -> float:
        return self._start + self._slope * rows

    def _step(self, rows: float) -> float:
        """Return how many bytes hash tables may add to the line at a size.

        They add nothing at the largest size times a power of two, where tables are as
        full as at the largest size.
        """
        if not self.grows:
            return _SPARE
        doublings = math.log2(max(rows, 1) / self._rows[-1])
        in_step = abs(doublings - round(doublings)) < 0.01
        return _SPARE if in_step and not self._is_uneven() else STEP

    def _is_uneven(self) -> bool:
        points = zip(self._rows, self._sizes, strict=True)
        off = max(abs(size - self._on_line(rows)) for rows, size in points)
        return off > max(_QUIET_BYTES, _UNEVEN * max(self._sizes))


def _line(rows: Sequence[int], sizes: Sequence[int]) -> tuple[float, float]:
    """Return slope and intercept of a line; neither is negative."""
    if len(set(rows)) < 2:
        return 0.0, float(sizes[-1])
    slope, start = statistics.linear_regression(rows, sizes)
    if slope < 0:
        return 0.0, statistics.mean(sizes)
    if start < 0:
        slope, _ = statistics.linear_regression(rows, sizes, proportional=True)
        return max(0.0, slope), 0.0
    return slope, start
