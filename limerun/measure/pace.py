"""Predict from the rows done how long a task will take. Pure: the time is an argument.

There are three methods; none is right for every task (measured on eight tasks of known
growth). In proportion to the rows: start-up time distorts this. At the recent rate.
Along a parabola: only this method detects rows that take longer and longer.
"""

from collections.abc import Sequence

from limerun.measure.ranges import FigureRange
from limerun.records import PredictedDuration, Run

MOST_MARKS = 64
LEAST_SHARE = 0.05
"""Share of the rows that must be done; before that, start-up dominates the pace."""
_LEAST_MARKS = 2
_LEAST_OF_PARABOLA = 4
_TRUSTED_SECONDS = 1.0
"""A prediction from a shorter observation is mostly noise."""
_LOW_SPARE = 2.2
"""All methods predicted up to 2.1 times too much for a task whose rows get faster
(`make bench`, "shorten_a_list")."""
_HIGH_SPARE = 1.5
_RECENT = 0.75
"""The recent rate is that since this share of the elapsed time."""

Mark = tuple[float, int]
"""Seconds since the start, and rows done by then; 0 rows in the first mark."""


class TaskPace:
    """Stores how the rows progress, in a limited number of marks."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._interval = 0.0
        self._now = 0.0
        self._read = 0

    def mark(self, seconds: float, rows: int) -> None:
        """Store the number of rows read at a time. Times must rise.

        Files and APIs are read in blocks. Only when the next block is read, the
        previous rows are known to be done.
        """
        self._now = seconds
        if rows <= self._read:
            return
        done, self._read = self._read, rows
        if self._marks and seconds - self._marks[-1][0] < self._interval:
            return
        self._marks.append((seconds, done))
        if len(self._marks) > MOST_MARKS:
            self._marks = self._marks[::2]
            self._interval = max(2 * self._interval, self._marks[-1][0] / MOST_MARKS)

    def whole(self, total: int) -> FigureRange | None:
        """Return the range of seconds for all rows; None if it cannot be predicted yet.

        A task that has read all its rows but still runs cannot be predicted.
        """
        marks = self._marks
        if len(marks) < _LEAST_MARKS or self._read >= total:
            return None
        if marks[-1][0] - marks[0][0] < _TRUSTED_SECONDS:
            return None
        ways = _ways(marks, total)
        told = [_in_proportion(marks, total), *ways]
        likely = ways[_better_way(marks)]
        return FigureRange(
            max(self._now, min(told) / _LOW_SPARE),
            max(self._now, likely),
            max(self._now, *told) * _HIGH_SPARE,
        )

    @property
    def last(self) -> Mark:
        """Return the current time, and the rows read by then."""
        return self._now, self._read

    def is_regular(self) -> bool:
        """Return whether rows were read in several steps, the last of them recently."""
        return (
            len(self._marks) >= _LEAST_OF_PARABOLA
            and self._marks[-1][0] >= _RECENT * self._now
        )


def predicted_duration(
    run: Run, pace: TaskPace, total: int | None
) -> PredictedDuration | None:
    """Return the predicted duration of all rows, for a stopped or timed-out run.

    Args:
        run: The run.
        pace: Its pace, in times without any contention.
        total: All rows; None if unknown.
    """
    if total is None or not _was_stopped(run) or not pace.is_regular():
        return None
    seconds, done = pace.last
    whole = pace.whole(total) if done >= LEAST_SHARE * total else None
    if whole is None:
        return None
    # Contention of its threads and processes may have delayed the task.
    longest = max(1.0, (run.judged_seconds or 0.0) / seconds)
    return PredictedDuration(
        low_seconds=whole.low,
        likely_seconds=whole.likely * (1 + longest) / 2,
        high_seconds=whole.high * longest,
        rows_done=done,
        rows_total=total,
    )


def _was_stopped(run: Run) -> bool:
    """Return whether a limit or a user ended a run, not the task itself."""
    if run.ending == "raised":
        return run.time_limits is not None and run.time_limits.reached == "soft"
    return run.ending == "timeout" or (
        run.ending == "killed" and run.killed_because != "stuck"
    )


def _in_proportion(marks: Sequence[Mark], total: int) -> float:
    now, done = marks[-1]
    began, _ = marks[0]
    return began + (now - began) * total / done


def _ways(marks: Sequence[Mark], total: int) -> tuple[float, float]:
    return _at_recent_rate(marks, total), _along_parabola(marks, total)


def _better_way(marks: Sequence[Mark]) -> int:
    """Return the method that predicts the current time best from the first half."""
    now, done = marks[-1]
    half = [mark for mark in marks if mark[1] * 2 <= done]
    if len(half) < _LEAST_OF_PARABOLA:
        return 0
    off = [abs(told - now) for told in _ways(half, done)]
    return 1 if off[1] < off[0] else 0


def _at_recent_rate(marks: Sequence[Mark], total: int) -> float:
    now, done = marks[-1]
    recent = [mark for mark in marks[:-1] if mark[0] >= _RECENT * now] or [marks[-2]]
    then, done_then = recent[0]
    return now + (total - done) * (now - then) / (done - done_then)


def _along_parabola(marks: Sequence[Mark], total: int) -> float:
    """Return the time for all rows, by a least-squares fit of a + b k + c k^2.

    If the fit does not curve upwards, the recent rate is used.
    """
    if len(marks) < _LEAST_OF_PARABOLA:
        return _at_recent_rate(marks, total)
    now, done = marks[-1]
    columns = [[1.0, rows / done, (rows / done) ** 2] for _, rows in marks]
    factors = _least_squares(columns, [seconds for seconds, _ in marks])
    if factors is None or factors[2] <= 0:
        return _at_recent_rate(marks, total)
    _, rate, bend = factors
    share = total / done
    return now + max(0.0, rate) * (share - 1) + bend * (share**2 - 1)


def _least_squares(
    columns: Sequence[Sequence[float]], wanted: Sequence[float]
) -> list[float] | None:
    """Solve the normal equations of three columns; None if there is no solution.

    It runs at the same time as the task, so it must be cheap: no import of numpy.
    """
    size = len(columns[0])
    rows = [
        [sum(c[i] * c[j] for c in columns) for j in range(size)]
        + [sum(c[i] * w for c, w in zip(columns, wanted, strict=True))]
        for i in range(size)
    ]
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        if abs(rows[at][at]) < 1e-9:
            return None
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            rows[below] = [
                x - factor * y for x, y in zip(rows[below], rows[at], strict=True)
            ]
    factors = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][j] * factors[j] for j in range(at + 1, size))
        factors[at] = (rows[at][size] - known) / rows[at][at]
    return factors
