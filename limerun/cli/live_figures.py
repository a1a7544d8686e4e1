"""What a view has heard so far: rows, memory, and how long it may still take."""

from collections import deque
from collections.abc import Callable, Sequence

from limerun.measure.pace import TaskPace
from limerun.progress import Phase
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration, format_size

STRETCH_SECONDS = 0.25
STRETCHES = 48

Clock = Callable[[], float]


class Figures:
    """Keeps what is heard, cheaply: samples come a hundred times a second.

    Sizes are bytes above the idle worker once its baseline is known.
    """

    def __init__(self, budget_bytes: int | None, clock: Clock) -> None:
        self.budget_bytes = budget_bytes
        self._clock = clock
        self.phase: Phase | None = None
        self.detail = ""
        self._began = clock()
        self.baseline_bytes: int | None = None
        self._forget()

    def _forget(self) -> None:
        self._rss_bytes: int | None = None
        self._stretch_ends = 0.0
        self._highest: deque[int] = deque(maxlen=STRETCHES)
        self.rows: tuple[int, int | None] | None = None
        self._pace = TaskPace()
        self.made: tuple[str, int, int] | None = None
        self._made_began = 0.0

    def begin(self, phase: Phase, detail: str) -> None:
        """Begin a phase: what was heard in the one before is over."""
        self.phase, self.detail = phase, one_line(detail, 100)
        self._began = self._clock()
        self._forget()

    def elapsed(self) -> float:
        """Return seconds since the phase began."""
        return self._clock() - self._began

    # --- memory ---------------------------------------------------------------

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Keep the last sample, and the highest of each stretch of time."""
        self._rss_bytes = rss_bytes
        if t_seconds >= self._stretch_ends or not self._highest:
            self._stretch_ends = t_seconds + STRETCH_SECONDS
            self._highest.append(rss_bytes)
        elif rss_bytes > self._highest[-1]:
            self._highest[-1] = rss_bytes

    def memory_bytes(self) -> int | None:
        """Return what the task takes now; None before the first sample."""
        return None if self._rss_bytes is None else self._above(self._rss_bytes)

    def recent_memory(self) -> Sequence[int]:
        """Return the highest memory of each of the last stretches, oldest first."""
        return [self._above(rss) for rss in list(self._highest)]

    def _above(self, rss_bytes: int) -> int:
        return max(0, rss_bytes - (self.baseline_bytes or 0))

    def memory_text(self) -> str | None:
        """Return memory now, with its budget if there is one."""
        memory = self.memory_bytes()
        if memory is None:
            return None
        if self.budget_bytes is None:
            return format_size(memory)
        return f"{format_size(memory)} of {format_size(self.budget_bytes)}"

    # --- rows -----------------------------------------------------------------

    def rows_done(self, done: int, total: int | None) -> None:
        """Keep how far the task is, and when it was there."""
        self.rows = (done, total)
        self._pace.mark(self.elapsed(), done)

    def rows_text(self) -> str | None:
        """Return rows done; None if none were seen."""
        if self.rows is None or not self.rows[0]:
            return None
        done, total = self.rows
        if not total:
            return f"{format_count(done)} rows"
        return f"{format_count(done)} of {format_count(total)} rows"

    def seconds_left(self) -> float | None:
        """Return how long the rest is likely to take; None if unknown."""
        _, total = self.rows or (0, None)
        whole = None if total is None else self._pace.whole(total)
        return None if whole is None else max(0.0, whole.likely - self.elapsed())

    def left_text(self) -> str | None:
        """Return how long the rest may take; None if unknown."""
        left = self.seconds_left()
        return None if left is None else f"about {format_duration(round(left))} left"

    # --- the dataset ----------------------------------------------------------

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Keep how many rows of a table or source are made."""
        if self.made is None or self.made[0] != what:
            self._made_began = self._clock()
        self.made = (what, done, total)

    def made_text(self) -> str | None:
        """Return rows made of the current table or source, and the pace."""
        if self.made is None:
            return None
        what, done, total = self.made
        told = f"{format_count(done)} of {format_count(total)} {one_line(what, 30)}"
        seconds = self._clock() - self._made_began
        if seconds > 0 and done:
            told += f", {format_count(round(done / seconds))} a second"
        return told
