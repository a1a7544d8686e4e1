"""Print the history of each task: a table and two small curves."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from limerun.report.content.headlines import Tone
from limerun.report.content.history import HEADS, OTHER, TaskHistory
from limerun.report.terminal.drawing import Glyphs
from limerun.report.terminal.screen import Screen

_LAST = 20
"""Maximum number of records in a table; the curves show all records."""
_COLUMNS = 6
"""Maximum number of columns; a mark replaces the others, which would not fit."""
_WIDEST = 60
_STYLES: dict[Tone, str] = {
    "good": "green",
    "bad": "red",
    "unsure": "yellow",
    "neutral": "",
}


def render_histories(
    histories: Sequence[TaskHistory], console: Console, outputs: Sequence[str] = ()
) -> None:
    """Print each task's records, the newest last."""
    screen = Screen(console, str(Path.cwd()))
    for history in histories:
        screen.heading(
            history.task, "  ".join(filter(None, (history.config, history.variant)))
        )
        _show_table(screen, history)
        _show_curves(screen, history)
    if outputs:
        screen.gap()
        screen.pairs([("written", ", ".join(outputs))], 8)


def _show_table(screen: Screen, history: TaskHistory) -> None:
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    for index, head in enumerate(HEADS[:_COLUMNS]):
        table.add_column(head, justify="right" if index > 1 else "left")
    for entry in history.entries[-_LAST:]:
        when, word, *figures = entry.texts[:_COLUMNS]
        changed = f" {screen.glyphs.note}" if entry.is_other else ""
        table.add_row(
            screen.cell(when + changed),
            screen.cell(word, _STYLES[entry.tone]),
            *map(screen.cell, figures),
        )
    screen.line(table)
    earlier = len(history.entries) - _LAST
    if earlier > 0:
        screen.line(screen.text(f"and {earlier} earlier", "dim"))
    if any(entry.is_other for entry in history.entries[-_LAST:]):
        legend = f"{screen.glyphs.note} {OTHER} than before"
        screen.line(screen.text(legend, "dim"))


def _show_curves(screen: Screen, history: TaskHistory) -> None:
    if len(history.entries) < 2:
        return
    pairs = [
        ("memory", [entry.memory_bytes for entry in history.entries]),
        ("duration", [entry.duration_seconds for entry in history.entries]),
    ]
    screen.gap()
    screen.pairs(
        [(name, _sparks(values[-_WIDEST:], screen.glyphs)) for name, values in pairs], 8
    )


def _sparks(values: Sequence[float | None], glyphs: Glyphs) -> str:
    """Return one character per record, as high as its figure; "?" if not measured."""
    top = max((value for value in values if value is not None), default=0) or 1
    levels = glyphs.levels
    return "".join(
        "?" if value is None else levels[max(1, round(value / top * (len(levels) - 1)))]
        for value in values
    )
