"""Render a comparison of two records as Markdown. Pure."""

from collections.abc import Iterator

from limerun.records import Comparison, Trend
from limerun.report.content.comparison_text import (
    CHANGE_HEADS,
    change_texts,
    comparison_headline,
    notes,
    reasons,
    sides,
)
from limerun.report.formats.markdown_escaping import escape
from limerun.report.formats.markdown_table import draw_table

_MARKS: dict[Trend, str] = {
    "same": "",
    "better": "⬇️",
    "worse": "⬆️",
    "regression": "❌",
    "unknown": "⚠️",
    "too short": "➖",  # noqa: RUF001 - this sign is intended
}
_TONES = {"good": "✅", "bad": "❌", "unsure": "⚠️", "neutral": "▶️"}
_NOTES = 100


def render(comparison: Comparison) -> str:
    """Return the comparison as Markdown for GitHub and GitLab, under 60 KiB."""
    line = comparison_headline(comparison)
    head = f"### {_TONES[line.tone]} {line.word}\n\n{escape(line.sentence, 800)}\n"
    return "\n".join((head, *comparison_blocks(comparison)))


def comparison_blocks(comparison: Comparison) -> Iterator[str]:
    """Yield the figures of both records, the reasons and other differences."""
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
    first, *figures = CHANGE_HEADS
    yield draw_table(["", first, *(f"{head}:" for head in figures)], rows)
    lines = [
        f"- {escape(text.label, 60)}: {escape(text.why, 300)}\n"
        for text in reasons(comparison)
    ]
    base, new = sides(comparison)
    lines += [f"- baseline: {escape(base, 200)}\n", f"- new: {escape(new, 200)}\n"]
    last = ""
    for label, line in list(notes(comparison))[:_NOTES]:
        last = label or last
        lines.append(f"- {last}: {escape(line, 400)}\n")
    yield "".join(lines)
