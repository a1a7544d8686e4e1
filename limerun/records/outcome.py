"""Records of what limerun sends to a worker, and of what it receives from it."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal

from limerun.frozen import frozen
from limerun.records.ending import (
    LeftRunning,
    Location,
    Output,
    RaisedError,
    Retry,
    TaskTimeLimits,
)
from limerun.records.field_types import Ending, Json, KilledBecause, TaskKind
from limerun.records.log import HandledException
from limerun.records.profile import InstrumentName
from limerun.records.resource_use import Statement


@frozen
class Loaded:
    """The task and its code, as found by the worker when it imported the task."""

    kind: TaskKind
    file: str | None
    line: int | None
    takes_application: bool
    platform: str | None
    python: str
    user_folder: str | None
    """The folder that contains the user's code."""
    library_folder: str
    """The folder of the interpreter's standard library."""


@frozen
class FoundTask:
    """A task in a module or package."""

    name: str
    """The name to write in a config: `package.module:function`."""
    kind: TaskKind
    signature: str
    docstring: str | None
    qos: str | None
    file: str | None
    line: int


@frozen
class InstrumentOrder:
    """The instrument to use, its level of detail, and when to stop its run."""

    name: InstrumentName
    title: str
    """The task's name, shown in renderings."""
    folder: Path
    """The folder where the worker stores its results."""
    stop_after_seconds: float | None
    stop_above_bytes: int | None
    """Memory limit, on top of the worker's memory before the task. The run is stopped
    there, while the worker can still report."""
    interval_seconds: float
    """Time between two samples of the stack."""
    durable: bool
    """True if the memory instrument writes to a file, as the worker may be killed
    before it reports."""
    renderings: tuple[str, ...] = ()
    """Renderings to make from the cpu instrument's data: "speedscope", "cpu_html"."""
    without_profiler: bool = False
    """True to measure without a profiler, because the task uses one itself."""


@frozen
class WorkerFault:
    """A fault to inject into the task once, and where; see `worker/faults`."""

    kind: Literal["kill", "connection", "lock", "commit"]
    at: Literal["row", "statement", "write", "commit", "committed"]
    number: int
    """How many of these events happen before it, counted from 1."""
    report: Path
    """The file into which the worker writes the lines of code that it happened on."""

    def request(self) -> dict[str, object]:
        """Return the message for the worker."""
        return {
            "kind": self.kind,
            "at": self.at,
            "number": self.number,
            "report": str(self.report),
        }


@frozen
class Opening:
    """The input that the worker receives before the task may start."""

    parameters: Mapping[str, object]
    application: str | None = None
    database: str | None
    """The URL in SQLAlchemy's syntax; None: an empty database in memory."""
    limetypes: Mapping[str, Mapping[str, object]]
    latency_seconds: float
    runtime_config: Mapping[str, object] = field(default_factory=dict)
    source_files: tuple[tuple[Path, int], ...]
    """The files whose rows are counted, each with its number of rows."""
    rows_total: int | None
    handler: TaskTimeLimits | None = field(default_factory=TaskTimeLimits)
    """Time limits of the task handler; None: enforce none, not even the task's own."""
    fault: WorkerFault | None = None
    """The fault to inject; None: a normal run."""


@frozen
class StatementDetails:
    """Details of one statement, from a profile run."""

    rows_read: int | None
    repeats: int
    transactions: int


@frozen
class Processes:
    """Figures about processes other than the worker, from the baseline on."""

    started: bool
    """True if the task has started a process."""
    largest_bytes: int
    """The largest peak that was read for a process that the task started."""
    low_bytes: int
    """Lower bound of the memory that the task used above the baseline, from
    simultaneous readings."""
    high_bytes: int | None
    """Upper bound of the memory that these processes used above the baseline at any one
    time; None if unknown."""
    unread_peak_bytes: int
    """The largest `ru_maxrss` of processes that the watcher waited for; the value may
    be inherited from the parent."""
    baseline_bytes: int
    """Part of the baseline that belongs to processes started by the import."""
    huge_bytes: int
    """Huge pages that the whole machine allocated while a process was not being
    read."""
    orphans_cpu_seconds: float
    """CPU time of processes that the watcher waited for."""
    unmapped_bytes: int
    """Upper bound of memory files (`memfd`, /dev/shm) and pipes that no process has
    mapped."""


@frozen
class Scheduling:
    """The counts of the kernel's scheduler while the task ran, in seconds."""

    thread_cpu_seconds: float
    """CPU time of the thread that ran the task."""
    thread_delay_seconds: float
    """Time in which that thread was ready to run but waited for a processor."""
    alone_delay_seconds: float
    """Part of that delay while the task had no other thread or process."""
    others_cpu_seconds: float
    """CPU time of the other threads and processes, as far as it could be read."""
    others_delay_seconds: float
    busiest_cpu_seconds: float
    """CPU time of the busiest of the other threads."""
    unread_seconds: float
    """Time from each thread's last reading to its end, summed up."""
    complete: bool
    """True if the statistics of all threads were read."""
    cpus: int
    """Number of processors that the worker may use."""
    steal_seconds: float | None
    """Time that the host took from this machine's processors; None if unknown."""


@frozen
class StatementReads:
    """How one statement from one line of code reads its rows, as far as known."""

    fetched: int
    """Rows fetched by all its calls together."""
    nested: int = 0
    """Calls made while the task was still reading another result."""
    continued: int = 0
    """Calls that continued an earlier call, such as the next page of `get_all`."""
    paged: int = 0
    """Calls that requested only part of the rows."""
    called_from: tuple[Location, ...] = ()


@frozen
class Outcome:
    """The outcome of a worker, as seen by its engine, without derived figures.

    Fields whose names end in `_at` are seconds of the monotonic clock.
    """

    ending: Ending
    killed_because: KilledBecause | None
    exit_status: int | None
    signal: str | None
    error: RaisedError | None
    result: Json
    started_at: float
    ended_at: float
    duration_seconds: float | None
    cpu_user_seconds: float | None
    cpu_system_seconds: float | None
    baseline_bytes: int
    baseline_high_water_bytes: int
    baseline_flat: bool
    reset_error: str | None
    sample_at: tuple[float, ...]
    sample_bytes: tuple[int, ...]
    high_water_bytes: int
    """Last reading of the worker's peak from the kernel; 0 if the system has none."""
    read_at_end: bool
    """True if the last reading was made while the worker waited after the task."""
    mark_fell: bool
    """True if the worker's peak ever fell below an earlier reading."""
    processes: Processes
    children_peak_bytes: int
    """The largest `ru_maxrss` of processes that the worker waited for; the value may be
    inherited from the parent."""
    children_cpu_seconds: float | None
    """CPU time of processes that the worker waited for; None if it was not reported."""
    maxrss_bytes: int
    launcher_bytes: int
    counters: Mapping[str, int]
    distinct_statements: int | None
    statements: tuple[Statement, ...]
    transaction_sizes: tuple[tuple[int, int], ...]
    commit_location: Location | None
    objects_location: Location | None
    statement_reads: tuple[StatementReads, ...] = ()
    """One entry for each of `statements`, or empty."""
    statement_details: tuple[StatementDetails, ...] | None = None
    """One entry for each of `statements`; None if details were not recorded."""
    repeats_complete: bool = True
    instrument: Mapping[str, object] | None
    """The instrument's results; if the worker was killed, the last stored results."""
    output: Output
    platform: str | None
    time_limits: TaskTimeLimits | None = None
    retries: tuple[Retry, ...] = ()
    watcher_cpu_seconds: float
    last_line: Location | None = None
    """The line of the user's code that was running when the worker ended."""
    last_line_why: str | None = None
    """Why that line is unknown."""
    not_run: str | None = None
    """Why the task did no work although it returned, such as "returned a generator";
    the report puts the task's name before it."""
    sent_tasks: Mapping[str, int] | None = None
    """Number of tasks that it sent to a task handler, by name; None if unknown."""
    left_running: LeftRunning | None = None
    forks_left: int = 0
    """Forked children that returned from the task function."""
    last_row_at: float | None = None
    """The last time at which the number of rows read increased."""
    scheduling: Scheduling | None = None
    """None if the system does not provide scheduler statistics."""
    handled: tuple[HandledException, ...] | None = None
    """Exceptions in the user's code; None if they were not counted."""
