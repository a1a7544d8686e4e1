"""The record of a comparison: what changed between two records."""

from collections.abc import Mapping
from typing import Final, Literal

from limerun.frozen import frozen
from limerun.records.field_types import Count, Flag, Json, Number, Whole

COMPARISON_SCHEMA: Final = "limerun.comparison/1"  # 1 - first version

Trend = Literal["same", "better", "worse", "regression", "unknown", "too short"]


@frozen
class Side:
    """One of the two records of a comparison."""

    started_at: str
    """Start time in ISO 8601 format."""
    limerun_version: str
    """Version of limerun that wrote the record."""
    config: str
    """Path of the config file."""
    verdict: str | None
    """The verdict; null if no budget was checked."""
    runs: Count
    """Number of runs."""


@frozen
class RatioRange:
    """A range of new value divided by base value, and how sure it is."""

    low: Number
    """Lower end."""
    high: Number
    """Upper end."""
    certainty: Number
    """Probability that the true ratio is in this range, as a share."""


@frozen
class FigureChange:
    """One figure on both sides."""

    name: str
    """Name of the figure."""
    unit: str
    """Unit of base and new."""
    base: Number | None
    """Value in the base; null if it was not measured."""
    new: Number | None
    """Value in the new record; null if it was not measured."""
    ratio: Number | None
    """New value divided by base value; null if undefined."""
    allowed: Number | None
    """Largest allowed growth, as a share of the base value; null if not limited."""
    trend: Trend
    """How the figure changed, and whether it grew too much."""
    why: str
    """Explanation of the trend in words."""
    ratio_range: RatioRange | None = None
    """Range of the ratio, from several runs on both sides; null if a side has one run, or
    the figure does not vary from run to run."""


@frozen
class LimetypeDifference:
    """How the effects of two runs on one limetype differ."""

    limetype: str
    """Name of the limetype."""
    missing: Count
    """Objects that only the base run left in the database."""
    added: Count
    """Objects that only the new run left in the database."""
    properties: Mapping[str, Count]
    """In how many objects each property differs."""
    exact: Flag
    """Whether the numbers were counted in both databases; from two saved records, they
    are estimates, and `missing` and `added` are the difference of the totals."""
    duplicates: Count | None = None
    """How many of the added objects equal another one; null if unknown."""
    examples: tuple[Count, ...] = ()
    """Ids of the first few objects that differ or were added, in the new run's
    database."""


@frozen
class EffectComparison:
    """Whether the two records have the same effect on the database."""

    trend: Literal["same", "different", "unknown"]
    """The result."""
    why: str
    """Explanation in words."""
    judged: Flag
    """Whether another effect is a regression."""
    differences: tuple[LimetypeDifference, ...] = ()
    """The limetypes that differ."""


@frozen
class ConfigChange:
    """A key of the config whose value differs."""

    key: str
    """Dotted path of the key."""
    base: Json
    """Value in the base; null if the key is not there."""
    new: Json
    """Value in the new record; null if the key is not there."""


@frozen
class Comparison:
    """Two records, figure by figure."""

    schema: Literal["limerun.comparison/1"]
    """The format and its version."""
    task: str
    """Name of the task."""
    base: Side
    """The record that was named as base."""
    new: Side
    """The record of this run."""
    unlike: tuple[str, ...]
    """Differences between the inputs, which may explain differences between figures."""
    changes: tuple[FigureChange, ...]
    """The figures of both records."""
    config: tuple[ConfigChange, ...]
    """Keys of the config whose values differ."""
    findings_gone: tuple[str, ...]
    """Titles of findings that only the base record has."""
    findings_new: tuple[str, ...]
    """Titles of findings that only the new record has."""
    verdict: Literal["passed", "failed", "inconclusive"]
    """Outcome: "failed" if there is a regression."""
    exit_code: Whole
    """0 passed, 1 failed, 6 inconclusive."""
    effect: EffectComparison | None = None
    """Whether both have the same effect; null if it was not determined."""
