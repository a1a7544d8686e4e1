"""The texts of a comparison, for every format. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import (
    Comparison,
    EffectComparison,
    FigureChange,
    LimetypeDifference,
    Trend,
)
from limerun.report.content.headlines import Headline
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import NOT_MEASURED, figure
from limerun.units import format_count

_WORDS: dict[Trend, str] = {
    "better": "better:",
    "regression": "regression:",
    "unknown": "unknown:",
    "too short": "not judged:",
}
_SMALL = 0.0005
"""A ratio closer to 1 than this is reported as no change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeText:
    """The texts of one figure of both records."""

    label: str
    base: str
    new: str
    change: str
    allowed: str
    trend: Trend
    word: str
    """The trend, where it adds to the reason."""
    why: str
    is_range: bool
    """Whether the reason has a range of the change."""


CHANGE_HEADS = ("figure", "baseline", "new", "change", "allowed")


def comparison_headline(comparison: Comparison) -> Headline:
    """Return the most important result of a comparison."""
    task = one_line(comparison.task, 100) or "the task"
    if comparison.verdict == "failed":
        worse = [
            change for change in comparison.changes if change.trend == "regression"
        ]
        texts = [_regression_text(change) for change in worse[:3]]
        text = " and ".join([*texts, *_judged_effect(comparison, "different")])
        return Headline(word="REGRESSION", sentence=f"{task}: {text}", tone="bad")
    if comparison.verdict == "inconclusive" and comparison.unlike:
        why = f"cannot be compared with the baseline: {one_line(comparison.unlike[0], 300)}"
        return Headline(word="INCONCLUSIVE", sentence=f"{task} {why}", tone="unsure")
    if comparison.verdict == "inconclusive":
        unsure = _judged(comparison, "unknown")
        short = _judged(comparison, "too short")
        reasons = [_why(each) for each in unsure]
        reasons += _judged_effect(comparison, "unknown")
        reasons += [_why(each) for each in short]
        why = reasons[0] if reasons else "?"
        return Headline(word="INCONCLUSIVE", sentence=f"{task}: {why}", tone="unsure")
    better = [change for change in comparison.changes if change.trend == "better"]
    ending = next((change for change in better if change.unit == "share"), None)
    text = f"{task} stays within the allowed changes"
    if ending is not None:
        text = f"{task}: {_why(ending)}"
    lower = [label_of(change) for change in better if change is not ending]
    if lower:
        text += f"; lower: {', '.join(lower)}"
    for change in _judged(comparison, "too short"):
        text += f"; {label_of(change)} is too short to judge"
    return Headline(word="NO REGRESSION", sentence=text, tone="good")


def _judged_effect(comparison: Comparison, trend: str) -> Iterator[str]:
    """Yield the text of the effect if it is judged and has this trend."""
    effect = comparison.effect
    if effect is not None and effect.judged and effect.trend == trend:
        yield "; ".join(effect_lines(effect)[:2])


def effect_lines(effect: EffectComparison) -> list[str]:
    """Return the result for the effect, and a line for each limetype that differs."""
    return [one_line(effect.why, 300), *map(_difference, effect.differences)]


def _difference(difference: LimetypeDifference) -> str:
    texts = [
        f"{one_line(name, 60)} differs in {_rows(rows, difference.exact)}"
        for name, rows in difference.properties.items()
    ]
    if difference.missing:
        texts.append(f"{_rows(difference.missing)} fewer")
    if difference.added:
        texts.append(f"{_rows(difference.added)} more")
    return one_line(f"{difference.limetype}: {', '.join(texts)}", 300)


def _rows(count: int, exact: bool = True) -> str:
    """Return a number of rows; an estimate has two digits."""
    shown = count if exact else int(float(f"{count:.1e}"))
    about = "" if exact else "about "
    return f"{about}{format_count(shown)} row{'s' * (shown != 1)}"


def _judged(comparison: Comparison, trend: Trend) -> list[FigureChange]:
    """Return the figures with a limit that have this trend."""
    return [
        change
        for change in comparison.changes
        if change.trend == trend and change.allowed is not None
    ]


def _why(change: FigureChange) -> str:
    """Return the reason; for the ending, the reason alone is enough."""
    why = one_line(change.why, 200)
    return why if change.unit == "share" else f"{label_of(change)}: {why}"


def _regression_text(change: FigureChange) -> str:
    text = text_of(change)
    if change.unit == "share":
        return _why(change)
    return f"{text.label} {text.change}, from {text.base} to {text.new}"


def change_texts(comparison: Comparison) -> Iterator[ChangeText]:
    """Yield the texts of the figures, and of the ending if it changed."""
    for change in comparison.changes:
        if change.unit != "share" or change.trend != "same":
            yield text_of(change)


def reasons(comparison: Comparison) -> Iterator[ChangeText]:
    """Yield the figures that need a reason or vary, unless their row says why."""
    for text in change_texts(comparison):
        is_shown = text.base == text.new == NOT_MEASURED
        needs_reason = text.trend in ("regression", "unknown", "too short")
        if (needs_reason or text.is_range) and not is_shown:
            yield text


def text_of(change: FigureChange) -> ChangeText:
    """Return the texts of one figure of both records."""
    return ChangeText(
        label=label_of(change),
        base=_figure(change.base, change.unit),
        new=_figure(change.new, change.unit),
        change=_change(change),
        allowed=_allowed(change),
        trend=change.trend,
        word=_WORDS.get(change.trend, "") if change.allowed is not None else "",
        why=f"{one_line(change.why, 200)}{_range(change)}",
        is_range=change.ratio_range is not None,
    )


def label_of(change: FigureChange) -> str:
    """Return the name of a figure for readers."""
    return "task memory" if change.name == "memory" else one_line(change.name, 40)


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return NOT_MEASURED
    if unit == "share":
        return f"{value:.0%} of runs"
    return format_count(value) if unit == "count" else figure(value, unit)


def _change(change: FigureChange) -> str:
    base, new = change.base, change.new
    if base is None or new is None or change.unit == "share":
        return ""
    if change.ratio is None:
        return (
            "no change" if base == new else f"{_figure(new - base, change.unit)} more"
        )
    if change.trend == "too short":
        return "not judged"
    if abs(change.ratio - 1) < _SMALL:
        return "no change" if base == new else "under 0.1 %"
    return _ratio(change.ratio)


def _ratio(ratio: float) -> str:
    return f"{ratio:.1f} times" if ratio >= 2 else f"{(ratio - 1) * 100:+.1f} %"


def _range(change: FigureChange) -> str:
    """Return the range of the change and how sure it is; "" if there is none."""
    ratios = change.ratio_range
    if ratios is None:
        return ""
    return f"; {_ratio(ratios.low)} to {_ratio(ratios.high)}, {ratios.certainty * 100:.0f} % sure"


def _allowed(change: FigureChange) -> str:
    if change.allowed is None or change.unit == "share":
        return ""
    return f"+{change.allowed * 100:g} %"


def notes(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield a label and a line for each difference of inputs, config and findings."""
    for index, difference in enumerate(comparison.unlike):
        yield ("" if index else "differs"), one_line(difference, 300)
    effect = comparison.effect
    for index, line in enumerate(() if effect is None else effect_lines(effect)):
        yield ("" if index else "effect"), line
    for index, key in enumerate(comparison.config):
        text = f"{key.key}: {_value(key.base)} -> {_value(key.new)}"
        yield ("" if index else "config"), one_line(text, 300)
    for label, titles in (
        ("found", comparison.findings_new),
        ("resolved", comparison.findings_gone),
    ):
        for index, title in enumerate(titles):
            yield ("" if index else label), one_line(title, 200)


def _value(value: object) -> str:
    return "not set" if value is None else one_line(str(value), 100)


def sides(comparison: Comparison) -> tuple[str, str]:
    """Return a line that describes each of the two records."""
    lines = []
    for side in (comparison.base, comparison.new):
        runs = f"{side.runs} run" + ("" if side.runs == 1 else "s")
        lines.append(
            f"{one_line(side.started_at, 40)}, {runs}, "
            f"{one_line(side.verdict or 'no verdict', 20)}, "
            f"limerun {one_line(side.limerun_version, 20)}"
        )
    return lines[0], lines[1]
