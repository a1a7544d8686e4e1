"""How a run of the task ended, and where in the user's code."""

from typing import Literal

from limerun.frozen import frozen
from limerun.records.field_types import Amount, Count, TimeLimit


@frozen
class Location:
    """A line of the user's code."""

    file: str
    """Path of the file, as the worker saw it."""
    line: Count
    """Line number, from 1; 0 if it is unknown."""
    function: str | None = None
    """Function that contains the line; null if it is unknown."""


@frozen
class RaisedError:
    """What the task raised."""

    type: str
    """Class of the exception."""
    message: str
    """Text of the exception."""
    traceback: str
    """Traceback, as Python prints it."""


@frozen
class StoppedEarly:
    """Why a run was ended before its end: it was certain to exceed a budget."""

    check: Literal["duration.budget", "memory.task"]
    """Name of the check that would have failed."""
    limit: Amount
    """The budget, in seconds or in bytes."""
    at_least: Amount
    """Least that the whole run would have taken, in seconds or in bytes."""
    rows_done: Count
    """Rows read until then."""
    rows_total: Count | None
    """All rows; null if unknown."""


@frozen
class TaskTimeLimits:
    """How long a task may take: the soft limit raises in it, the hard one kills it."""

    soft_seconds: Amount | None = None
    """Soft limit, in seconds; null if there is none."""
    hard_seconds: Amount | None = None
    """Hard limit, in seconds; null if there is none."""
    reached: TimeLimit | None = None
    """Limit that the task ran into, in any of its attempts; null if none."""


@frozen
class Retry:
    """A Celery task requested another attempt, which ran at once."""

    countdown_seconds: Amount | None
    """How long production waits before it, in seconds; null if it does not wait."""
    why: str
    """What the attempt before it raised."""


@frozen
class LeftRunning:
    """Threads and processes of the task that still ran when it returned."""

    threads: Count
    """Threads when it returned."""
    processes: Count
    """Processes when it returned."""
    threads_at_end: Count
    """Threads after limerun had waited for them."""
    processes_at_end: Count
    """Processes after limerun had waited for them."""


@frozen
class Output:
    """The worker's own output, the middle left out when it was long."""

    stdout: str
    """Standard output."""
    stderr: str
    """Standard error, where logs go."""
