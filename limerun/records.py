"""The nouns, in the order in which a run brings them into being.

`Plan` and what it holds is what the user decided; `Record` and what it holds is
what is saved, field for field as in the JSON document.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal

SCHEMA = "limerun.record/1"  # 1 - first version

Environment = Literal["cloud", "on-premise"]
Ending = Literal["returned", "raised", "exited", "crashed", "killed", "timeout"]
KilledBecause = Literal[
    "cloud_limit", "host_memory", "out_of_memory", "timeout", "interrupted"
]
TaskKind = Literal["lime", "celery", "function"]
Level = Literal["error", "warning", "note"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


# --- what the user decided ----------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What must not be exceeded; None means that nobody asked."""

    memory_bytes: int
    idle_baseline_bytes: int
    duration_seconds: float | None
    queries_per_row: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPlan:
    """The rows to make: Lime DSL, row counts, and columns that are not guessed."""

    seed: int
    locale: str
    limetypes: Mapping[str, Mapping[str, object]]
    rows: Mapping[str, int]
    properties: Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlan:
    """A file to make for the task to read."""

    format: Literal["jsonl", "csv"]
    rows: int
    overlap: float
    columns: Mapping[str, str | Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One test, decided."""

    command: str
    config_path: Path
    task: str
    parameters: Mapping[str, object]
    environment: Environment
    cloud_limit_bytes: int
    budget: Budget
    latency_seconds: float
    dataset: DatasetPlan | None
    sources: Mapping[str, SourcePlan]
    production_rows: Mapping[str, int]
    timeout_seconds: float | None
    sampling_seconds: float
    python: str
    environment_variables: Mapping[str, str]
    repeat: int
    decided: Mapping[str, Json]
    """Every config key with its value, as the record shows it."""
    provenance: Mapping[str, str]
    """Every config key with where its value came from."""


# --- what is made for the task --------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file made for the task to read."""

    path: Path
    rows: int
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """What was made, and what it takes to make it again."""

    seed: int
    locale: str
    fingerprint: str
    rows: Mapping[str, int]
    database: Path | None
    sources: Mapping[str, SourceFile]
    limetypes: Mapping[str, Mapping[str, object]]
    seconds: float
    cached: bool


# --- what happened -----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What the worker found when it imported the task."""

    kind: TaskKind
    file: str | None
    line: int | None
    takes_application: bool
    platform: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the worker is given before the task may start."""

    parameters: Mapping[str, object]
    database: Path | None
    limetypes: Mapping[str, Mapping[str, object]]
    latency_seconds: float
    source_files: tuple[Path, ...]
    rows_total: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of the user's code."""

    file: str
    line: int
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedError:
    """What the task raised."""

    type: str
    message: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Resident memory of one run, in bytes; None where it was not measured."""

    baseline_bytes: int | None
    sampled_peak_bytes: int | None
    high_water_bytes: int | None
    peak_bytes: int | None
    task_bytes: int | None
    handler_total_bytes: int | None
    largest_child_bytes: int | None
    method: str
    exact: bool
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queries:
    """Statements sent to the database during the task."""

    total: int
    reads: int
    writes: int
    commits: int
    distinct: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transactions:
    """Transactions that wrote, and the objects (rows written) in each."""

    count: int
    median_objects: float | None
    max_objects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement text from one line of the user's code."""

    text: str
    calls: int
    seconds: float
    rows: int
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Resident memory of the process tree over time."""

    t_seconds: tuple[float, ...]
    rss_bytes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsChanged:
    """What a run changed in one limetype; values of the first few objects."""

    limetype: str
    created: int
    updated: int
    deleted: int
    examples: tuple[Mapping[str, Json], ...] = ()
    """Each {"change", "id", "before", "after"}; before or after may be None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """The worker's own output, the middle left out when it was long."""

    stdout: str
    stderr: str


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
    instrument: Mapping[str, object] | None
    output: Output
    platform: str | None
    watcher_cpu_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LimeObjects:
    """Lime objects alive in the worker at once, at most, and who made most of them."""

    max_alive: int
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the task in a fresh worker."""

    ending: Ending
    killed_because: KilledBecause | None
    exit_status: int | None
    signal: str | None
    error: RaisedError | None
    result: Json
    duration_seconds: float | None
    cpu_user_seconds: float | None
    cpu_system_seconds: float | None
    memory: Memory
    rows_processed: int | None
    queries: Queries | None
    transactions: Transactions | None
    lime_objects: LimeObjects | None
    statements: tuple[Statement, ...]
    commit_location: Location | None
    series: Series
    worst_gap_seconds: float | None
    """The longest time between two samples."""
    output: Output
    platform: str | None
    """"stand-in", "installed", or None where no application was opened."""
    changes: tuple[ObjectsChanged, ...] | None = None
    baseline_flat: bool = True


# --- what it means ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure held against its budget. At the limit is within it."""

    name: str
    limit: float
    actual: float | None
    unit: Literal["bytes", "seconds", "queries/row"]
    passed: bool | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Advice, tied to a rule of the guide and a place in the code."""

    rule: str
    level: Level
    title: str
    detail: str
    advice: str
    location: Location | None
    guide: str


class Verdict(Enum):
    """How it ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    KILLED = "killed"
    TIMEOUT = "timeout"
    INCONCLUSIVE = "inconclusive"


EXIT_CODES: Mapping[Verdict, int] = {
    Verdict.PASSED: 0,
    Verdict.FAILED: 1,
    Verdict.ERROR: 3,
    Verdict.KILLED: 4,
    Verdict.TIMEOUT: 5,
    Verdict.INCONCLUSIVE: 6,
}
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class HotLine:
    """A line of the user's code with its share of what an instrument saw."""

    location: Location
    amount: float
    share: float
    calls: int | None
    text: str
    """The source line, or the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What one instrumented run saw, and what the instrument cost."""

    name: Literal["cpu", "memory", "statements"]
    tool: str
    unit: Literal["seconds", "bytes", "calls"]
    total: float
    lines: tuple[HotLine, ...]
    duration_seconds: float | None
    slowdown: float | None
    """Duration under the instrument over that of the bare run."""
    why_missing: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Where it was measured."""

    os: str
    python: str
    cpus: int
    memory_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What was measured."""

    name: str
    file: str | None
    line: int | None
    parameters: Mapping[str, Json]
    kind: TaskKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetSummary:
    """The dataset as the record shows it."""

    seed: int
    locale: str
    fingerprint: str
    rows: Mapping[str, int]
    total_rows: int
    sources: Mapping[str, int]
    seconds: float
    cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Every run of a task, on what, and of what it was."""

    task: Task
    dataset: DatasetSummary | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The config as decided: every key, its value, and where that came from."""

    path: str
    values: Mapping[str, Json]
    provenance: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All of the above, as saved. Every report is rendered from it."""

    schema: str = SCHEMA
    limerun_version: str
    started_at: str
    command: str
    config: Config
    machine: Machine
    task: Task
    dataset: DatasetSummary | None
    verdict: Verdict | None
    """None for `limerun run` that returned: a feature test judges no budget."""
    exit_code: int
    runs: tuple[Run, ...]
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    instruments: tuple[Instrument, ...] = field(default=())
