"""What passes between the stages and a worker: what it is given, how it ended."""

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
    """Where the user's code is."""
    library_folder: str
    """Where the interpreter's own library is."""


@frozen
class FoundTask:
    """A task that a module or package holds."""

    name: str
    """As a config asks for it: `package.module:function`."""
    kind: TaskKind
    signature: str
    docstring: str | None
    qos: str | None
    file: str | None
    line: int


@frozen
class InstrumentOrder:
    """Which instrument looks on, how closely, and how far its run may go."""

    name: InstrumentName
    title: str
    """The task's name, for what is rendered."""
    folder: Path
    """The worker keeps there what it sees."""
    stop_after_seconds: float | None
    stop_above_bytes: int | None
    """Above what the worker took before; then it is ended so that it can still tell."""
    interval_seconds: float
    """Between two stacks."""
    durable: bool
    """What memory sees goes into a file, as the worker may not live to tell."""
    renderings: tuple[str, ...] = ()
    """Files to make of what cpu sees: "speedscope", "cpu_html"."""
    without_profiler: bool = False
    """The task uses a profiler itself: look on without one."""


@frozen
class Opening:
    """What the worker is given before the task may start."""

    parameters: Mapping[str, object]
    application: str | None = None
    database: str | None
    """The URL, as SQLAlchemy writes it; None: an empty one in memory."""
    limetypes: Mapping[str, Mapping[str, object]]
    latency_seconds: float
    runtime_config: Mapping[str, object] = field(default_factory=dict)
    source_files: tuple[tuple[Path, int], ...]
    """Each file whose rows are counted, and how many it has."""
    rows_total: int | None
    handler: TaskTimeLimits | None = field(default_factory=TaskTimeLimits)
    """Time limits of the task handler; None: none are enforced, the task's neither."""


@frozen
class StatementDetails:
    """What a closer look at a statement showed."""

    rows_read: int | None
    repeats: int
    transactions: int


@frozen
class Processes:
    """What is known beyond the worker's own memory, from the baseline on."""

    started: bool
    """The task has started one."""
    largest_bytes: int
    """The largest peak that was read of one that the task started."""
    low_bytes: int
    """What the task took at least, above the baseline, by what was read at once."""
    high_bytes: int | None
    """What these took at most, above the baseline, at once; None: it is not known."""
    unread_peak_bytes: int
    """The largest `ru_maxrss` of those that the watcher waited for; maybe inherited."""
    baseline_bytes: int
    """Their part of the baseline: the import has started them."""
    huge_bytes: int
    """What all of the machine allocated in huge pages while one was not read."""
    orphans_cpu_seconds: float
    """CPU time of those that the watcher waited for."""
    unmapped_bytes: int
    """At most in files in memory (`memfd`, /dev/shm) and pipes, mapped by no process."""


@frozen
class Scheduling:
    """What the kernel's scheduler counted while the task ran, in seconds."""

    thread_cpu_seconds: float
    """CPU time of the thread that ran the task."""
    thread_delay_seconds: float
    """Time in which that thread could run but had no processor."""
    alone_delay_seconds: float
    """Part of it while no other thread or process of the task lived."""
    others_cpu_seconds: float
    """CPU time of the other threads and processes, as far as it was read."""
    others_delay_seconds: float
    busiest_cpu_seconds: float
    """CPU time of the one of them that had most."""
    unread_seconds: float
    """From the last reading of each thread to its end, together."""
    complete: bool
    """All threads were read."""
    cpus: int
    """Processors that the worker may use."""
    steal_seconds: float | None
    """What the host took from this machine's processors; None: it does not say."""


@frozen
class StatementReads:
    """What is known of how a statement from one line read."""

    fetched: int
    """Rows, all its calls together."""
    nested: int = 0
    """Calls while the task was in the middle of another result."""
    continued: int = 0
    """Calls that went on with an earlier one, such as the next page of `get_all`."""
    paged: int = 0
    """Calls that asked for a part of the rows."""
    called_from: tuple[Location, ...] = ()


@frozen
class Outcome:
    """How a worker ended, as its engine saw it; nothing is derived yet.

    Seconds named `_at` are the monotonic clock's.
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
    """Last reading of the worker's own peak; 0 where the system keeps none."""
    read_at_end: bool
    """The last reading was made while the worker waited after the task."""
    mark_fell: bool
    """The worker's own peak was once lower than what had been read before."""
    processes: Processes
    children_peak_bytes: int
    """The largest `ru_maxrss` of those that the worker waited for; maybe inherited."""
    children_cpu_seconds: float | None
    """CPU time of those that the worker waited for; None: it did not say."""
    maxrss_bytes: int
    launcher_bytes: int
    counters: Mapping[str, int]
    distinct_statements: int | None
    statements: tuple[Statement, ...]
    transaction_sizes: tuple[tuple[int, int], ...]
    commit_location: Location | None
    objects_location: Location | None
    statement_reads: tuple[StatementReads, ...] = ()
    """One for each of `statements`, or none at all."""
    statement_details: tuple[StatementDetails, ...] | None = None
    """One for each of `statements`; None: nobody looked so closely."""
    repeats_complete: bool = True
    instrument: Mapping[str, object] | None
    """What the instrument saw; from a worker that was killed, as far as it was kept."""
    output: Output
    platform: str | None
    time_limits: TaskTimeLimits | None = None
    retries: tuple[Retry, ...] = ()
    watcher_cpu_seconds: float
    last_line: Location | None = None
    """The line of the user's code on which the worker was when it ended."""
    last_line_why: str | None = None
    """Why that line is not known."""
    not_run: str | None = None
    """Why its work is not done, though it returned; the text follows its name."""
    sent_tasks: Mapping[str, int] | None = None
    """How many tasks it sent, by name; None: it is not known."""
    left_running: LeftRunning | None = None
    forks_left: int = 0
    """Forked children that left the task function."""
    last_row_at: float | None = None
    """When the number of rows read was last seen to grow."""
    scheduling: Scheduling | None = None
    """None: the system keeps no such statistics."""
