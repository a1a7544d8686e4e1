"""Show what is going on while a task is measured: alive, in plain lines, or not."""

import time
from collections.abc import Callable, Iterator
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.text import Text

from limerun.cli.live_figures import Figures
from limerun.config.secret_values import known
from limerun.progress import Phase, Progress
from limerun.report.content.safe_text import one_line
from limerun.report.terminal.drawing import bar, curve
from limerun.report.terminal.screen import Screen
from limerun.units import format_duration, format_size

REFRESHES_A_SECOND = 8
PLAIN_SECONDS = 10.0
_BAR_WIDTH = 26
_NARROW = 72
_NEAR = 0.75
"""Of the budget: from here on the bar is amber."""

Clock = Callable[[], float]
Past = dict[Phase, tuple[str, float]]
"""Phases that are over: what each was about, and its seconds, all times together."""


class View(Progress):
    """Progress within a `with`; shows nothing by itself."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the view, whatever happened."""


QuietView = View


def choose_view(console: Console, *, quiet: bool, budget_bytes: int | None) -> "View":
    """Return the view that fits where the talk goes.

    FORCE_COLOR makes Rich take a log file for a terminal; a live view would fill
    that with control codes, so the file itself is asked.
    """
    if quiet:
        return QuietView()
    is_terminal = getattr(console.file, "isatty", lambda: False)()
    if is_terminal and console.is_terminal and not console.is_dumb_terminal:
        return LiveView(console, budget_bytes=budget_bytes)
    return PlainView(console, budget_bytes=budget_bytes)


class _FigureView(View):
    """Keeps what is heard of a run, to show it on a console."""

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Keep the console to print on; `clock` returns seconds."""
        self._screen = Screen(console, "")
        self._figures = Figures(budget_bytes, clock)

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Keep it."""
        self._figures.rows_made(what, done, total)

    def baseline(self, rss_bytes: int) -> None:
        """Keep it."""
        self._figures.baseline_bytes = rss_bytes

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Keep it."""
        self._figures.sample(t_seconds, rss_bytes)

    def rows_done(self, done: int, total: int | None) -> None:
        """Keep it."""
        self._figures.rows_done(done, total)


class PlainView(_FigureView):
    """A line for each change of phase, and one now and then while the task runs."""

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Print on a console; `clock` returns seconds."""
        super().__init__(console, budget_bytes=budget_bytes, clock=clock)
        self._clock = clock
        self._due = clock() + PLAIN_SECONDS

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Say which phase begins."""
        if phase != self._figures.phase:
            self._say(f"{phase}: {one_line(detail, 200)}" if detail else phase)
        self._figures.begin(phase, detail)
        self._due = self._clock() + PLAIN_SECONDS

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Say now and then how far the dataset is."""
        super().rows_made(what, done, total)
        self._say_if_due()

    def baseline(self, rss_bytes: int) -> None:
        """Say what the idle worker takes."""
        super().baseline(rss_bytes)
        self._say(f"idle worker: {format_size(rss_bytes)}")

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Say now and then what the task takes."""
        super().sample(t_seconds, rss_bytes)
        self._say_if_due()

    def note(self, text: str) -> None:
        """Say it."""
        self._say(one_line(known.conceal(text)))

    def _say_if_due(self) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + PLAIN_SECONDS
        figures = self._figures
        told = [figures.made_text() if figures.phase == "dataset" else None]
        if figures.phase == "running":
            told = [figures.rows_text(), figures.memory_text(), figures.left_text()]
        parts = [format_duration(figures.elapsed()), *filter(None, told)]
        self._say(f"{figures.phase}: {', '.join(parts)}")

    def _say(self, text: str) -> None:
        self._screen.console.print(self._screen.text(text), soft_wrap=True)


class LiveView(_FigureView):
    """A few lines that are redrawn in place, and are gone at the end.

    What is heard is only kept; drawing happens in Rich's thread, a few times a
    second, so that listening to the watcher is not slowed.
    """

    def __init__(
        self,
        console: Console,
        *,
        budget_bytes: int | None,
        clock: Clock = time.monotonic,
    ) -> None:
        """Draw on a console; `clock` returns seconds."""
        super().__init__(console, budget_bytes=budget_bytes, clock=clock)
        self._past: Past = {}
        self._live = Live(
            console=console,
            refresh_per_second=REFRESHES_A_SECOND,
            transient=True,
            get_renderable=self.draw,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the view off the screen."""
        self._live.stop()

    def phase(self, phase: Phase, detail: str = "") -> None:
        """Put the phase before among those that are over."""
        figures = self._figures
        if figures.phase is not None:
            told = figures.made_text() if figures.phase == "dataset" else ""
            _, before = self._past.get(figures.phase, ("", 0.0))
            over = (told or figures.detail, before + figures.elapsed())
            self._past = {**self._past, figures.phase: over}
        figures.begin(phase, detail)

    def note(self, text: str) -> None:
        """Print it above the view, where it stays."""
        self._screen.console.print(
            self._screen.text(one_line(known.conceal(text)), "dim")
        )

    # --- drawing ----------------------------------------------------------------

    def draw(self) -> RenderableType:
        """Return the view as of now."""
        figures, glyphs = self._figures, self._screen.glyphs
        lines = [
            self._line(glyphs.passed, "green", phase, told, seconds)
            for phase, (told, seconds) in self._past.items()
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
        self, mark: str, style: str, phase: str, told: str, seconds: float
    ) -> Text:
        line = self._screen.text(f"{mark} ", f"bold {style}")
        line.append_text(self._screen.text(f"{phase:<9}", "bold"))
        line.append_text(self._screen.text(f"{format_duration(seconds):>8}  "))
        return self._cut(line.append_text(self._screen.text(told, "dim")))

    def _cut(self, line: Text) -> Text:
        line.no_wrap = True
        line.overflow = "crop"
        return line

    def _measure(self, label: str, share: float | None, style: str, told: str) -> Text:
        line = self._screen.text(f"  {label:<9}", "dim")
        if share is not None and self._screen.console.width >= _NARROW:
            filled, rest = bar(share, _BAR_WIDTH, self._screen.glyphs)
            line.append(filled, style).append(rest, "dim").append("  ")
        return self._cut(line.append_text(self._screen.text(told)))

    def _draw_dataset(self) -> Iterator[Text]:
        figures = self._figures
        told = figures.made_text()
        if figures.made is not None and told is not None:
            _, done, total = figures.made
            yield self._measure("rows", done / total if total else 1.0, "cyan", told)

    def _draw_rows(self) -> Iterator[Text]:
        figures = self._figures
        told = figures.rows_text()
        if figures.rows is None or told is None:
            return
        done, total = figures.rows
        left = figures.left_text()
        text = told if left is None else f"{told}, {left}"
        yield self._measure("rows", done / total if total else None, "cyan", text)

    def _draw_memory(self) -> Iterator[Text]:
        figures = self._figures
        memory, told = figures.memory_bytes(), figures.memory_text()
        if memory is None or told is None:
            return
        budget = figures.budget_bytes
        share = memory / budget if budget else None
        style = _memory_style(share or 0.0)
        percent = f"  {share * 100:.0f} %" if share is not None else ""
        yield self._measure("memory", share, style, told + percent)
        recent = figures.recent_memory()
        top = max(*recent, budget or 0, 1)
        if len(recent) > 1:
            [drawn] = curve(recent, top, 1, self._screen.glyphs)
            line = Text(" " * 11).append(drawn, style)
            yield self._cut(line)


def _memory_style(share: float) -> str:
    if share > 1:
        return "red"
    return "yellow" if share > _NEAR else "green"
