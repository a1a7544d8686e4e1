"""What it means, and all of it as saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from limerun.records.comparison import Comparison
from limerun.records.growth import Growth
from limerun.records.profile import Instrument, Profile
from limerun.records.run import Location, Run
from limerun.records.words import Json, Level, TaskKind

SCHEMA = "limerun.record/1"  # 1 - first version


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One figure held against its budget. At the limit is within it."""

    name: str
    limit: float
    actual: float | None
    unit: Literal["bytes", "seconds", "queries/row"]
    passed: bool | None
    why: str
    level: Literal["error", "warning"] = "error"
    """What exceeding it means: a failure, or a warning."""


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
    code: str | None = None
    """The line, as it was when it ran."""
    suggestion: str | None = None
    """A few lines of code, in the names of the user's own."""


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
class UncleanSource:
    """How many rows of a source are not as one would wish, on purpose."""

    source: str
    duplicates: int
    missing: int
    malformed: int


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
    unclean: tuple[UncleanSource, ...] = ()


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
    instruments: tuple[Instrument, ...] = ()
    growth: Growth | None = None
    """What `limerun estimate` found; None: another command made this record."""
    comparison: Comparison | None = None
    """With a base that was named; None: there was none."""
    profile: Profile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Every run of a task, on what, and of what it was."""

    task: Task
    python: str
    """The version of the interpreter that ran the task."""
    dataset: DatasetSummary | None
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One way to tell the peak, and what it said of a spike of known size."""

    name: str
    works: bool
    exact: bool
    measured_bytes: int | None
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """How exactly a machine can measure, the best method first."""

    spike_bytes: int
    methods: tuple[Method, ...]
    used: Method | None
    """The best method that works: the one that runs are measured by."""
    baseline_bytes: int
    worst_gap_seconds: float | None
    missing: tuple[str, ...]
