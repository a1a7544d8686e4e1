"""Show how far a dataset is: a bar on a terminal, else a line now and then."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from limerun.config.secret_values import known
from limerun.progress import Phase, Progress
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration

PLAIN_SECONDS = 10.0
_TRUSTED_SECONDS = 1.0
"""A pace of less than this is more surprise than help."""

Clock = Callable[[], float]


class MakingProgress(Progress):
    """Keeps how many rows of a phase are made, how fast, and how long the rest takes.

    Args:
        totals: The rows of each phase; a phase without rows is missing.
        clock: Tells seconds.
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
        """Rows that were there when the first were heard of: not of this run."""

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Begin a phase."""
        self.name, self.what = phase, detail
        self._began = self._clock()
        self._done, self._first = {}, None

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Keep how far a table or source is."""
        if self._first is None:
            self._began, self._first = self._clock(), done
        self.what = what
        self._done[what] = done

    @property
    def done(self) -> int:
        """Rows made in this phase."""
        return sum(self._done.values())

    @property
    def total(self) -> int | None:
        """Rows of this phase; None: it makes none."""
        return self._totals.get(self.name or "")

    def elapsed(self) -> float:
        """Return seconds since the phase, or its first rows."""
        return self._clock() - self._began

    def text(self) -> str:
        """Return rows, pace and what is left, as far as they are known."""
        if self.total is None:
            return format_duration(self.elapsed())
        told = f"{format_count(self.done)} of {format_count(self.total)} rows"
        seconds, made = self.elapsed(), self.done - (self._first or 0)
        if seconds < _TRUSTED_SECONDS or made <= 0:
            return told
        pace = made / seconds
        left = format_duration(round((self.total - self.done) / pace))
        return f"{told}, {format_count(round(pace))} a second, about {left} left"


class PlainMaking(MakingProgress):
    """A line for each phase, and one now and then."""

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
        """Say which phase begins."""
        super().phase(phase, detail)
        self._due = self._clock() + PLAIN_SECONDS
        self.note(f"{phase}: {detail}" if detail else phase)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Say now and then how far it is."""
        super().rows_made(what, done, total)
        if self._clock() >= self._due:
            self._due = self._clock() + PLAIN_SECONDS
            self.note(f"{self.name}: {what}: {self.text()}")

    def note(self, text: str) -> None:
        """Say it."""
        self._console.print(one_line(known.conceal(text)), markup=False, soft_wrap=True)


class BarMaking(MakingProgress):
    """A bar that is redrawn in place, and a line for each phase that is over."""

    def __init__(self, bars: Bars, totals: Mapping[str, int]) -> None:
        super().__init__(totals)
        self._bars = bars
        self._task = bars.add_task("", total=None, told="")

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Begin the bar anew."""
        super().phase(phase, detail)
        self._bars.reset(self._task, total=self.total, description=phase, told=detail)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Move the bar."""
        super().rows_made(what, done, total)
        told = f"{one_line(what, 30)}: {self.text()}"
        self._bars.update(self._task, completed=self.done, told=told)

    def note(self, text: str) -> None:
        """Say it above the bar."""
        self._bars.console.print(one_line(known.conceal(text)), markup=False)


@contextmanager
def shown_making(
    console: Console, totals: Mapping[str, int], *, quiet: bool
) -> Iterator[Progress]:
    """Yield the progress view that fits the console."""
    is_terminal = getattr(console.file, "isatty", lambda: False)()
    if quiet:
        yield Progress()
    elif not is_terminal or not console.is_terminal or console.is_dumb_terminal:
        yield PlainMaking(console, totals)
    else:
        columns = (
            TextColumn("{task.description:<9}", markup=False),
            BarColumn(bar_width=26),
            TextColumn("{task.fields[told]}", markup=False),
        )
        with Bars(*columns, console=console, transient=True) as bars:
            yield BarMaking(bars, totals)
