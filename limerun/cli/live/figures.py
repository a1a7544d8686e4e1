"""The figures that a progress view shows: rows, memory and remaining time."""

from collections import deque
from collections.abc import Callable, Sequence

from limerun.measure.pace import TaskPace
from limerun.progress import Phase
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration, format_size

INTERVAL_SECONDS = 0.25
INTERVALS = 48

Clock = Callable[[], float]


class Figures:
    """Stores the figures of the current phase; cheap, as 100 samples a second arrive.

    Once the baseline is known, sizes are bytes above the idle worker.
    """

    def __init__(self, budget_bytes: int | None, clock: Clock) -> None:
        self.budget_bytes = budget_bytes
        self._clock = clock
        self.phase: Phase | None = None
        self.detail = ""
        self._began = clock()
        self.baseline_bytes: int | None = None
        self._reset()

    def _reset(self) -> None:
        self._rss_bytes: int | None = None
        self._interval_end = 0.0
        self._highest: deque[int] = deque(maxlen=INTERVALS)
        self.rows: tuple[int, int | None] | None = None
        self._pace = TaskPace()
        self.made: tuple[str, int, int] | None = None
        self._made_began = 0.0

    def begin(self, phase: Phase, detail: str) -> None:
        """Start a phase, and reset the figures of the previous one."""
        self.phase, self.detail = phase, one_line(detail, 100)
        self._began = self._clock()
        self._reset()

    def elapsed(self) -> float:
        """Return the seconds since the phase started."""
        return self._clock() - self._began

    # --- memory ---------------------------------------------------------------

    def sample(self, t_seconds: float, rss_bytes: int) -> None:
        """Store the latest sample, and the highest sample of each time interval."""
        self._rss_bytes = rss_bytes
        if t_seconds >= self._interval_end or not self._highest:
            self._interval_end = t_seconds + INTERVAL_SECONDS
            self._highest.append(rss_bytes)
        elif rss_bytes > self._highest[-1]:
            self._highest[-1] = rss_bytes

    def memory_bytes(self) -> int | None:
        """Return the task's current memory; None before the first sample."""
        return (
            None if self._rss_bytes is None else self._above_baseline(self._rss_bytes)
        )

    def recent_memory(self) -> Sequence[int]:
        """Return the highest memory of each recent time interval, oldest first."""
        return [self._above_baseline(rss) for rss in list(self._highest)]

    def _above_baseline(self, rss_bytes: int) -> int:
        return max(0, rss_bytes - (self.baseline_bytes or 0))

    def memory_text(self) -> str | None:
        """Return the current memory, and the budget if there is one."""
        memory = self.memory_bytes()
        if memory is None:
            return None
        if self.budget_bytes is None:
            return format_size(memory)
        return f"{format_size(memory)} of {format_size(self.budget_bytes)}"

    # --- rows -----------------------------------------------------------------

    def rows_done(self, done: int, total: int | None) -> None:
        """Store how many rows the task has read, and the time."""
        self.rows = (done, total)
        self._pace.mark(self.elapsed(), done)

    def rows_text(self) -> str | None:
        """Return the number of rows read; None if there are none yet."""
        if self.rows is None or not self.rows[0]:
            return None
        done, total = self.rows
        if not total:
            return f"{format_count(done)} rows"
        return f"{format_count(done)} of {format_count(total)} rows"

    def seconds_left(self) -> float | None:
        """Return the likely remaining time in seconds; None if unknown."""
        _, total = self.rows or (0, None)
        whole = None if total is None else self._pace.whole(total)
        return None if whole is None else max(0.0, whole.likely - self.elapsed())

    def left_text(self) -> str | None:
        """Return the likely remaining time; None if unknown."""
        left = self.seconds_left()
        return None if left is None else f"about {format_duration(round(left))} left"

    # --- the dataset ----------------------------------------------------------

    def rows_made(self, what: str, done: int, total: int) -> None:
        """Store how many rows of a table or source have been generated."""
        if self.made is None or self.made[0] != what:
            self._made_began = self._clock()
        self.made = (what, done, total)

    def made_text(self) -> str | None:
        """Return the generated rows of the current table or source, and the rate."""
        if self.made is None:
            return None
        what, done, total = self.made
        text = f"{format_count(done)} of {format_count(total)} {one_line(what, 30)}"
        seconds = self._clock() - self._made_began
        if seconds > 0 and done:
            text += f", {format_count(round(done / seconds))} a second"
        return text
