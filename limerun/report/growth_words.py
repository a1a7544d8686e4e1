"""The sentences of an estimate: what is predicted, how it grows, how sure that is. Pure.

A prediction is never called a pass, however far within its budget it is.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from limerun.records import (
    EXIT_INTERRUPTED,
    Growth,
    Part,
    Prediction,
    Reach,
    Record,
    Verdict,
)
from limerun.report.plain import one_line
from limerun.report.wording import figure
from limerun.units import format_count, format_duration, format_size

GrowthTone = Literal["good", "bad", "unsure", "neutral"]
_LABELS = {
    "duration.budget": "duration",
    "speed.rows": "rows a second",
    "memory.task": "task memory",
    "speed.queries": "queries per row",
}
_PARTS = {"cpu": "CPU", "database": "database", "wait": "waiting"}
_LAWS = (
    (1.2, "hardly grows"),
    (1.8, "grows slower than the rows"),
    (2.3, "grows with the rows"),
    (3.0, "grows faster than the rows"),
)
"""What twice the rows take, at the most, and what that is called."""
_STEEPEST_LAW = "grows with the square of the rows"
_WORTH_TELLING = 0.05
_DIGITS = 2
"""Significant ones of what is only foreseen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRow:
    """One prediction, told in cells."""

    label: str
    span: str
    likely: str
    limit: str
    word: str
    within: bool | None


# --- the verdict ----------------------------------------------------------------------


def growth_headline(record: Record, growth: Growth) -> tuple[str, str, GrowthTone]:
    """Return the word, what follows the task's name, and how it sounds."""
    size = f"at {format_count(growth.to_rows)} rows"
    if record.exit_code == EXIT_INTERRUPTED:
        return "INTERRUPTED", f"was interrupted {_after(growth)}", "unsure"
    if record.verdict is Verdict.FAILED:
        return "PREDICTED OVER", _over(growth, size), "bad"
    if record.verdict is None:
        if all(each.measured for each in growth.predictions):
            told = f"kept every budget {size} on the ladder: {_spans(growth)}"
            return "WITHIN", f"{told}; capacity-test judges it", "neutral"
        told = f"is predicted to keep every budget {size}: {_spans(growth)}"
        return "PREDICTED WITHIN", f"{told}; not measured, so not passed", "neutral"
    return "INCONCLUSIVE", f"cannot be told {size}: {_why_unsure(growth)}", "unsure"


def _after(growth: Growth) -> str:
    runs = len(growth.runs)
    return f"after {format_count(runs)} run{'s' if runs != 1 else ''} of its ladder"


def _spans(growth: Growth) -> str:
    told = [
        span_of(each)
        for each in growth.predictions
        if each.name in ("duration.budget", "memory.task")
    ]
    return " and ".join(told) or "nothing could be predicted"


def _over(growth: Growth, size: str) -> str:
    over = [each for each in growth.predictions if each.within is False]
    if not over:
        return f"is predicted to exceed a budget {size}"
    told = [
        f"{_label(each)} {span_of(each)}, over its budget of "
        f"{amount(each.limit or 0.0, each.unit)}"
        for each in over
    ]
    return f"is predicted to exceed its budget {size}: {'; '.join(told)}"


def _why_unsure(growth: Growth) -> str:
    if growth.noise.reasons:
        reasons = one_line("; ".join(growth.noise.reasons), 300)
        return f"{reasons}; close what else runs on this machine, and ask again"
    told = {each.name for each in growth.predictions}
    for name in ("duration.budget", "memory.task"):
        if name not in told:
            return (
                f"the ladder is too short to predict {_LABELS[name]}; "
                "give it more time (--within)"
            )
    for each in growth.predictions:
        if each.limit is not None and each.within is None:
            return (
                f"{_label(each)} {span_of(each)}, and the budget of "
                f"{amount(each.limit, each.unit)} lies in that; more time (--within) "
                "narrows it, capacity-test decides it"
            )
    return "there is no budget to hold a prediction against"


# --- figures --------------------------------------------------------------------------


def prediction_rows(growth: Growth) -> list[PredictionRow]:
    """Return a row of cells for each prediction."""
    return [_row(each) for each in growth.predictions]


_WORDS = {True: "within", False: "over", None: "unsure"}


def _row(each: Prediction) -> PredictionRow:
    return PredictionRow(
        label=_label(each),
        span=span_of(each),
        likely=amount(each.likely, each.unit),
        limit="" if each.limit is None else amount(each.limit, each.unit),
        word="" if each.limit is None else _WORDS[each.within],
        within=each.within,
    )


def span_of(each: Prediction) -> str:
    """Return a prediction's range, or the one figure that both its ends are."""
    low, high = (amount(end, each.unit) for end in (each.low, each.high))
    return low if low == high else f"{low} to {high}"


def amount(value: float, unit: str) -> str:
    """Return a figure with its unit."""
    return roughly(value) if unit == "rows/s" else figure(value, unit)


def roughly(count: float) -> str:
    """Return a number to the digits that a prediction has."""
    if count < 1:
        return "0"
    digits = _DIGITS - 1 - int(math.log10(count))
    return format_count(round(round(count, min(0, digits))))


def _label(each: Prediction) -> str:
    return _LABELS.get(each.name) or one_line(each.name, 40)


def prediction_text(each: Prediction) -> str:
    """Return a prediction held against its budget, in one line."""
    how = "measured on the ladder" if each.measured else "predicted"
    told = f"{_label(each)} {how}: {span_of(each)}"
    if each.limit is None:
        return told
    limit = f"the budget is {amount(each.limit, each.unit)}"
    return f"{told}; {limit}: {_WORDS[each.within]}"


# --- facts ----------------------------------------------------------------------------


def growth_facts(growth: Growth) -> Iterator[tuple[str, str]]:
    """Yield how it grows, how far it reaches, and how sure that is; label and line."""
    if growth.doubling is not None:
        yield "growth", f"twice the rows take {times(growth.doubling)} as long"
        yield from (("", line) for line in _parts(growth.parts))
    memory = _memory(growth.parts)
    if memory:
        yield "memory", memory
    for label, reach in zip(_once("reach"), growth.reaches, strict=False):
        yield label, _reach(reach)
    if growth.regime is not None:
        yield (
            "change",
            f"from about {format_count(growth.regime.from_rows)} rows on it takes "
            f"{times(growth.regime.factor)} as long as smaller sizes let expect",
        )
    yield "ladder", _ladder(growth)
    for name, share in (growth.overlaps or {}).items():
        yield (
            "",
            f"{one_line(name, 40)}: an overlap of {share:.2g} at every size, less than "
            f"the config's: for more the database has too few rows at "
            f"{format_count(growth.to_rows)}",
        )
    yield "noise", _noise(growth)


def _once(label: str) -> Iterator[str]:
    yield label
    while True:
        yield ""


def times(factor: float) -> str:
    """Return a factor in words: "3.9 times"."""
    return (
        f"{factor:.1f} times"
        if factor < 100
        else f"{format_count(round(factor))} times"
    )


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        if part.name == "memory" or (part.share or 0.0) < _WORTH_TELLING:
            continue
        share = f"{(part.share or 0.0) * 100:.0f} % {_PARTS[part.name]}"
        yield (
            share if part.doubling is None else f"{share}, which {_law(part.doubling)}"
        )


def _law(doubling: float) -> str:
    return next((law for most, law in _LAWS if doubling < most), _STEEPEST_LAW)


def _memory(parts: Sequence[Part]) -> str:
    for part in parts:
        if part.name != "memory":
            continue
        each, always = part.terms.get("n", 0.0), part.terms.get("1", 0.0)
        if each < 1:
            return f"{format_size(always)} however many rows"
        told = f"{format_count(round(each))} bytes a row"
        return f"{told}, and {format_size(always)} always" if always else told
    return ""


def _reach(reach: Reach) -> str:
    limit = amount(reach.limit, reach.unit)
    within = f"of {limit}" if reach.unit == "bytes" else limit
    what = {"duration.budget": "a duration of", "memory.task": "a memory"}.get(
        reach.name, one_line(reach.name, 40)
    )
    if reach.low_rows is None:
        return f"{what} {within} is kept at any size that can be told"
    most = " rows or more"
    if reach.high_rows is not None:
        most = f" to {roughly(reach.high_rows)} rows"
    likely = ""
    if reach.likely_rows is not None:
        likely = f", likely {roughly(reach.likely_rows)}"
    return f"{what} {within} is kept up to {roughly(reach.low_rows)}{most}{likely}"


def _ladder(growth: Growth) -> str:
    took = f"{format_count(len(growth.runs))} runs in {format_duration(growth.seconds)}"
    if not growth.rungs:
        return f"{one_line(growth.grow, 60)}: {took}"
    first, top = growth.rungs[0].rows, growth.rungs[-1].rows
    told = (
        f"{one_line(growth.grow, 60)} from {format_count(first)} to "
        f"{format_count(top)} rows, {took}"
    )
    if 0 < top < growth.to_rows:
        told += f"; {times(growth.to_rows / top)} that is asked for"
    return told


def _noise(growth: Growth) -> str:
    noise = growth.noise
    told = []
    if noise.calibration_moved is not None:
        told.append(
            f"a fixed loop's time moved by {noise.calibration_moved * 100:.0f} %"
        )
    if noise.duration_spread is not None:
        told.append(f"runs of one size differed {noise.duration_spread:.2f}-fold")
    if not told:
        return "not known"
    verdict = "too much to judge times" if noise.reasons else "little enough"
    return f"{'; '.join(told)}: {verdict}"
