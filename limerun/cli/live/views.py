"""Show progress while a task is measured: a live view, plain lines, or nothing."""

import time
from collections.abc import Callable, Iterator
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.text import Text

from limerun.cli.console import can_redraw
from limerun.cli.live.figures import Figures
from limerun.config.secret_values import known
from limerun.progress import Phase, Progress
from limerun.report.content.safe_text import one_line
from limerun.report.terminal.drawing import bar, curve
from limerun.report.terminal.screen import Screen
from limerun.units import format_duration, format_size

REFRESHES_PER_SECOND = 8
PLAIN_SECONDS = 10.0
_BAR_WIDTH = 26
_NARROW = 72
_NEAR_BUDGET = 0.75
"""The bar turns yellow at this share of the budget."""

Clock = Callable[[], float]
FinishedPhases = dict[Phase, tuple[str, float]]
"""The detail and the total seconds of each finished phase."""


class View(Progress):
    """A progress view, used in a `with` statement; this base class shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Close the view, even after an error."""


QuietView = View


def choose_view(console: Console, *, quiet: bool, budget_bytes: int | None) -> "View":
    """Return the view that suits the console."""
    if quiet:
        return View()
    if can_redraw(console):
        return LiveView(console, budget_bytes=budget_bytes)
    return PlainView(console, budget_bytes=budget_bytes)


class _FigureView(View):
    """Stores the figures of a run, to show them on a console."""

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Store the console to print on; `clock` returns seconds."""
        self._screen = Screen(console, "")
        self._figures = Figures(budget_bytes, clock)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Store how many rows of the dataset have been generated."""
        self._figures.rows_made(what, done, total)

    def baseline(self, rss_bytes: int) -> None:
        """Store the idle worker's memory."""
        self._figures.baseline_bytes = rss_bytes

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Store how much memory the task uses."""
        self._figures.sample(t_seconds, rss_bytes)

    def rows_done(self, done: int, total: int | None) -> None:
        """Store how many rows the task has read."""
        self._figures.rows_done(done, total)


class PlainView(_FigureView):
    """Prints a line for each new phase, and another line every few seconds."""

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Store the console to print on; `clock` returns seconds."""
        super().__init__(console, budget_bytes=budget_bytes, clock=clock)
        self._clock = clock
        self._due = clock() + PLAIN_SECONDS

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Print the name of the phase that starts."""
        if phase != self._figures.phase:
            self._print(f"{phase}: {one_line(detail, 200)}" if detail else phase)
        self._figures.begin(phase, detail)
        self._due = self._clock() + PLAIN_SECONDS

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Print every few seconds how many rows of the dataset have been generated."""
        super().rows_made(what, done, total)
        self._print_if_due()

    def baseline(self, rss_bytes: int) -> None:
        """Print the idle worker's memory."""
        super().baseline(rss_bytes)
        self._print(f"idle worker: {format_size(rss_bytes)}")

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Print every few seconds how much memory the task uses."""
        super().sample(t_seconds, rss_bytes)
        self._print_if_due()

    def note(self, text: str) -> None:
        """Print a note."""
        self._print(one_line(known.conceal(text)))

    def _print_if_due(self) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + PLAIN_SECONDS
        figures = self._figures
        texts = [figures.made_text() if figures.phase == "dataset" else None]
        if figures.phase == "running":
            texts = [figures.rows_text(), figures.memory_text(), figures.left_text()]
        parts = [format_duration(figures.elapsed()), *filter(None, texts)]
        self._print(f"{figures.phase}: {', '.join(parts)}")

    def _print(self, text: str) -> None:
        self._screen.console.print(self._screen.text(text), soft_wrap=True)


class LiveView(_FigureView):
    """A few lines that are redrawn in place and disappear at the end.

    The methods only store what they receive. Rich's thread draws a few times a
    second, so that drawing does not delay reading from the watcher.
    """

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Start to draw on the console; `clock` returns seconds."""
        super().__init__(console, budget_bytes=budget_bytes, clock=clock)
        self._finished: FinishedPhases = {}
        self._live = Live(
            console=console,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
            get_renderable=self.draw,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the view from the screen."""
        self._live.stop()

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Add the previous phase to the finished ones, and start this one."""
        figures = self._figures
        if figures.phase is not None:
            made = figures.made_text() if figures.phase == "dataset" else ""
            _, before = self._finished.get(figures.phase, ("", 0.0))
            finished = (made or figures.detail, before + figures.elapsed())
            self._finished = {**self._finished, figures.phase: finished}
        figures.begin(phase, detail)

    def note(self, text: str) -> None:
        """Print a note above the view, where it stays."""
        self._screen.console.print(
            self._screen.text(one_line(known.conceal(text)), "dim")
        )

    # --- drawing ----------------------------------------------------------------

    def draw(self) -> RenderableType:
        """Return what the view shows at this moment."""
        figures, glyphs = self._figures, self._screen.glyphs
        lines = [
            self._line(glyphs.passed, "green", phase, text, seconds)
            for phase, (text, seconds) in self._finished.items()
            if phase != figures.phase
        ]
        if figures.phase is not None:
            lines.append(
                self._line(
                    glyphs.dot, "cyan", figures.phase, figures.detail, figures.elapsed()
                )
            )
        if figures.phase == "dataset":
            lines.extend(self._draw_dataset())
        if figures.phase == "running":
            lines.extend(self._draw_rows())
            lines.extend(self._draw_memory())
        return Padding(Group(*lines), (1, 0, 0, 1))

    def _line(
        self, mark: str, style: str, phase: str, text: str, seconds: float
    ) -> Text:
        line = self._screen.text(f"{mark} ", f"bold {style}")
        line.append_text(self._screen.text(f"{phase:<9}", "bold"))
        line.append_text(self._screen.text(f"{format_duration(seconds):>8}  "))
        return self._cut(line.append_text(self._screen.text(text, "dim")))

    def _cut(self, line: Text) -> Text:
        line.no_wrap = True
        line.overflow = "crop"
        return line

    def _gauge(self, label: str, share: float | None, style: str, text: str) -> Text:
        line = self._screen.text(f"  {label:<9}", "dim")
        if share is not None and self._screen.console.width >= _NARROW:
            filled, rest = bar(share, _BAR_WIDTH, self._screen.glyphs)
            line.append(filled, style).append(rest, "dim").append("  ")
        return self._cut(line.append_text(self._screen.text(text)))

    def _draw_dataset(self) -> Iterator[Text]:
        figures = self._figures
        text = figures.made_text()
        if figures.made is not None and text is not None:
            _, done, total = figures.made
            yield self._gauge("rows", done / total if total else 1.0, "cyan", text)

    def _draw_rows(self) -> Iterator[Text]:
        figures = self._figures
        rows, left = figures.rows_text(), figures.left_text()
        if figures.rows is None or rows is None:
            return
        done, total = figures.rows
        text = rows if left is None else f"{rows}, {left}"
        yield self._gauge("rows", done / total if total else None, "cyan", text)

    def _draw_memory(self) -> Iterator[Text]:
        figures = self._figures
        memory, text = figures.memory_bytes(), figures.memory_text()
        if memory is None or text is None:
            return
        budget = figures.budget_bytes
        share = memory / budget if budget else None
        style = _memory_style(share or 0.0)
        percent = f"  {share * 100:.0f} %" if share is not None else ""
        yield self._gauge("memory", share, style, text + percent)
        recent = figures.recent_memory()
        top = max(*recent, budget or 0, 1)
        if len(recent) > 1:
            [drawn] = curve(recent, top, 1, self._screen.glyphs)
            line = Text(" " * 11).append(drawn, style)
            yield self._cut(line)


def _memory_style(share: float) -> str:
    if share > 1:
        return "red"
    return "yellow" if share > _NEAR_BUDGET else "green"
