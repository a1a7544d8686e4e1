"""A console for reports: safe text, supported characters, and lines that fit."""

import io
import os
import sys
from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from limerun.report.content.headlines import Headline, Tone
from limerun.report.content.safe_text import one_line, plain
from limerun.report.terminal.drawing import UNICODE, glyphs_for

LABEL_WIDTH = 9
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


class PatientConsole(Console):
    """A console that accepts a closed pipe: `limerun report r.json | head`.

    Rich would exit with code 1, which means an exceeded budget.
    """

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield the segments to print, without control codes in their text."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(plain(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Stop printing, and let the command end with its own exit code."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def make_console(stderr: bool, no_color: bool) -> Console:
    """Return the console for results (stdout) or for progress and warnings (stderr).

    NO_COLOR in the environment has the same effect as `no_color`. Characters that the
    stream's encoding lacks are printed as "?".
    """
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")
    return PatientConsole(
        stderr=stderr,
        no_color=no_color or None,
        highlight=False,
        markup=False,
        emoji=False,
    )


class Screen:
    """Prints parts of a report: indented, safe, and fitted to the console's width."""

    def __init__(self, console: Console, base: str) -> None:
        """Print on a console; paths are relative to the folder `base`."""
        self.console = console
        self.base = base
        self.glyphs = glyphs_for(console.encoding)
        self.width = console.width
        # With FORCE_COLOR, Rich treats a pipe as a terminal, so ask the file itself.
        self.is_terminal = bool(getattr(console.file, "isatty", lambda: False)())

    def text(self, text: str, style: str = "") -> Text:
        """Return text that is safe to print on this console."""
        return Text().append(self.encodable(plain(text)), style)

    def encodable(self, text: str) -> str:
        """Return text, with "?" in place of characters that the encoding lacks."""
        encoding = self.console.encoding
        return text.encode(encoding, "replace").decode(encoding)

    def cell(self, text: str, style: str = "") -> Text:
        """Return text for one line of a table cell, cut off at the column's width."""
        return self.cell_line(one_line(text), style)

    def line(self, content: RenderableType, indent: int = 2) -> None:
        """Print content with a left margin, wrapped at the console's width."""
        self.console.print(
            Padding(content, (0, 0, 0, indent), expand=False), highlight=False
        )

    def gap(self) -> None:
        """Print an empty line."""
        self.console.print()

    def heading(self, text: str, detail: str = "") -> None:
        """Print an empty line and a heading."""
        self.gap()
        heading = self.text(text, "bold")
        if detail:
            heading.append_text(self.text(f"  {detail}", "dim"))
        self.line(heading, 1)

    def pairs(self, pairs: Iterable[tuple[str, str]], label_width: int) -> None:
        """Print aligned labels and lines; an empty label continues the previous one."""
        table = Table.grid(padding=(0, 2), pad_edge=False)
        table.add_column(width=label_width, no_wrap=True)
        table.add_column(overflow="fold")
        for label, line in pairs:
            table.add_row(self.cell(label, "dim"), self.text(one_line(line)))
        self.line(table)

    def quote(self, lines: Iterable[str], style: str = "dim") -> None:
        """Print lines of the task's text, each cut off at the console's width."""
        for line in lines:
            self.line(self.cell_line(line, style), 4)

    def code(self, text: str) -> None:
        """Print code to be copied: lines are neither cut off nor wrapped."""
        for line in plain(text).split("\n"):
            self._unbroken(line, "green")

    def whole(self, text: str) -> None:
        """Print the task's text; its lines are wrapped only on a terminal."""
        for line in plain(text).split("\n"):
            if self.is_terminal:
                self.line(self.text(line, "dim"), 4)
            else:
                self._unbroken(line, "dim")

    def _unbroken(self, line: str, style: str) -> None:
        shown = Text(f"    {self.encodable(line)}", style=style)
        self.console.print(shown, soft_wrap=True, highlight=False)

    def cell_line(self, text: str, style: str) -> Text:
        """Return one line with its spaces, cut off at the console's width."""
        cell = Text(self.encodable(plain(text)), style=style, no_wrap=True)
        cell.overflow = "ellipsis" if self.glyphs is UNICODE else "crop"
        return cell


def show_headline(screen: Screen, line: Headline) -> None:
    """Print an empty line and the verdict."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    badge = screen.text(f" {line.word} ", _BADGES[line.tone])
    table.add_row(badge, screen.text(line.sentence, _TONES[line.tone]))
    screen.gap()
    screen.line(table, 1)
