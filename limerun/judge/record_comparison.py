"""Hold one record against another: what changed, and is it a regression? Pure."""

import statistics
from collections.abc import Iterator, Mapping, Sequence

from limerun.judge.comparability import unlike_inputs
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
"""The share by which a figure may grow before it is a regression, by default."""
GATES = ("memory", "duration", "queries", "commits")
"""The figures that a limit can be set for."""
NOISE_SECONDS = 0.1
"""What starting a task may differ by, whatever it then does."""
EXACT_BYTES = 500_000
"""A peak is exact to half a megabyte: `make bench`, "peak of 300 MB spikes"."""


def compare(
    base: Record,
    new: Record,
    may_grow: Mapping[str, float | None] = MAY_GROW,
    *,
    anyway: bool = False,
) -> Comparison:
    """Return what changed from one record to the other.

    Args:
        base: The older one, mostly.
        new: The one that is judged.
        may_grow: By figure, the share that it may grow by; None, or not there:
            it is shown and not judged.
        anyway: Judge even where task, data or machine differ; it is inconclusive
            otherwise.
    """
    changes = (_ending(base, new), *_figures(base, new, may_grow))
    unlike = unlike_inputs(base, new)
    trends = {change.trend for change in changes if change.allowed is not None}
    comparable = anyway or not unlike
    failed = comparable and "regression" in trends
    unsure = not comparable or "unknown" in trends
    gone, come = _findings(base, new), _findings(new, base)
    return Comparison(
        schema=COMPARISON_SCHEMA,
        task=new.task.name,
        base=_side(base),
        new=_side(new),
        unlike=unlike,
        changes=changes,
        config=tuple(_config(base, new)),
        findings_gone=gone,
        findings_new=come,
        verdict="failed" if failed else "inconclusive" if unsure else "passed",
        exit_code=1 if failed else 6 if unsure else 0,
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
    """Return whether the task still runs to its end; judged whatever was asked."""
    before, after = (_returned_share(each.runs) for each in (base, new))
    trend: Trend = "same"
    why = "both ran to their end"
    if before == 1 and after < 1:
        trend, why = "regression", "the task no longer runs to its end"
    elif after == 1 and before < 1:
        trend, why = "better", "the task runs to its end now"
    elif after < 1:
        trend, why = "unknown", "neither ran to its end: the figures are of parts"
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
        before, after = (_values(name, each.runs) for each in (base, new))
        # A task without a database has no queries to judge, before and after.
        is_absent = unit == "count" and not before and not after
        allowed = may_grow.get(name) if whole and not is_absent else None
        yield _change(name, unit, before, after, allowed)


def _values(name: str, runs: Sequence[Run]) -> list[float]:
    """Return a figure of each run; nothing unless every run has it."""
    known = [each for each in (_value(name, run) for run in runs) if each is not None]
    return known if len(known) == len(runs) else []


def _value(name: str, run: Run) -> float | None:
    if name == "memory":
        return run.memory.task_bytes
    if name == "duration":
        return run.duration_seconds
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
    # As a run is judged: duration by the median of the runs, the rest by the largest.
    one = statistics.median if name == "duration" else max
    base, new = (one(each) if each else None for each in (before, after))
    if base is None or new is None:
        trend, why = _unmeasured(base, new)
    elif name == "duration":
        trend, why = _duration_trend(before, after, allowed)
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


def _unmeasured(base: float | None, new: float | None) -> tuple[Trend, str]:
    if base is None and new is None:
        return "unknown", "not measured"
    side = "base" if base is None else "new"
    return "unknown", f"not measured in the {side} record"


def _exact_trend(
    base: float, new: float, allowed: float | None, slack: float
) -> tuple[Trend, str]:
    if abs(new - base) <= slack:
        return "same", "no change" if new == base else "within what is exact"
    if new < base:
        return "better", "less"
    if allowed is not None and new > base * (1 + allowed):
        return "regression", _too_much(allowed)
    return "worse", "more"


def _duration_trend(
    before: Sequence[float], after: Sequence[float], allowed: float | None
) -> tuple[Trend, str]:
    """Return the trend of a figure that no two runs have in common.

    A ratio of medians over the limit is a regression if the slowest of the old runs
    was faster than the fastest of the new ones; one run a side cannot tell.
    """
    base, new = statistics.median(before), statistics.median(after)
    over = allowed is not None and new > base * (1 + allowed) + NOISE_SECONDS
    if over and min(len(before), len(after)) < 2:
        return "unknown", "one run cannot tell a regression from noise: --repeat 3"
    if over and min(after) <= max(before):
        return "unknown", "the runs overlap: repeat more often, or on a calmer machine"
    if over:
        return "regression", _too_much(allowed or 0.0)
    if max(after) < min(before):
        if min(len(before), len(after)) < 2 and not _is_beyond_noise(new, base):
            return "same", "one run cannot tell it from noise"
        return "better", "every run was faster"
    if min(after) > max(before):
        return "worse", "every run was slower"
    return "same", "the runs overlap"


def _is_beyond_noise(low: float, high: float) -> bool:
    """Say whether one run each tells two durations apart, by the default limit."""
    return high > low * (1 + MAY_GROW["duration"]) + NOISE_SECONDS


def _too_much(allowed: float) -> str:
    if not allowed:
        return "more than the base"
    return f"more than {allowed * 100:g} % over the base"


# --- config and findings -----------------------------------------------------------


def _config(base: Record, new: Record) -> Iterator[ConfigChange]:
    before, after = base.config.values, new.config.values
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield ConfigChange(key=key, base=before.get(key), new=after.get(key))


def _findings(of: Record, beside: Record) -> tuple[str, ...]:
    """Return the titles of findings that only the first record has."""
    known = {_identity(finding) for finding in beside.findings}
    return tuple(
        dict.fromkeys(
            finding.title for finding in of.findings if _identity(finding) not in known
        )
    )


def _identity(finding: Finding) -> tuple[str, str | None]:
    """Return what stays the same when the finding's line moves."""
    place = finding.location
    return finding.rule, place.function if place else None
