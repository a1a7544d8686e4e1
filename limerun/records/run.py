"""The figures of one run of the task."""

from collections.abc import Mapping

from limerun.frozen import frozen
from limerun.records.ending import (
    LeftRunning,
    Location,
    Output,
    PredictedDuration,
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
from limerun.records.log import Leak, RunLog
from limerun.records.resource_use import (
    Fetched,
    LimeObjectCounts,
    LimetypeEffect,
    Memory,
    Queries,
    Series,
    Statement,
    Transactions,
)


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
    """The exception that the task raised; null if there was none."""
    result: Json
    """What the task returned, as JSON."""
    duration_seconds: Amount | None
    """Duration of the call alone, by a monotonic clock, in seconds."""
    cpu_user_seconds: Amount | None
    """CPU time in user mode, of all threads and ended processes, in seconds."""
    cpu_system_seconds: Amount | None
    """CPU time in the kernel, of the same threads and processes, in seconds."""
    memory: Memory
    """Resident memory."""
    rows_processed: Count | None
    """Rows of the task's input that it read; null if unknown."""
    queries: Queries | None
    """Statements sent to the database; null if they could not be counted."""
    transactions: Transactions | None
    """Transactions that wrote rows; null if they could not be counted."""
    lime_objects: LimeObjectCounts | None
    """Lime objects in memory at once; null without the stand-in."""
    statements: tuple[Statement, ...]
    """Statements by text and line of code."""
    commit_location: Location | None
    """Line with the most commits; null if unknown."""
    series: Series
    """Resident memory over time, thinned to 2,000 points at most."""
    worst_gap_seconds: Amount | None
    """Longest time between two samples, in seconds."""
    output: Output
    """What the worker printed and logged."""
    platform: str | None
    """The platform: "stand-in" or "installed"; null where no application was opened."""
    effect: Mapping[str, LimetypeEffect] | None = None
    """What it changed in the database, by limetype; null if this is unknown."""
    effect_why: str | None = None
    """Why `effect` is null; null if it is known, or the command does not determine it."""
    baseline_flat: Flag = True
    """Whether the idle worker's memory had settled before the task began."""
    cpu_seconds: Amount | None = None
    """Part of the duration: computing outside statements and commits, in seconds."""
    database_seconds: Amount | None = None
    """Part of the duration: inside statements and commits, working or waiting, in
    seconds; null if no database was seen."""
    waiting_seconds: Amount | None = None
    """Part of the duration: blocked outside statements and commits, in seconds."""
    contention_seconds: Amount | None = None
    """Part of the duration in which the task was ready to run but waited for a
    processor, in seconds; null if the system does not report it."""
    uncontended_seconds: Amount | None = None
    """Duration minus contention, in seconds; the upper end if this is a range; null if
    contention is unknown."""
    uncontended_low_seconds: Amount | None = None
    """Lower end of that range, in seconds: the task may have waited for threads or
    processes that were waiting for a processor."""
    uncontended_high_seconds: Amount | None = None
    """Upper end of that range, in seconds."""
    others_cpu_seconds: Amount | None = None
    """CPU time of the task's other threads and of its processes, in seconds; null if
    there were none, or if they only slept."""
    others_contention_seconds: Amount | None = None
    """Time in which they were ready to run but waited for a processor, in seconds, as
    far as it was read."""
    steal_seconds: Amount | None = None
    """Time that the host took from all processors of this virtual machine during the
    task, in seconds; null if unknown."""
    database_wait_seconds: Amount | None = None
    """Part of `database_seconds` in which the task did not compute, in seconds; null if
    unknown."""
    stopped_early: StoppedEarly | None = None
    """Why --stop-early ended it; null if it did not."""
    predicted_duration: PredictedDuration | None = None
    """Duration of all rows, predicted from its own pace, if it was stopped or ran out of
    time; null otherwise, or if too little was done to predict it."""
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
    """What was still running when it returned; null if there was nothing, or it did not
    return."""
    forks_left: Count = 0
    """Forked children that returned from the task function; each was ended there."""
    rows_read_seconds: Amount | None = None
    """Time from the start until a row was last read, in seconds; null if it returned or
    this is unknown."""
    time_limits: TaskTimeLimits | None = None
    """Time limits of the task or its handler; null if there are none."""
    retries: tuple[Retry, ...] = ()
    """Retries that a Celery task requested."""
    rows_low: Count | None = None
    """Lower bound of the rows that it read; null if unknown, or if `rows_processed` is
    exact."""
    rows_high: Count | None = None
    """Upper bound of the rows that it read; null if unknown, or if `rows_processed` is
    exact."""
    rows_why: str | None = None
    """Why `rows_processed` is null."""
    queries_why: str | None = None
    """Why `queries` is null."""
    acted_unseen: Flag = False
    """Whether it may have had an effect that is not counted, such as writing a file."""
    empty_commits: Count = 0
    """Units of work that it committed although they contained no change."""
    sent_tasks: Mapping[str, Count] | None = None
    """Tasks that it sent to a task handler, by name: the 20 most frequent and the sum of
    the others. limerun did not run these tasks. Tasks sent by child processes are not
    counted. Null if unknown."""
    log: RunLog | None = None
    """What it logged; null if this was not captured."""
    leaks: tuple[Leak, ...] | None = None
    """Personal values and secrets that it logged, printed, raised or returned; null if
    they were not searched for."""

    @property
    def is_done(self) -> bool:
        """Whether the task returned and had done its work by then."""
        return self.ending == "returned" and self.not_run is None

    @property
    def changes(self) -> Mapping[str, LimetypeEffect] | None:
        """The limetypes that it changed; None: unknown."""
        if self.effect is None:
            return None
        return {
            name: each
            for name, each in self.effect.items()
            if each.created or each.updated or each.deleted
        }

    @property
    def total_cpu_seconds(self) -> float | None:
        """CPU time of the task in user and kernel mode; None: not measured."""
        if self.cpu_user_seconds is None or self.cpu_system_seconds is None:
            return None
        return self.cpu_user_seconds + self.cpu_system_seconds

    @property
    def judged_seconds(self) -> float | None:
        """The duration that is judged: the upper end without contention, if known."""
        if self.uncontended_seconds is not None:
            return self.uncontended_seconds
        return self.duration_seconds
