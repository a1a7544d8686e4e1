"""Compare two records: find changes, and decide which are regressions. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.judge.comparability import input_differences
from limerun.judge.duration_change import (
    duration_trend,
    durations_of,
    ratio_range,
    too_much,
)
from limerun.judge.effect_difference import compare_effects
from limerun.records import (
    COMPARISON_SCHEMA,
    Comparison,
    ConfigChange,
    FigureChange,
    Finding,
    Record,
    Run,
    Side,
    Trend,
)

MAY_GROW: Mapping[str, float] = {"memory": 0.05, "duration": 0.25, "queries": 0.0}
"""By default, a larger relative increase of a figure is a regression."""
GATES = ("memory", "duration", "queries", "commits")
"""The figures for which a limit can be set."""
EFFECT = "effect"
"""In limits: another effect is a regression if the limit is not None."""
ERRORS = "errors"
"""In limits: a new finding at level error is a regression, unless the limit is None."""
_EFFECT_TRENDS: Mapping[str, Trend] = {
    "same": "same",
    "different": "regression",
    "unknown": "unknown",
}
EXACT_BYTES = 500_000
"""Peaks are exact to half a megabyte: `make bench`, "peak of 300 MB spikes"."""


def compare(
    base: Record,
    new: Record,
    may_grow: Mapping[str, float | None] = MAY_GROW,
    *,
    anyway: bool = False,
) -> Comparison:
    """Return what changed from one record to the other.

    Args:
        base: The baseline record.
        new: The record that is judged.
        may_grow: The allowed relative increase of each figure. A figure that is
            missing or None is shown but not judged.
        anyway: Judge even if task, data or machine differ. Without it, a comparison
            of different ones is inconclusive.
    """
    changes = (
        _ending(base, new),
        *_figures(base, new, may_grow),
        *_errors(base, new, judged=may_grow.get(ERRORS, 0.0) is not None),
    )
    effect = compare_effects(base, new, judged=may_grow.get(EFFECT) is not None)
    judges_effect = effect is not None and effect.judged
    unlike = input_differences(base, new)
    judged = [change for change in changes if change.allowed is not None]
    trends = {change.trend for change in judged}
    # Equal endings alone do not show that nothing became worse.
    is_short = {change.trend for change in judged[1:]} == {"too short"}
    is_short = is_short and not judges_effect
    if effect is not None and effect.judged:
        trends.add(_EFFECT_TRENDS[effect.trend])
    comparable = anyway or not unlike
    failed = comparable and "regression" in trends
    unsure = not comparable or "unknown" in trends or is_short
    gone, added = _findings(base, new), _findings(new, base)
    return Comparison(
        schema=COMPARISON_SCHEMA,
        task=new.task.name,
        base=_side(base),
        new=_side(new),
        unlike=unlike,
        changes=changes,
        config=tuple(_config(base, new)),
        findings_gone=gone,
        findings_new=added,
        verdict="failed" if failed else "inconclusive" if unsure else "passed",
        exit_code=1 if failed else 6 if unsure else 0,
        effect=effect,
    )


def _side(record: Record) -> Side:
    return Side(
        started_at=record.started_at,
        limerun_version=record.limerun_version,
        config=record.config.path,
        verdict=record.verdict.value if record.verdict else None,
        runs=len(record.runs),
    )


# --- figures -----------------------------------------------------------------------


def _ending(base: Record, new: Record) -> FigureChange:
    """Compare how the runs ended; a task that no longer completes is a regression."""
    before, after = (_returned_share(each.runs) for each in (base, new))
    trend: Trend = "same"
    why = "both ran to completion"
    if before == 1 and after < 1:
        trend, why = "regression", "the task no longer runs to completion"
    elif after == 1 and before < 1:
        trend, why = "better", "the task now runs to completion"
    elif after < 1:
        trend, why = "unknown", "neither ran to completion, so the figures are partial"
    return FigureChange(
        name="runs to its end",
        unit="share",
        base=before,
        new=after,
        ratio=None,
        allowed=0.0,
        trend=trend,
        why=why,
    )


def _returned_share(runs: Sequence[Run]) -> float:
    if not runs:
        return 0.0
    return sum(run.is_done for run in runs) / len(runs)


def _figures(
    base: Record, new: Record, may_grow: Mapping[str, float | None]
) -> Iterator[FigureChange]:
    whole = _returned_share(base.runs) == _returned_share(new.runs) == 1
    for name, unit in (
        ("memory", "bytes"),
        ("duration", "seconds"),
        ("queries", "count"),
        ("commits", "count"),
        ("rows", "count"),
    ):
        if name == "duration":
            yield _duration(base.runs, new.runs, may_grow.get(name) if whole else None)
            continue
        before, after = (_values(name, each.runs) for each in (base, new))
        # If both tasks use no database, there are no queries to judge.
        is_absent = unit == "count" and not before and not after
        allowed = may_grow.get(name) if whole and not is_absent else None
        yield _change(name, unit, before, after, allowed)


def _values(name: str, runs: Sequence[Run]) -> list[float]:
    """Return one figure of all runs; an empty list if any run lacks it."""
    known = [each for each in (_value(name, run) for run in runs) if each is not None]
    return known if len(known) == len(runs) else []


def _value(name: str, run: Run) -> float | None:
    if name == "memory":
        return run.memory.task_bytes
    if name == "rows":
        return run.rows_processed
    if run.queries is None:
        return None
    return run.queries.total if name == "queries" else run.queries.commits


def _change(
    name: str,
    unit: str,
    before: Sequence[float],
    after: Sequence[float],
    allowed: float | None,
) -> FigureChange:
    base, new = (max(each) if each else None for each in (before, after))
    if base is None or new is None:
        trend, why = _unmeasured(base, new)
    else:
        slack = EXACT_BYTES if name == "memory" else 0
        trend, why = _exact_trend(base, new, allowed, slack)
    return FigureChange(
        name=name,
        unit=unit,
        base=base,
        new=new,
        ratio=new / base if base and new is not None else None,
        allowed=allowed,
        trend=trend,
        why=why,
    )


def _duration(
    before: Sequence[Run], after: Sequence[Run], allowed: float | None
) -> FigureChange:
    """Compare the durations of the median runs."""
    old, late = durations_of(before), durations_of(after)
    base, new = (None if each is None else each.high for each in (old, late))
    ratios = None
    if old is None or late is None:
        trend, why = _unmeasured(base, new)
    else:
        trend, why = duration_trend(old, late, allowed)
        ratios = None if trend == "too short" else ratio_range(old, late)
    return FigureChange(
        name="duration",
        unit="seconds",
        base=base,
        new=new,
        ratio=new / base if base and new is not None else None,
        allowed=allowed,
        trend=trend,
        why=why,
        ratio_range=ratios,
    )


def _unmeasured(base: float | None, new: float | None) -> tuple[Trend, str]:
    if base is None and new is None:
        return "unknown", "not measured"
    side = "baseline" if base is None else "new"
    return "unknown", f"not measured in the {side} record"


def _exact_trend(
    base: float, new: float, allowed: float | None, slack: float
) -> tuple[Trend, str]:
    if abs(new - base) <= slack:
        return "same", "no change" if new == base else "within measurement accuracy"
    if new < base:
        return "better", "less"
    if allowed is not None and new > base * (1 + allowed):
        return "regression", too_much(allowed)
    return "worse", "more"


def _errors(base: Record, new: Record, *, judged: bool) -> Iterator[FigureChange]:
    """Yield the number of findings at level error; if judged, more is a regression."""
    before, after = (
        [each for each in record.findings if each.level == "error"]
        for record in (base, new)
    )
    if not before and not after:
        return
    known = {_identity(each) for each in before}
    added = [each.title for each in after if _identity(each) not in known]
    trend: Trend = "better" if len(after) < len(before) else "same"
    yield FigureChange(
        name=ERRORS,
        unit="count",
        base=len(before),
        new=len(after),
        ratio=len(after) / len(before) if before else None,
        allowed=0.0 if added and judged else None,
        trend=("regression" if judged else "worse") if added else trend,
        why=f"new at level error: {'; '.join(dict.fromkeys(added))}"
        if added
        else "no new finding at level error",
    )


# --- config and findings -----------------------------------------------------------


def _config(base: Record, new: Record) -> Iterator[ConfigChange]:
    before, after = base.config.values, new.config.values
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield ConfigChange(key=key, base=before.get(key), new=after.get(key))


def _findings(record: Record, other: Record) -> tuple[str, ...]:
    """Return the titles of findings that only the first of two records has."""
    known = {_identity(each) for each in other.findings}
    return tuple(
        dict.fromkeys(
            each.title for each in record.findings if _identity(each) not in known
        )
    )


def _identity(finding: Finding) -> tuple[str, str | None]:
    """Return the parts of a finding that stay the same when its line moves."""
    place = finding.location
    return finding.rule, place.function if place else None
