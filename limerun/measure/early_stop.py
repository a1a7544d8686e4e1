"""Follow a run's pace, and detect early that it will exceed a budget.

Pure: the time is an argument.
"""

from typing import Literal

from limerun.measure.pace import LEAST_SHARE, TaskPace
from limerun.records import Budget, StoppedEarly

_SURE_FACTOR = 1.25
"""The predicted lower bound must stay over the budget until the run has taken this many
times as long as when it was first over."""


class EarlyStop:
    """Follows a run's pace; reports when a memory or duration budget will be exceeded.

    Memory is judged by what was measured, so it is certain. Duration is judged by the
    lower bound of the prediction from the rows done so far.
    """

    def __init__(self, budget: Budget | None) -> None:
        """Watch the budgets at level error; those at level warning do not end a run.

        Args:
            budget: The budgets; None: only follow the pace.
        """
        self._memory: float | None = None
        self._duration: float | None = None
        if budget is not None:
            self._memory = _failing(budget, "memory", budget.memory_bytes)
            self._duration = _failing(budget, "duration", budget.duration_seconds)
        self.pace = TaskPace()
        self._over_since: float | None = None
        self.reason: StoppedEarly | None = None

    def should_stop(
        self, seconds: float, task_bytes: int, done: int, total: int | None
    ) -> bool:
        """Process the current figures; return whether a budget will surely be exceeded.

        Args:
            seconds: Time since the task started, minus contention.
            task_bytes: Its memory above the baseline.
            done: Rows that the task has read.
            total: All rows; None if unknown.
        """
        if self.reason is not None:
            return True
        if total is not None:
            self.pace.mark(seconds, done)
        if self._memory is not None and task_bytes > self._memory:
            self._lose("memory.task", self._memory, task_bytes, done, total)
        elif self._duration is not None:
            at_least = self._at_least(seconds, done, total, self._duration)
            if at_least > self._duration:
                self._lose("duration.budget", self._duration, at_least, done, total)
        return self.reason is not None

    def _at_least(
        self, seconds: float, done: int, total: int | None, limit: float
    ) -> float:
        """Return the minimum duration of the whole run, in seconds."""
        if total is None:
            return seconds
        told = self.pace.whole(total) if done >= LEAST_SHARE * total else None
        if told is None or told.low <= limit:
            self._over_since = None
            return seconds
        self._over_since = self._over_since or seconds
        return told.low if seconds >= _SURE_FACTOR * self._over_since else seconds

    def _lose(
        self,
        check: Literal["duration.budget", "memory.task"],
        limit: float,
        at_least: float,
        done: int,
        total: int | None,
    ) -> None:
        self.reason = StoppedEarly(
            check=check,
            limit=limit,
            at_least=at_least,
            rows_done=done,
            rows_total=total,
        )


def _failing(budget: Budget, name: str, limit: float | None) -> float | None:
    return limit if budget.levels.get(name, "error") == "error" else None
