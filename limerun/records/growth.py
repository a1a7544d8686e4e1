"""How a task grows: what was measured at rising sizes, and what that predicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthRun:
    """One run of the ladder, in a fresh worker."""

    rows: int
    duration_seconds: float
    cpu_seconds: float
    database_seconds: float | None
    """Inside statements; None where none could be seen."""
    task_bytes: int | None
    rows_processed: int | None
    queries: int | None
    commits: int | None
    calibration_seconds: float | None
    """What a fixed loop took around this run."""
    database_wait_seconds: float | None = None
    """Waiting inside statements; None where it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """What the runs of one size took, each figure at its least disturbed.

    CPU time (outside statements), time in statements and waiting make the duration.
    """

    rows: int
    runs: int
    accepted: bool
    """Long enough to tell growth by; the others only tell what a start costs."""
    duration_seconds: float
    cpu_seconds: float
    database_seconds: float
    wait_seconds: float
    task_bytes: int | None
    queries: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How one part of the figures grows."""

    name: Literal["cpu", "database", "wait", "memory"]
    terms: Mapping[str, float]
    """Of the curve that fits best: seconds or bytes for "1", "n", "n log n", "n^2"."""
    share: float | None
    """Of the duration that is predicted; None for memory."""
    doubling: float | None
    """Twice the rows take so many times as much, at the ladder's top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One figure at the size that was asked for, as a range."""

    name: str
    """The check's, where there is a budget for it."""
    unit: Literal["seconds", "bytes", "rows/s", "queries/row"]
    low: float
    likely: float
    high: float
    measured: bool
    """The ladder reached that size: these are the least and the most of its runs."""
    limit: float | None = None
    within: bool | None = None
    """True if even the high end keeps the budget, False if even the low end does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The most rows that stay within a budget; None: further than can be told."""

    name: str
    limit: float
    unit: Literal["seconds", "bytes"]
    low_rows: int | None
    likely_rows: int | None
    high_rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """Where a task began to take longer than its smaller runs let expect."""

    from_rows: int
    factor: float
    """The top of the ladder over what the rungs below it predicted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How far this machine's pace can be trusted."""

    calibration_moved: float | None
    """By what share a fixed loop's time differed between the runs that count."""
    duration_spread: float | None
    """Longest over shortest run of one size, the median of the sizes."""
    reasons: tuple[str, ...]
    """Why the times are not to be judged; empty: they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """How duration and memory grow, with how far that may be trusted."""

    grow: str
    """What grew: "sources", "sources.NAME", "dataset" or "dataset.rows.NAME"."""
    to_rows: int
    within_seconds: float
    seconds: float
    """That the ladder took."""
    runs: tuple[GrowthRun, ...]
    rungs: tuple[Rung, ...]
    parts: tuple[Part, ...]
    doubling: float | None
    """Twice the rows take so many times as long, at the ladder's top."""
    predictions: tuple[Prediction, ...]
    reaches: tuple[Reach, ...]
    regime: Regime | None
    noise: Noise
    ended_at_rows: int | None = None
    """The size of the run that did not return; None: all did."""
    overlaps: Mapping[str, float] | None = None
    """The share by which a source overlapped at every size; None: as configured."""
