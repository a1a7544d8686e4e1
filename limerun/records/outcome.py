"""What passes between the stages and a worker: its input, and how it ended."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

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
from limerun.records.profile import InstrumentName
from limerun.records.resource_use import Statement


@frozen
class Loaded:
    """What the worker found when it imported the task."""

    kind: TaskKind
    file: str | None
    line: int | None
    takes_application: bool
    platform: str | None
    python: str
    user_folder: str | None
    """The folder of the user's code."""
    library_folder: str
    """The folder of the interpreter's own library."""


@frozen
class FoundTask:
    """A task in a module or package."""

    name: str
    """Its name in a config: `package.module:function`."""
    kind: TaskKind
    signature: str
    docstring: str | None
    qos: str | None
    file: str | None
    line: int


@frozen
class InstrumentOrder:
    """Which instrument to use, in how much detail, and how far its run may go."""

    name: InstrumentName
    title: str
    """The task's name, for renderings."""
    folder: Path
    """The worker stores its results there."""
    stop_after_seconds: float | None
    stop_above_bytes: int | None
    """Above the worker's memory before the task; the run is then ended, so that it can
    still report."""
    interval_seconds: float
    """Between two sampled stacks."""
    durable: bool
    """Write the memory instrument's data to a file, as the worker may be killed before
    it reports."""
    renderings: tuple[str, ...] = ()
    """Renderings to make from the cpu instrument's data: "speedscope", "cpu_html"."""
    without_profiler: bool = False
    """The task uses a profiler itself, so measure without one."""


@frozen
class Opening:
    """What the worker receives before the task may start."""

    parameters: Mapping[str, object]
    application: str | None = None
    database: str | None
    """The URL, in SQLAlchemy's form; None: an empty database in memory."""
    limetypes: Mapping[str, Mapping[str, object]]
    latency_seconds: float
    runtime_config: Mapping[str, object] = field(default_factory=dict)
    source_files: tuple[tuple[Path, int], ...]
    """Each file whose rows are counted, and its number of rows."""
    rows_total: int | None
    handler: TaskTimeLimits | None = field(default_factory=TaskTimeLimits)
    """Time limits of the task handler; None: enforce none, not even the task's own."""


@frozen
class StatementDetails:
    """Details of one statement, from a profile run."""

    rows_read: int | None
    repeats: int
    transactions: int


@frozen
class Processes:
    """What is known about processes other than the worker, from the baseline on."""

    started: bool
    """Whether the task has started a process."""
    largest_bytes: int
    """The largest peak read of a process that the task started."""
    low_bytes: int
    """Memory that the task used above the baseline, at least, from readings at one
    time."""
    high_bytes: int | None
    """Memory that these processes used above the baseline, at most, at one time; None
    if unknown."""
    unread_peak_bytes: int
    """The largest `ru_maxrss` of processes that the watcher waited for; it may be
    inherited."""
    baseline_bytes: int
    """Their part of the baseline: processes that the import started."""
    huge_bytes: int
    """Huge pages that the whole machine allocated while a process was not read."""
    orphans_cpu_seconds: float
    """CPU time of processes that the watcher waited for."""
    unmapped_bytes: int
    """Upper bound of memory files (`memfd`, /dev/shm) and pipes that no process has
    mapped."""


@frozen
class Scheduling:
    """What the kernel's scheduler counted while the task ran, in seconds."""

    thread_cpu_seconds: float
    """CPU time of the thread that ran the task."""
    thread_delay_seconds: float
    """Time in which that thread was ready to run but waited for a processor."""
    alone_delay_seconds: float
    """Part of it while the task had no other thread or process."""
    others_cpu_seconds: float
    """CPU time of the other threads and processes, as far as it was read."""
    others_delay_seconds: float
    busiest_cpu_seconds: float
    """CPU time of the busiest of them."""
    unread_seconds: float
    """Time from each thread's last reading to its end, summed up."""
    complete: bool
    """Whether all threads were read."""
    cpus: int
    """Processors that the worker may use."""
    steal_seconds: float | None
    """Time that the host took from this machine's processors; None if unknown."""


@frozen
class StatementReads:
    """What is known of how a statement from one line reads its rows."""

    fetched: int
    """Rows of all its calls together."""
    nested: int = 0
    """Calls while the task was in the middle of another result."""
    continued: int = 0
    """Calls that continued an earlier one, such as the next page of `get_all`."""
    paged: int = 0
    """Calls that requested only part of the rows."""
    called_from: tuple[Location, ...] = ()


@frozen
class Outcome:
    """How a worker ended, as its engine saw it; nothing is derived yet.

    Fields named `_at` are seconds of the monotonic clock.
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
    """Last reading of the worker's own peak; 0 if the system has none."""
    read_at_end: bool
    """Whether the last reading was made while the worker waited after the task."""
    mark_fell: bool
    """Whether the worker's own peak ever fell below an earlier reading."""
    processes: Processes
    children_peak_bytes: int
    """The largest `ru_maxrss` of processes that the worker waited for; it may be
    inherited."""
    children_cpu_seconds: float | None
    """CPU time of processes that the worker waited for; None if it did not report
    it."""
    maxrss_bytes: int
    launcher_bytes: int
    counters: Mapping[str, int]
    distinct_statements: int | None
    statements: tuple[Statement, ...]
    transaction_sizes: tuple[tuple[int, int], ...]
    commit_location: Location | None
    objects_location: Location | None
    statement_reads: tuple[StatementReads, ...] = ()
    """One for each of `statements`, or empty."""
    statement_details: tuple[StatementDetails, ...] | None = None
    """One for each of `statements`; None if they were not recorded in detail."""
    repeats_complete: bool = True
    instrument: Mapping[str, object] | None
    """The instrument's results; of a killed worker, the last that it stored."""
    output: Output
    platform: str | None
    time_limits: TaskTimeLimits | None = None
    retries: tuple[Retry, ...] = ()
    watcher_cpu_seconds: float
    last_line: Location | None = None
    """The line of the user's code that the worker was on when it ended."""
    last_line_why: str | None = None
    """Why that line is unknown."""
    not_run: str | None = None
    """Why its work was not done, though it returned; the text follows its name."""
    sent_tasks: Mapping[str, int] | None = None
    """How many tasks it sent, by name; None if unknown."""
    left_running: LeftRunning | None = None
    forks_left: int = 0
    """Forked children that returned from the task function."""
    last_row_at: float | None = None
    """When the number of rows read was last seen to grow."""
    scheduling: Scheduling | None = None
    """None if the system keeps no such statistics."""
