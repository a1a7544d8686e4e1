"""Fit the parts of the duration at the measured sizes, to predict larger ones. Pure.

The parts grow differently: CPU time outside statements, time in statements, and the
rest, which is waiting. Together they are the duration.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Literal

from limerun.measure.growth.extrapolation import LEAST_POINTS, Extrapolation
from limerun.measure.growth.memory_line import MemoryLine
from limerun.measure.growth.size_points import floor_of
from limerun.measure.ranges import NOTHING, FigureRange
from limerun.records import GrowthRun, SizePoint

_NEGLIGIBLE = 0.03
"""Share of the duration; a part that never exceeds it is not fitted."""
_LARGE_BYTES = 50_000_000
"""Size that exceeds the processor's caches; above it, the time per row increases."""
_LARGE_FACTOR = 1.5

PartName = Literal["cpu", "database", "wait"]
_FIELDS: dict[PartName, str] = {
    "cpu": "cpu_seconds",
    "database": "database_seconds",
    "wait": "wait_seconds",
}


class DurationCurves:
    """The parts of the duration, each with its own growth."""

    def __init__(
        self,
        runs: Sequence[GrowthRun],
        size_points: Sequence[SizePoint],
        noise: float = 0.0,
    ) -> None:
        """Fit every part of the measured durations.

        Args:
            runs: All runs.
            size_points: The runs summarized, one point per size.
            noise: Relative deviation of the duration of a single run.
        """
        floor = floor_of(runs)
        rows = [size_point.rows for size_point in size_points]
        counts = [size_point.runs for size_point in size_points]
        durations = [size_point.duration_seconds for size_point in size_points]
        self._whole = Extrapolation(
            rows, durations, floor=floor, runs=counts, noise=noise
        )
        self._sure_share = _sure_share(runs)
        self._memory = memory_line_of(size_points)
        self.parts: dict[PartName, Extrapolation] = {}
        for name, field in _FIELDS.items():
            figures = [float(getattr(size_point, field)) for size_point in size_points]
            shares = zip(figures, durations, size_points, strict=True)
            if any(
                f > _NEGLIGIBLE * d
                for f, d, size_point in shares
                if size_point.accepted
            ):
                self.parts[name] = Extrapolation(
                    rows,
                    figures,
                    floor=floor,
                    whole=durations,
                    runs=counts,
                    noise=noise,
                )

    def __call__(self, rows: float) -> FigureRange:
        """Return the duration at a size."""
        whole = sum((part(rows) for part in self.parts.values()), start=NOTHING)
        return FigureRange(
            whole.low * self._sure_share,
            whole.likely,
            whole.high * self._beyond_caches(rows),
        )

    def doubling(self) -> float | None:
        """Return the factor by which the duration grows when the rows double."""
        return self._whole.doubling()

    def surprise(self) -> float | None:
        """Return the largest size's duration divided by its prediction."""
        return self._whole.surprise()

    def _beyond_caches(self, rows: float) -> float:
        """Return the factor by which cache misses may slow down a larger size."""
        if self._memory is None:
            return 1.0
        top = self._whole.top
        there = self._memory(rows).likely
        if there < _LARGE_BYTES or there < 2 * self._memory(top).likely:
            return 1.0
        doublings = max(0.0, math.log2(rows / top))
        return 1 + (_LARGE_FACTOR - 1) * min(1.0, doublings / 2)


def _sure_share(runs: Sequence[GrowthRun]) -> float:
    """Return lower / upper end of the duration's range at the largest size.

    The ends differ if the task may have waited for its own threads or processes.
    """
    top = max(run.rows for run in runs)
    return statistics.median(
        1.0
        if run.duration_low_seconds is None or not run.duration_seconds
        else min(1.0, run.duration_low_seconds / run.duration_seconds)
        for run in runs
        if run.rows == top
    )


def memory_line_of(size_points: Sequence[SizePoint]) -> MemoryLine | None:
    """Return the line of memory by rows; None if it was measured at too few sizes."""
    known = [(r.rows, r.task_bytes) for r in size_points if r.task_bytes is not None]
    if len(known) < LEAST_POINTS:
        return None
    return MemoryLine([rows for rows, _ in known], [size for _, size in known])
