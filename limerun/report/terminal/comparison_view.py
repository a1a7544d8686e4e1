"""Print a comparison of two records on one screen."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from limerun.records import Comparison, Trend
from limerun.report.content.comparison_text import (
    CHANGE_HEADS,
    ChangeText,
    change_texts,
    comparison_headline,
    notes,
    reasons,
    sides,
)
from limerun.report.terminal.screen import Screen, show_headline

_STYLES: dict[Trend, str] = {
    "same": "",
    "better": "green",
    "worse": "",
    "regression": "red",
    "unknown": "yellow",
    "too short": "dim",
}
_LABEL = 8


def render_comparison(
    comparison: Comparison, console: Console, outputs: Sequence[str] = ()
) -> None:
    """Print a comparison, most important parts first."""
    screen = Screen(console, str(Path.cwd()))
    show_headline(screen, comparison_headline(comparison))
    show_changes(screen, comparison)
    if outputs:
        screen.gap()
        screen.pairs([("written", ", ".join(outputs))], _LABEL)


def show_changes(screen: Screen, comparison: Comparison) -> None:
    """Print the figures of both records, the reasons and other differences."""
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    table.add_column("", no_wrap=True)
    first, *others = CHANGE_HEADS
    table.add_column(first, overflow="fold")
    for head in others:
        table.add_column(head, justify="right")
    for text in change_texts(comparison):
        style = _STYLES[text.trend]
        table.add_row(
            screen.text(_mark(screen, text), style),
            screen.cell(text.label),
            screen.cell(text.base),
            screen.cell(text.new),
            screen.cell(text.change, style),
            screen.cell(text.allowed, "dim"),
        )
    screen.gap()
    screen.line(table)
    explained = tuple(reasons(comparison))
    base, new = sides(comparison)
    screen.gap()
    screen.pairs(
        [
            *((text.label, text.why) for text in explained),
            ("baseline", base),
            ("new", new),
            *notes(comparison),
        ],
        max([_LABEL, *(len(text.label) for text in explained)]),
    )


def _mark(screen: Screen, text: ChangeText) -> str:
    if text.trend == "regression":
        return screen.glyphs.failed
    if text.trend == "unknown":
        return screen.glyphs.unknown
    is_judged = text.allowed and text.trend != "too short"
    return screen.glyphs.passed if is_judged else screen.glyphs.note
