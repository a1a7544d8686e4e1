"""Determine how much each row of the database adds to a task's figures. Pure.

The task was run with the whole database, a half and a quarter of it, each with a small
and a larger input. If it reads the database once, each row of the database has a cost;
if it searches the database for every row of its input, each pair of rows has one.
"""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from limerun.measure.growth.extrapolation import spare
from limerun.measure.growth.memory_line import MemoryLine
from limerun.measure.ranges import NOTHING, FigureRange
from limerun.records import (
    DatabaseInfluence,
    DatabaseSlope,
    GrowthRun,
    Prediction,
)

SHARES = (0.25, 0.5, 1.0)
"""Shares of the database in the runs: hash tables are equally full with each."""
_LEAST_NOISE_SECONDS = 0.01
_NOISE_SHARE = 0.1
"""The shortest durations of the same work differ by up to this share."""
_UNKNOWN_NOISE = 0.3
"""Assumed share if nothing was run twice. Measured next to 16 busy processes: 0.2."""
_QUIET_BYTES = 500_000
"""The interpreter's own memory varies by up to this amount."""

_ROUNDING = 1e-9
"""Averages of equal counts may differ by this share, because of rounding."""

FigureName = Literal["duration", "memory", "queries"]
_FIGURES: tuple[FigureName, ...] = ("duration", "memory", "queries")
_Points = Sequence[float]
"""A figure for each of `SHARES`."""


class DatabaseGrowth:
    """Computes what a larger database adds to each figure, at any size of the input."""

    def __init__(self, influence: DatabaseInfluence, widening: float = 1.0) -> None:
        """Group the runs by the size of their input.

        Args:
            influence: The runs, without slopes.
            widening: Factor by which both ends of the range of durations are widened.
        """
        self._influence, self._widening = influence, widening
        self._ratio = influence.ratio
        runs = [(each.run.rows, each.share, each.run) for each in influence.runs]
        complete = [
            rows
            for rows in sorted({rows for rows, _, _ in runs})
            if {share for n, share, _ in runs if n == rows} >= set(SHARES)
        ]
        self._inputs = complete[:1] + complete[1:][-1:]
        self._runs = [
            [
                [run for n, part, run in runs if (n, part) == (rows, share)]
                for share in SHARES
            ]
            for rows in self._inputs
        ]

    def _noise_share(self) -> float:
        """Return the share by which durations of the same work differ."""
        spreads = [
            max(durations) / min(durations) - 1
            for same in (runs for parts in self._runs for runs in parts)
            if len(durations := [run.duration_seconds for run in same]) > 1
            and min(durations) > 0
        ]
        return max(_NOISE_SHARE, *spreads) if spreads else _UNKNOWN_NOISE

    @property
    def is_known(self) -> bool:
        """True if the runs separate the cost of a row from that of a pair of rows."""
        return len(self._inputs) > 1

    @property
    def is_beyond(self) -> bool:
        """True if predictions are for a larger database than that of the runs."""
        return self._ratio > 1

    @property
    def processed_per_row(self) -> float:
        """Number of rows that the task reads for each row of its input."""
        read = [run.rows_processed for run in self._runs[-1][-1] if run.rows_processed]
        return max(read, default=self._inputs[-1]) / self._inputs[-1]

    def influence(self) -> DatabaseInfluence:
        """Return the runs, and what each row of the database adds to each figure."""
        return replace(self._influence, slopes=self._slopes())

    def _slopes(self) -> tuple[DatabaseSlope, ...]:
        rows = self._influence.rows.get(self._influence.limetype) or 1
        steps = {name: self._steps(name, 2.0) for name in _FIGURES}
        return tuple(
            DatabaseSlope(
                name=name,
                per_row=found.at(0).likely / rows,
                per_pair=found.per_pair.likely / rows,
            )
            for name, found in steps.items()
            if found is not None
        )

    def enlarged(
        self, name: FigureName, rows: float, found: FigureRange
    ) -> FigureRange:
        """Return a figure for the larger database, at a size of the input.

        Args:
            name: Name of the figure.
            rows: The size of the input.
            found: The figure for the database of the runs.
        """
        steps = self._steps(name, self._ratio) if self.is_beyond else None
        if steps is None:
            return found
        added = steps.at(rows)
        if name != "duration":
            return found + added
        if not steps.is_bent:
            # Not more than if the whole duration depended on the database's rows.
            most = found.times(self._ratio - 1)
            added = FigureRange(
                min(added.low, most.low),
                min(added.likely, most.likely),
                min(added.high, most.high),
            )
        wider = spare(math.log2(self._ratio)) * self._widening
        return found + added.widened(wider)

    def _steps(self, name: FigureName, ratio: float) -> "_Steps | None":
        if not self._inputs:
            return None
        known = [_points(name, runs) for runs in self._runs]
        found = [points for points in known if points is not None]
        if len(found) < len(known):
            return None
        small, large = found[0], found[-1]
        inputs = (self._inputs[0], self._inputs[-1])
        if name == "duration":
            share = self._noise_share()
            noises = [max(_LEAST_NOISE_SECONDS, share * each[-1]) for each in found]
            return _Steps(
                inputs=inputs,
                small=_line_step(small, ratio, noises[0]),
                large=_line_step(large, ratio, noises[-1]),
                quiet=None,
                is_bent=_is_bent(small, noises[0]) or _is_bent(large, noises[-1]),
            )
        step = _memory_step if name == "memory" else _line_step
        return _Steps(
            inputs=inputs,
            small=step(small, ratio),
            large=step(large, ratio),
            quiet=_QUIET[name] * ratio,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """What the additional database rows add to a figure, at both sizes of the input."""

    inputs: tuple[int, int]
    small: FigureRange
    large: FigureRange
    quiet: float | None
    """Exact figures vary by at most this much by themselves; None: not exact."""
    is_bent: bool = False
    """True if the figure grows faster than the database."""

    @property
    def per_pair(self) -> FigureRange:
        """What the additional database rows add for each row of the input."""
        gap = self.inputs[1] - self.inputs[0]
        if not gap:  # unknown
            return NOTHING
        likely = (self.large.likely - self.small.likely) / gap
        if self.quiet is not None:
            least = self.quiet + _ROUNDING * self.large.likely
            rises = self.large.likely - self.small.likely > least
            return FigureRange(likely, likely, likely) if rises else NOTHING
        low = max(0.0, self.large.low - self.small.high) / gap
        high = max(0.0, self.large.high - self.small.low) / gap
        return FigureRange(low, max(0.0, likely) if low else 0.0, high)

    def at(self, rows: float) -> FigureRange:
        """Return what the additional database rows add at a size of the input."""
        pair, further = self.per_pair, rows - self.inputs[0]
        low, likely, high = (
            max(0.0, base + each * further)
            for base, each in (
                (min(self.small.low, self.large.low), pair.low),
                (self.small.likely, pair.likely),
                (self.small.high, pair.high),
            )
        )
        return FigureRange(min(low, likely), likely, max(likely, high))


# --- figures ----------------------------------------------------------------------


def _points(name: FigureName, runs: Sequence[Sequence[GrowthRun]]) -> _Points | None:
    points = [_READ[name](same) for same in runs]
    known = [point for point in points if point is not None]
    return known if len(known) == len(points) else None


def _memory(runs: Sequence[GrowthRun]) -> float | None:
    known = [run.task_bytes for run in runs if run.task_bytes is not None]
    return statistics.median(known) if known else None


_READ: Mapping[str, Callable[[Sequence[GrowthRun]], float | None]] = {
    "duration": lambda runs: min(run.duration_seconds for run in runs),
    "memory": _memory,
    "queries": lambda runs: max(
        (run.queries for run in runs if run.queries is not None), default=None
    ),
}
_QUIET = {"memory": _QUIET_BYTES, "queries": 0.0}


# --- what additional rows add at one size of the input ----------------------------


def _line_step(points: _Points, ratio: float, noise: float = 0.0) -> FigureRange:
    """Return what is added to a figure that grows linearly, or curves upwards."""
    quarter, half, whole = points
    slope, _ = statistics.linear_regression(SHARES, points)
    first, last = (half - quarter) / 0.25, (whole - half) / 0.5
    further = ratio - 1
    error = noise / (SHARES[-1] - SHARES[0])
    low = max(0.0, min(slope, last) - error) * further
    likely = max(0.0, slope) * further if whole - quarter > noise else 0.0
    high = (max(0.0, slope, last) + error) * further
    if _is_bent(points, noise):
        bend = (last - first) / (SHARES[-1] - SHARES[0])
        likely = first * further + bend * further * (further + 1.25)
        high = likely + error * further * ratio
    return FigureRange(low, likely, high)


def _is_bent(points: _Points, noise: float) -> bool:
    """Return whether a duration clearly grows faster than the database."""
    quarter, half, whole = points
    first, last = (half - quarter) / 0.25, (whole - half) / 0.5
    return 0 < noise < whole - quarter and last - first > 4 * noise


def _memory_step(points: _Points, ratio: float) -> FigureRange:
    line = MemoryLine([1, 2, 4], [round(point) for point in points])
    found, top = line(4 * ratio), points[-1]
    likely = found.likely - line(4).likely if line.grows else 0.0
    return FigureRange(
        max(0.0, min(likely, found.low - top)), likely, max(likely, found.high - top)
    )


# --- predictions ------------------------------------------------------------------


def with_database(
    predictions: Sequence[Prediction], growth: DatabaseGrowth | None, to_rows: int
) -> tuple[Prediction, ...]:
    """Return predictions for the larger database; empty if its influence is unknown."""
    if growth is None or not growth.is_beyond:
        return tuple(predictions)
    if not growth.is_known:
        return ()
    return tuple(_enlarged(each, growth, to_rows) for each in predictions)


def _enlarged(each: Prediction, growth: DatabaseGrowth, to_rows: int) -> Prediction:
    found = FigureRange(each.low, each.likely, each.high)
    if each.unit == "seconds":
        found = growth.enlarged("duration", to_rows, found)
    elif each.unit == "bytes":
        found = growth.enlarged("memory", to_rows, found)
    elif each.unit == "queries/row":
        processed = to_rows * growth.processed_per_row
        queries = growth.enlarged("queries", to_rows, found.times(processed))
        found = queries.times(1 / processed)
    else:
        seconds = FigureRange(1 / found.high, 1 / found.likely, 1 / found.low)
        seconds = growth.enlarged("duration", to_rows, seconds.times(to_rows))
        found = FigureRange(1 / seconds.high, 1 / seconds.likely, 1 / seconds.low)
        found = found.times(to_rows)
    return replace(
        each, low=found.low, likely=found.likely, high=found.high, measured=False
    )
