"""Records of how a run of the task ended, and on which line of the user's code."""

from typing import Literal

from limerun.frozen import frozen
from limerun.records.field_types import Amount, Count, TimeLimit


@frozen
class Location:
    """A line of the user's code."""

    file: str
    """Path of the file, as the worker saw it."""
    line: Count
    """Line number, counted from 1; 0 if it is unknown."""
    function: str | None = None
    """Function that contains the line; null if it is unknown."""


@frozen
class RaisedError:
    """The exception that the task raised."""

    type: str
    """Class of the exception."""
    message: str
    """Text of the exception."""
    traceback: str
    """Traceback, as Python prints it."""


@frozen
class StoppedEarly:
    """Why limerun stopped a run early: the run was certain to exceed a budget."""

    check: Literal["duration.budget", "memory.task"]
    """Name of the check that would have failed."""
    limit: Amount
    """The budget, in seconds or in bytes."""
    at_least: Amount
    """Lower bound for the whole run, in seconds or in bytes."""
    rows_done: Count
    """Rows read before the stop."""
    rows_total: Count | None
    """Total number of rows; null if unknown."""


@frozen
class MachineSpeed:
    """The machine's speed after a run, as the CPU time of a fixed loop."""

    now_seconds: Amount
    """CPU time of the loop after the run, in seconds."""
    usual_seconds: Amount
    """The lowest CPU time of the loop on this machine so far, in seconds."""


@frozen
class PredictedDuration:
    """The duration of all rows, predicted from the pace of a run that ended early."""

    low_seconds: Amount
    """Lower end of the range, in seconds without contention."""
    likely_seconds: Amount
    """Most likely duration, in seconds."""
    high_seconds: Amount
    """Upper end of the range, in seconds."""
    rows_done: Count
    """Rows read before the end."""
    rows_total: Count
    """All rows of the sources."""


@frozen
class TaskTimeLimits:
    """A task's time limits: the soft one raises an exception, the hard one kills it."""

    soft_seconds: Amount | None = None
    """Soft limit, in seconds; null if there is none."""
    hard_seconds: Amount | None = None
    """Hard limit, in seconds; null if there is none."""
    reached: TimeLimit | None = None
    """Limit that the task exceeded in any of its attempts; null if it exceeded none."""


@frozen
class Retry:
    """A retry that a Celery task requested; limerun ran it immediately."""

    countdown_seconds: Amount | None
    """Delay before this retry in production, in seconds; null if there is none."""
    why: str
    """The exception that the previous attempt raised."""


@frozen
class LeftRunning:
    """Threads and processes of the task that were still running when it returned."""

    threads: Count
    """Threads still running when the task returned."""
    processes: Count
    """Processes still running when the task returned."""
    threads_at_end: Count
    """Threads still running after limerun had waited for them."""
    processes_at_end: Count
    """Processes still running after limerun had waited for them."""


@frozen
class Output:
    """The worker's output; if it is long, its middle is left out."""

    stdout: str
    """Standard output."""
    stderr: str
    """Standard error, where logs go."""
