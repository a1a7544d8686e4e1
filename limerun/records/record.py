"""The saved record: what was run, what happened, and what it means."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal

from limerun.frozen import frozen
from limerun.records.code.improvement import Improvement
from limerun.records.code.lint import Lint
from limerun.records.comparison import Comparison
from limerun.records.ending import Location
from limerun.records.field_types import (
    Amount,
    Count,
    ExitCode,
    Flag,
    Json,
    Level,
    Number,
    TaskKind,
    Whole,
)
from limerun.records.growth import Growth
from limerun.records.profile import InstrumentResult, Profile
from limerun.records.resilience import Resilience
from limerun.records.run import Run

SCHEMA: Final = "limerun.record/1"  # 1 - first version


@frozen
class Check:
    """One figure compared with its budget; at the limit is within it."""

    name: str
    """Id of the rule."""
    limit: Number
    """The budget, in the unit."""
    actual: Number | None
    """The figure, in the unit; null if it was not measured."""
    unit: Literal["bytes", "seconds", "queries/row"]
    """Unit of limit and actual."""
    passed: Flag | None
    """True if it passed. Null means not measured or not judged, and is never a pass."""
    why: str
    """Explanation in words."""
    level: Literal["error", "warning"] = "error"
    """What exceeding it means: a failure, or a warning."""


@frozen
class Finding:
    """Advice that refers to a rule of the guide and a location in the code."""

    rule: str
    """Id of the rule."""
    level: Level
    """Its severity."""
    title: str
    """Summary in a few words."""
    detail: str
    """The figures that support it."""
    advice: str
    """The advice of the guide."""
    location: Location | None
    """Location in the code; null if there is none."""
    guide: str
    """Section of the guide."""
    code: str | None = None
    """Text of that line at the time of the run; null if it could not be read."""
    suggestion: str | None = None
    """A few lines of code, with the user's own names; null if there are none."""


class Verdict(Enum):
    """The verdict on a run."""

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


@frozen
class Machine:
    """The machine on which it was measured."""

    os: str
    """Name and version of the operating system."""
    python: str | None
    """Version of the Python that ran the task; null if it never answered."""
    cpus: Count
    """Number of logical processors."""
    memory_bytes: Count
    """Memory of the machine, in bytes."""


@frozen
class Task:
    """The task that was measured."""

    name: str
    """Name of the function."""
    file: str | None
    """File that defines the function; null if unknown."""
    line: Count | None
    """Line number, counted from 1; null if unknown."""
    parameters: Mapping[str, Json]
    """Its arguments, with secrets masked."""
    kind: TaskKind | None
    """Kind of callable; null if it could not be loaded."""


@frozen
class UncleanSource:
    """Rows of a source that are repeated or malformed on purpose."""

    source: str
    """Name of the source in the config."""
    duplicates: Count
    """Rows that repeat an earlier one."""
    missing: Count
    """Rows that lack a value."""
    malformed: Count
    """Rows with a malformed value."""


@frozen
class DatasetSummary:
    """The dataset, as shown in the record."""

    seed: Whole
    """Seed that generates the same rows again."""
    locale: str
    """Locale of names and addresses."""
    fingerprint: str
    """Digest of everything that determines the content."""
    rows: Mapping[str, Count]
    """Number of rows of each limetype."""
    total_rows: Count
    """Rows of all limetypes."""
    sources: Mapping[str, Count]
    """Number of rows of each source file."""
    seconds: Amount
    """Time to generate the dataset or to find it in the cache, in seconds."""
    cached: Flag
    """True if it came from the cache."""
    unclean: tuple[UncleanSource, ...] = ()
    """Sources with repeated and malformed rows, on purpose."""


@frozen
class ConfigValues:
    """The config as decided: every key, its value, and its origin."""

    path: str
    """Path of the config file."""
    values: Mapping[str, Json]
    """Values by dotted path; sizes in bytes, times in seconds, secrets masked."""
    provenance: Mapping[str, str]
    """Origin of each value."""


@frozen
class Record:
    """One run of limerun: what was requested, what happened, and what it means."""

    schema: Literal["limerun.record/1"]
    """The format and its version."""
    limerun_version: str
    """Version of limerun that wrote it."""
    started_at: str
    """Start time in ISO 8601 format, with the offset from UTC."""
    command: str
    """Name of the command, such as capacity-test."""
    config: ConfigValues
    """The config, as decided."""
    machine: Machine
    """The machine on which it was measured."""
    task: Task
    """The task that was measured."""
    dataset: DatasetSummary | None
    """The data that the task ran on; null if there was none."""
    verdict: Verdict | None
    """The verdict; null for commands that judge no budget, such as `limerun run`."""
    exit_code: ExitCode
    """0 passed, 1 failed, 2 invalid input, 3 error, 4 killed, 5 timeout, 6
    inconclusive, 70 a bug in limerun; 130, 143, 129: ended by SIGINT, SIGTERM,
    SIGHUP."""
    problem: str | None = None
    """Why the task could not be run at all; null if it could."""
    runs: tuple[Run, ...]
    """Runs of the task, each in a fresh worker."""
    checks: tuple[Check, ...] = ()
    """Figures compared with their budgets."""
    findings: tuple[Finding, ...] = ()
    """Advice, errors first."""
    instruments: tuple[InstrumentResult, ...] = ()
    """Results of the instrumented runs of `limerun profile`."""
    growth: Growth | None = None
    """Result of `limerun estimate`; null for other commands."""
    comparison: Comparison | None = None
    """Comparison with the base record; null if none was named."""
    profile: Profile | None = None
    """Result of `limerun profile`; null for other commands."""
    lint: Lint | None = None
    """What `limerun lint` read; null for other commands."""
    improvement: Improvement | None = None
    """What `limerun improve` changed; null for other commands."""
    resilience: Resilience | None = None
    """Result of `limerun resilience`; null for other commands."""


@frozen
class Performance:
    """All runs of a task, with the task and its dataset."""

    task: Task
    python: str | None
    """The version of the interpreter that ran the task; None if it never answered."""
    dataset: DatasetSummary | None
    runs: tuple[Run, ...]


@frozen
class Method:
    """One way to measure the peak, and its result for a spike of known size."""

    name: str
    works: bool
    exact: bool
    measured_bytes: int | None
    remark: str


@frozen
class Examination:
    """The accuracy of a machine's memory measurements; the best method comes first."""

    spike_bytes: int
    methods: tuple[Method, ...]
    used: Method | None
    """The best method that works: it is used for all runs."""
    baseline_bytes: int
    worst_gap_seconds: float | None
    processes: str
    """How the memory of processes that a task starts is measured."""
    duration_seconds: float
    """Duration of the test."""
    contention_seconds: float | None
    """Part of it in which the test waited for a processor; None if this is unknown."""
    missing: tuple[str, ...]
