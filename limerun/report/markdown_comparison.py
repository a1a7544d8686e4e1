"""Tell what changed between two records as Markdown. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import Comparison, Trend
from limerun.report.compared import (
    change_texts,
    comparison_headline,
    notes,
    reasons,
    sides,
)
from limerun.report.escaping import escape

_MARKS: dict[Trend, str] = {
    "same": "",
    "better": "⬇️",
    "worse": "⬆️",
    "regression": "❌",
    "unknown": "⚠️",
}
_TONES = {"good": "✅", "bad": "❌", "unsure": "⚠️", "neutral": "▶️"}
_NOTES = 100


def render(comparison: Comparison) -> str:
    """Return the comparison as GitHub and GitLab show it, well under 60 KiB."""
    line = comparison_headline(comparison)
    head = f"### {_TONES[line.tone]} {line.word}\n\n{escape(line.sentence, 800)}\n"
    return "\n".join((head, *comparison_blocks(comparison)))


def comparison_blocks(comparison: Comparison) -> Iterator[str]:
    """Yield the figures of both sides, and what else is to be known."""
    rows = [
        (
            _MARKS[text.trend],
            escape(text.label, 60),
            text.base,
            text.new,
            text.change,
            text.allowed,
        )
        for text in change_texts(comparison)
    ]
    yield table(["", "figure", "base:", "new:", "change:", "may grow:"], rows)
    told = [
        f"- {escape(text.label, 60)}: {escape(text.why, 300)}\n"
        for text in reasons(comparison)
    ]
    base, new = sides(comparison)
    told += [f"- base: {escape(base, 200)}\n", f"- new: {escape(new, 200)}\n"]
    last = ""
    for label, line in list(notes(comparison))[:_NOTES]:
        last = label or last
        told.append(f"- {last}: {escape(line, 400)}\n")
    yield "".join(told)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; a head that ends in ":" makes a column of figures."""
    rules = ["--:" if head.endswith(":") else "---" for head in heads]
    names = [head.removesuffix(":") for head in heads]
    lines = [names, rules, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
