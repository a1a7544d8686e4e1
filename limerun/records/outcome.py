"""What passes between the stages and a worker: what it is given, how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limerun.records.profile import InstrumentName
from limerun.records.run import Location, Output, RaisedError, Statement
from limerun.records.words import Ending, Json, KilledBecause, TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What the worker found when it imported the task."""

    kind: TaskKind
    file: str | None
    line: int | None
    takes_application: bool
    platform: str | None
    python: str


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the worker is given before the task may start."""

    parameters: Mapping[str, object]
    application: str | None = None
    database: str | None
    """The URL, as SQLAlchemy writes it; None: an empty one in memory."""
    limetypes: Mapping[str, Mapping[str, object]]
    latency_seconds: float
    source_files: tuple[Path, ...]
    rows_total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDetails:
    """What a closer look at a statement showed."""

    rows_read: int | None
    repeats: int
    transactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
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
    largest_child_bytes: int
    children_peak_bytes: int
    maxrss_bytes: int
    launcher_bytes: int
    counters: Mapping[str, int]
    distinct_statements: int | None
    statements: tuple[Statement, ...]
    transaction_sizes: tuple[tuple[int, int], ...]
    commit_location: Location | None
    objects_location: Location | None
    statement_details: tuple[StatementDetails, ...] | None = None
    """One for each of `statements`; None: nobody looked so closely."""
    repeats_complete: bool = True
    instrument: Mapping[str, object] | None
    """What the instrument saw; from a worker that was killed, as far as it was kept."""
    output: Output
    platform: str | None
    watcher_cpu_seconds: float
