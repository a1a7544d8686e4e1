"""Show the number of generated rows: as a bar on a terminal, otherwise as lines."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from limerun.cli.console import can_redraw
from limerun.config.secret_values import known
from limerun.progress import Phase, Progress
from limerun.report.content.safe_text import one_line
from limerun.report.terminal.screen import make_console
from limerun.units import format_count, format_duration

PLAIN_SECONDS = 10.0
_MIN_RATE_SECONDS = 1.0
"""Before this time has passed, the rate varies too much to be useful."""

Clock = Callable[[], float]


class RowProgress(Progress):
    """Counts the rows generated in a phase; computes the rate and the time left.

    Args:
        totals: The rows of each phase that makes rows.
        clock: Returns seconds.
    """

    def __init__(
        self, totals: Mapping[str, int], clock: Clock = time.monotonic
    ) -> None:
        self._totals = totals
        self._clock = clock
        self.name: Phase | None = None
        self.what = ""
        self._began = clock()
        self._done: dict[str, int] = {}
        self._first: int | None = None
        """Rows in the first report: an earlier run may have generated them."""

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Start a phase."""
        self.name, self.what = phase, detail
        self._began = self._clock()
        self._done, self._first = {}, None

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Store how many rows of a table or source have been generated."""
        if self._first is None:
            self._began, self._first = self._clock(), done
        self.what = what
        self._done[what] = done

    @property
    def done(self) -> int:
        """Rows generated in this phase."""
        return sum(self._done.values())

    @property
    def total(self) -> int | None:
        """Rows to generate in this phase; None if it generates no rows."""
        return self._totals.get(self.name or "")

    def elapsed(self) -> float:
        """Return the seconds since the phase, or its first rows, started."""
        return self._clock() - self._began

    def text(self) -> str:
        """Return the rows generated, the rate and the remaining time, if known."""
        if self.total is None:
            return format_duration(self.elapsed())
        rows = f"{format_count(self.done)} of {format_count(self.total)} rows"
        seconds, made = self.elapsed(), self.done - (self._first or 0)
        if seconds < _MIN_RATE_SECONDS or made <= 0:
            return rows
        rate = made / seconds
        left = format_duration(round((self.total - self.done) / rate))
        return f"{rows}, {format_count(round(rate))} a second, about {left} left"


class PlainRowProgress(RowProgress):
    """Prints a line for each phase, and one every few seconds."""

    def __init__(
        self,
        console: Console,
        totals: Mapping[str, int],
        clock: Clock = time.monotonic,
    ) -> None:
        super().__init__(totals, clock)
        self._console = console
        self._due = clock() + PLAIN_SECONDS

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Print the name of the phase that starts."""
        super().phase(phase, detail)
        self._due = self._clock() + PLAIN_SECONDS
        self.note(f"{phase}: {detail}" if detail else phase)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Print the number of generated rows every few seconds."""
        super().rows_made(what, done, total)
        if self._clock() >= self._due:
            self._due = self._clock() + PLAIN_SECONDS
            self.note(f"{self.name}: {what}: {self.text()}")

    def note(self, text: str) -> None:
        """Print a note."""
        self._console.print(one_line(known.conceal(text)), markup=False, soft_wrap=True)


class BarRowProgress(RowProgress):
    """A bar that is redrawn in place."""

    def __init__(self, bars: Bars, totals: Mapping[str, int]) -> None:
        super().__init__(totals)
        self._bars = bars
        self._task = bars.add_task("", total=None, text="")

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Restart the bar for a new phase."""
        super().phase(phase, detail)
        self._bars.reset(self._task, total=self.total, description=phase, text=detail)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Move the bar."""
        super().rows_made(what, done, total)
        text = f"{one_line(what, 30)}: {self.text()}"
        self._bars.update(self._task, completed=self.done, text=text)

    def note(self, text: str) -> None:
        """Print a note above the bar."""
        self._bars.console.print(one_line(known.conceal(text)), markup=False)


@contextmanager
def show_row_progress(
    *, quiet: bool, no_color: bool, totals: Mapping[str, int] = MappingProxyType({})
) -> Iterator[Progress]:
    """Yield the progress view that suits stderr."""
    console = make_console(stderr=True, no_color=no_color)
    if quiet:
        yield Progress()
    elif not can_redraw(console):
        yield PlainRowProgress(console, totals)
    else:
        columns = (
            TextColumn("{task.description:<9}", markup=False),
            BarColumn(bar_width=26),
            TextColumn("{task.fields[text]}", markup=False),
        )
        with Bars(*columns, console=console, transient=True) as bars:
            yield BarRowProgress(bars, totals)
