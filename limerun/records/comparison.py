"""What changed between two records, as saved."""

from dataclasses import dataclass
from typing import Literal

from limerun.records.words import Json

COMPARISON_SCHEMA = "limerun.comparison/1"  # 1 - first version

Trend = Literal["same", "better", "worse", "regression", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two records, as far as it must be told from the other."""

    started_at: str
    limerun_version: str
    config: str
    verdict: str | None
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One figure on both sides."""

    name: str
    unit: str
    base: float | None
    new: float | None
    ratio: float | None
    """New over base; None where there is none."""
    allowed: float | None
    """The share by which it may grow; None: nobody asked."""
    trend: Trend
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChange:
    """A key of the config whose value is another; None: it is not there."""

    key: str
    base: Json
    new: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two records, figure by figure."""

    schema: str = COMPARISON_SCHEMA
    task: str
    base: Side
    new: Side
    unlike: tuple[str, ...]
    """Where the inputs differ, so that figures may differ because of that."""
    changes: tuple[Change, ...]
    config: tuple[ConfigChange, ...]
    findings_gone: tuple[str, ...]
    findings_new: tuple[str, ...]
    verdict: Literal["passed", "failed", "inconclusive"]
    exit_code: int
