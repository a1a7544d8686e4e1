"""What happened in one run of the task, in figures."""

from collections.abc import Mapping

from limerun.frozen import frozen
from limerun.records.ending import (
    LeftRunning,
    Location,
    Output,
    RaisedError,
    Retry,
    StoppedEarly,
    TaskTimeLimits,
)
from limerun.records.field_types import (
    Amount,
    Count,
    Ending,
    Flag,
    Json,
    KilledBecause,
    Whole,
)
from limerun.records.resource_use import (
    Fetched,
    LimeObjectCounts,
    Memory,
    ObjectsChanged,
    Queries,
    Series,
    Statement,
    Transactions,
)


@frozen
class TimeSplit:
    """A duration in three parts, in seconds, that are it together."""

    cpu_seconds: float
    """Outside of statements."""
    database_seconds: float
    """In statements, whether it worked or waited there."""
    wait_seconds: float
    """Outside of statements."""

    @classmethod
    def of(
        cls,
        duration_seconds: float,
        cpu_seconds: float,
        database_seconds: float,
        database_wait_seconds: float | None,
    ) -> "TimeSplit":
        """Split a duration.

        Args:
            duration_seconds: All of it.
            cpu_seconds: Of the whole process; with processes of its own it may be
                more than the duration, of which it then is all.
            database_seconds: In statements, working and waiting.
            database_wait_seconds: Waiting in statements; None: it is not known, as
                with a server, for which they waited as far as there was any waiting.
        """
        database = min(duration_seconds, database_seconds)
        if database_wait_seconds is None:
            database_wait_seconds = max(0.0, duration_seconds - cpu_seconds)
        work = database - min(database, database_wait_seconds)
        rest = duration_seconds - database
        cpu = min(rest, max(0.0, cpu_seconds - work))
        return cls(cpu_seconds=cpu, database_seconds=database, wait_seconds=rest - cpu)


@frozen
class Run:
    """One run of the task in a fresh worker."""

    ending: Ending
    """How the call ended."""
    killed_because: KilledBecause | None
    """Why limerun or the system killed it; null if it was not killed."""
    exit_status: Whole | None
    """Exit status of the worker; null if there was none."""
    signal: str | None
    """Name of the signal that ended it; null if there was none."""
    error: RaisedError | None
    """What it raised; null if nothing."""
    result: Json
    """What it returned, as JSON."""
    duration_seconds: Amount | None
    """Duration of the call alone, by a monotonic clock, in seconds."""
    cpu_user_seconds: Amount | None
    """CPU time in user mode, in seconds."""
    cpu_system_seconds: Amount | None
    """CPU time in the kernel, in seconds."""
    memory: Memory
    """Resident memory."""
    rows_processed: Count | None
    """Rows of the task's input that it read; null if unknown."""
    queries: Queries | None
    """Statements sent to the database; null if they could not be counted."""
    transactions: Transactions | None
    """Transactions that wrote; null if they could not be counted."""
    lime_objects: LimeObjectCounts | None
    """Lime objects alive at once; null without the stand-in."""
    statements: tuple[Statement, ...]
    """Statements by text and line of code."""
    commit_location: Location | None
    """Line that made most commits; null if unknown."""
    series: Series
    """Resident memory over time, thinned to 2,000 points at most."""
    worst_gap_seconds: Amount | None
    """Longest time between two samples, in seconds."""
    output: Output
    """What the worker printed and logged."""
    platform: str | None
    """The platform: "stand-in" or "installed"; null where no application was opened."""
    changes: tuple[ObjectsChanged, ...] | None = None
    """What it changed, by limetype; null if this was not compared."""
    baseline_flat: Flag = True
    """Whether the idle worker's memory had settled before the task began."""
    database_seconds: Amount | None = None
    """Time inside statements, working or waiting, in seconds; null if it could not be
    measured."""
    database_wait_seconds: Amount | None = None
    """Latency added to statements of an embedded database, in seconds; null if
    unknown."""
    stopped_early: StoppedEarly | None = None
    """Why --stop-early ended it; null if it did not."""
    fetched: tuple[Fetched, ...] = ()
    """What the task fetched from HTTP sources."""
    last_line: Location | None = None
    """Line of the user's code on which the run ended; null if it returned or the line
    is unknown."""
    last_line_why: str | None = None
    """Why that line is unknown; null if it is known or no reason was found."""
    not_run: str | None = None
    """Why its work is not done, though it returned, such as "returned a coroutine,
    whose body has not run"; null if it is done, or it did not return."""
    left_running: LeftRunning | None = None
    """What still ran when it returned; null if nothing did, or it did not return."""
    forks_left: Count = 0
    """Forked children that left the task function; each was ended there."""
    rows_read_seconds: Amount | None = None
    """Time from the start until a row was last read, in seconds; null if it returned or
    this is unknown."""
    time_limits: TaskTimeLimits | None = None
    """Time limits of the task or its handler; null if there are none."""
    retries: tuple[Retry, ...] = ()
    """Times that a Celery task asked to be run again."""
    rows_low: Count | None = None
    """Least rows that it read; null if unknown, or `rows_processed` is exact."""
    rows_high: Count | None = None
    """Most rows that it read; null if unknown, or `rows_processed` is exact."""
    rows_why: str | None = None
    """Why `rows_processed` is null."""
    queries_why: str | None = None
    """Why `queries` is null."""
    acted_unseen: Flag = False
    """Whether it may have had an effect that is not counted, such as writing a file."""
    empty_commits: Count = 0
    """Units of work that it committed without any change in them."""
    sent_tasks: Mapping[str, Count] | None = None
    """Tasks that it sent to a task handler, by name: the 20 most frequent and the sum of
    the others. None of them was run. Those that its child processes sent are not
    counted. Null if unknown."""

    @property
    def is_done(self) -> bool:
        """Whether the task returned, and its work was done by then."""
        return self.ending == "returned" and self.not_run is None

    @property
    def cpu_seconds(self) -> float | None:
        """CPU time of the task, user's and system's; None: not measured."""
        if self.cpu_user_seconds is None or self.cpu_system_seconds is None:
            return None
        return self.cpu_user_seconds + self.cpu_system_seconds

    @property
    def time_split(self) -> TimeSplit | None:
        """The duration in its parts; None: it was not measured."""
        if self.duration_seconds is None or self.cpu_seconds is None:
            return None
        return TimeSplit.of(
            self.duration_seconds,
            self.cpu_seconds,
            self.database_seconds or 0.0,
            self.database_wait_seconds,
        )
