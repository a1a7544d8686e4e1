"""Print a verdict: its word on a ground of its colour, then the sentence."""

from rich.table import Table

from limerun.report.headlines import Headline, Tone
from limerun.report.screen import Screen

_BADGES: dict[Tone, str] = {
    "good": "bold white on green",
    "bad": "bold white on red",
    "unsure": "bold black on yellow",
    "neutral": "bold white on blue",
}
_TONES: dict[Tone, str] = {
    "good": "bold green",
    "bad": "bold red",
    "unsure": "bold yellow",
    "neutral": "bold",
}


def show_headline(screen: Screen, line: Headline) -> None:
    """Print an empty line and the verdict."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    badge = screen.text(f" {line.word} ", _BADGES[line.tone])
    table.add_row(badge, screen.text(line.sentence, _TONES[line.tone]))
    screen.gap()
    screen.line(table, 1)
