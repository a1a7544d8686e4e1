"""The texts of an estimate: the verdict, the predictions and the measured sizes. Pure.

A prediction is never called a pass, even if it is far below its budget.
"""

import math
from dataclasses import dataclass
from typing import Literal

from limerun.records import (
    INTERRUPTED,
    Growth,
    Prediction,
    Record,
    Verdict,
)
from limerun.report.content.check_text import figure_label
from limerun.report.content.database_text import in_database
from limerun.report.content.report_table import ReportTable
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import error_findings, figure
from limerun.units import format_count, format_duration, format_size

GrowthTone = Literal["good", "bad", "unsure", "neutral"]
_DIGITS = 2
"""Significant digits of a predicted count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionRow:
    """One prediction as cells of a table."""

    label: str
    span: str
    likely: str
    limit: str
    word: str
    within: bool | None


# --- the verdict ----------------------------------------------------------------------


def growth_headline(record: Record, growth: Growth) -> tuple[str, str, GrowthTone]:
    """Return the word of the headline, the text after the task's name, and the tone."""
    size = at_size(growth)
    if record.exit_code in INTERRUPTED:
        return "INTERRUPTED", f"was interrupted {_after(growth)}", "unsure"
    if record.verdict is Verdict.FAILED:
        if all(each.within is not False for each in growth.predictions):
            return "FAILED", error_findings(record), "bad"
        return "PREDICTED OVER", _over(growth, size), "bad"
    if record.verdict is None:
        if all(each.measured for each in growth.predictions):
            text = f"stayed within every budget {size}: {_spans(growth)}"
            return "WITHIN", f"{text}; only capacity-test confirms it", "neutral"
        text = f"is predicted to stay within every budget {size}: {_spans(growth)}"
        return "PREDICTED WITHIN", f"{text}; only capacity-test confirms it", "neutral"
    text = f"cannot be predicted {size}: {_why_unsure(growth)}"
    return "INCONCLUSIVE", text, "unsure"


def at_size(growth: Growth) -> str:
    """Return the sizes of input and database that the predictions are for."""
    return f"at {format_count(growth.to_rows)} rows{in_database(growth)}"


def _after(growth: Growth) -> str:
    runs = len(growth.runs)
    return f"after {format_count(runs)} run{'s' if runs != 1 else ''}"


def _spans(growth: Growth) -> str:
    spans = [
        span_of(each)
        for each in growth.predictions
        if each.name in ("duration.budget", "memory.task")
    ]
    return " and ".join(spans) or "nothing could be predicted"


def _over(growth: Growth, size: str) -> str:
    over = [each for each in growth.predictions if each.within is False]
    texts = [
        f"{figure_label(each.name)} {span_of(each)}, over its budget of "
        f"{amount(each.limit or 0.0, each.unit)}"
        for each in over
    ]
    return f"is predicted to exceed its budget {size}: {'; '.join(texts)}"


def _why_unsure(growth: Growth) -> str:
    predicted = {each.name for each in growth.predictions}
    database = growth.database
    if database is not None and database.ratio > 1 and not predicted:
        return (
            "the influence of the database's size was not measured; allow more time "
            "(--within); --continue RECORD keeps these runs"
        )
    for name in ("duration.budget", "memory.task"):
        if name not in predicted:
            return (
                f"there are too few sizes to predict {figure_label(name)}; "
                "allow more time (--within); --continue RECORD keeps these runs"
            )
    for each in growth.predictions:
        if each.limit is not None and each.within is None:
            return (
                f"{figure_label(each.name)} {span_of(each)}, and the budget of "
                f"{amount(each.limit, each.unit)} is inside this range; "
                f"{_settling(growth)}{_noisy(growth)}"
            )
    return "there is no budget to compare a prediction with"


def _settling(growth: Growth) -> str:
    """Return advice for a budget that lies inside a predicted range."""
    settling, size = growth.settling, format_count(growth.to_rows)
    database = growth.database
    if settling is None or settling.rows is None:
        if database is not None and database.ratio > 1:
            return (
                f"only capacity-test with {size} rows, or an estimate with a larger "
                "database (--database-rows), can settle it"
            )
        return f"only capacity-test with {size} rows can settle it"
    time = _whole_minutes(settling.seconds or 0.0)
    what = (
        f"runs with up to {format_count(settling.rows)} rows would probably settle it"
    )
    return f"{what}: --within {time}min --continue RECORD, or run capacity-test"


def _whole_minutes(seconds: float) -> int:
    """Return a time in minutes, rounded up."""
    return max(1, math.ceil(seconds / 60))


def _noisy(growth: Growth) -> str:
    """Return why time ranges are wider; "" if they are not."""
    if not growth.noise.reasons:
        return ""
    reasons = one_line("; ".join(growth.noise.reasons), 300)
    return f" ({reasons}: close other programs on this machine)"


# --- figures --------------------------------------------------------------------------


def prediction_heads(growth: Growth) -> tuple[str, ...]:
    """Return the headings of the table of predictions."""
    measured = all(each.measured for each in growth.predictions)
    how = "measured" if measured else "predicted"
    size = f"{how} at {format_count(growth.to_rows)} rows"
    return size, "range", "likely", "budget", "verdict"


def prediction_rows(growth: Growth) -> list[PredictionRow]:
    """Return a row for each prediction."""
    return [_row(each) for each in growth.predictions]


def sizes_table(growth: Growth) -> ReportTable:
    """Return the measured sizes, which the predictions are based on."""
    return ReportTable(
        id="sizes",
        title="Sizes",
        columns=(
            ("rows", "figure"),
            ("runs", "figure"),
            ("duration", "figure"),
            ("memory", "figure"),
        ),
        rows=tuple(
            (
                format_count(size_point.rows),
                format_count(size_point.runs),
                format_duration(size_point.duration_seconds),
                ""
                if size_point.task_bytes is None
                else format_size(size_point.task_bytes),
            )
            for size_point in growth.size_points
        ),
    )


_WORDS = {True: "within", False: "over", None: "unsure"}


def _row(each: Prediction) -> PredictionRow:
    return PredictionRow(
        label=figure_label(each.name),
        span=span_of(each),
        likely=amount(each.likely, each.unit),
        limit="" if each.limit is None else amount(each.limit, each.unit),
        word="" if each.limit is None else _WORDS[each.within],
        within=each.within,
    )


def span_of(each: Prediction) -> str:
    """Return a prediction's range; one figure if both ends look the same."""
    low, high = (amount(end, each.unit) for end in (each.low, each.high))
    return low if low == high else f"{low} to {high}"


def amount(value: float, unit: str) -> str:
    """Return a figure with its unit."""
    return roughly(value) if unit == "rows/s" else figure(value, unit)


def roughly(count: float) -> str:
    """Return a count rounded to the digits of a prediction."""
    if count < 1:
        return "0"
    digits = _DIGITS - 1 - int(math.log10(count))
    return format_count(round(round(count, min(0, digits))))


def prediction_text(each: Prediction) -> str:
    """Return a prediction and its budget in one line."""
    how = "measured" if each.measured else "predicted"
    text = f"{figure_label(each.name)} {how}: {span_of(each)}"
    if each.limit is None:
        return text
    limit = f"the budget is {amount(each.limit, each.unit)}"
    return f"{text}; {limit}: {_WORDS[each.within]}"
