"""Predict from the rows done how long a task will take. Pure: the time is an argument.

There are three ways to extrapolate, none right for every task (measured on eight tasks
of known growth): in proportion, which start-up time distorts; at the recent rate; and
along a parabola, the only one that detects rows that take longer and longer.
"""

from collections.abc import Sequence

from limerun.measure.ranges import FigureRange

MOST_MARKS = 64
_LEAST_MARKS = 2
_LEAST_OF_PARABOLA = 4
_TRUSTED_SECONDS = 3.0
"""A prediction from a shorter time is mostly noise."""
_LOW_SPARE = 2.0
"""All methods predicted up to 1.8 times too much for a task whose rows get faster."""
_HIGH_SPARE = 1.5

Mark = tuple[float, int]
"""Seconds since the start, and rows done by then."""


class TaskPace:
    """Stores the progress of the rows in a few marks, however long the run takes."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._interval = 0.0
        self._done = 0

    def mark(self, seconds: float, rows: int) -> None:
        """Store the number of rows done at a time; times must rise."""
        self._done = rows
        if self._marks and seconds - self._marks[-1][0] < self._interval:
            return
        self._marks.append((seconds, rows))
        if len(self._marks) > MOST_MARKS:
            self._marks = self._marks[::2]
            self._interval = max(2 * self._interval, self._marks[-1][0] / MOST_MARKS)

    def whole(self, total: int) -> FigureRange | None:
        """Return the range of seconds for all rows; None if it cannot be predicted yet.

        Nothing can be predicted for a task that has read all its rows but continues.
        """
        moving = _moving(self._marks)
        if len(moving) < _LEAST_MARKS or self._done >= total:
            return None
        seconds, _ = moving[-1]
        if seconds - moving[0][0] < _TRUSTED_SECONDS:
            return None
        told = [_in_proportion(moving, total), *_ways(moving, total)]
        likely = _ways(moving, total)[_better_way(moving)]
        return FigureRange(
            max(seconds, min(told) / _LOW_SPARE),
            max(seconds, likely),
            max(seconds, *told) * _HIGH_SPARE,
        )


def _moving(marks: Sequence[Mark]) -> list[Mark]:
    """Return the marks from the last one at which no row was done."""
    idle = sum(1 for _, rows in marks if rows == 0)
    return list(marks[max(0, idle - 1) :])


def _in_proportion(marks: Sequence[Mark], total: int) -> float:
    seconds, done = marks[-1]
    return seconds * total / max(1, done)


def _ways(marks: Sequence[Mark], total: int) -> tuple[float, float]:
    return _at_recent_rate(marks, total), _along_parabola(marks, total)


def _better_way(marks: Sequence[Mark]) -> int:
    """Return the method that, from half of the rows, predicts the current time best."""
    now, done = marks[-1]
    half = [mark for mark in marks if mark[1] * 2 <= done]
    if len(half) < _LEAST_OF_PARABOLA:
        return 0
    off = [abs(told - now) for told in _ways(half, done)]
    return 1 if off[1] < off[0] else 0


def _at_recent_rate(marks: Sequence[Mark], total: int) -> float:
    now, done = marks[-1]
    recent = [mark for mark in marks[:-1] if mark[0] >= 0.75 * now] or [marks[-2]]
    then, done_then = recent[0]
    if done <= done_then:
        then, done_then = marks[0]
    return now + (total - done) * (now - then) / max(1, done - done_then)


def _along_parabola(marks: Sequence[Mark], total: int) -> float:
    """Return where a + b k + c k^2, the least-squares fit of the marks, ends.

    If the curve does not bend upwards, it is the same as the recent rate's.
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

    It must be cheap, as it runs beside the task; importing numpy would take longer.
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
