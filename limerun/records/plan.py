"""Records of what the user decided, and of the data generated for the task."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from limerun.frozen import frozen
from limerun.records.ending import TaskTimeLimits
from limerun.records.field_types import (
    BudgetLevel,
    Environment,
    Json,
    RuleLevel,
    SourceFormat,
)
from limerun.records.shape import Shape


@frozen
class Budget:
    """The limits of a task; None means that there is no limit."""

    memory_bytes: int
    idle_baseline_bytes: int
    duration_seconds: float | None
    queries_per_row: float | None
    levels: Mapping[str, BudgetLevel] = field(default_factory=dict)
    """The levels of memory, duration and queries_per_row; a missing level means
    error."""


@frozen
class DatasetPlan:
    """The rows to generate: Lime DSL, row counts, and explicit settings of columns."""

    seed: int
    locale: str
    limetypes: Mapping[str, Mapping[str, object]]
    rows: Mapping[str, int]
    properties: Mapping[str, Mapping[str, object]]
    like: Shape | None = None
    """The shape of an export, for columns without explicit settings."""
    trimmed: bool = False
    """True if an option changed the row counts, which may then violate limits on
    children per parent."""


@frozen
class HttpPlan:
    """The settings of an API that serves the rows of a source."""

    page_size: int
    """Rows per page, unless the request asks for fewer."""
    latency_seconds: float
    rate_limit: float | None
    """Requests per second; None: no limit."""
    failure_rate: float


@frozen
class SourcePlan:
    """A file to generate, which the task reads directly or over HTTP."""

    format: SourceFormat
    rows: int
    overlap: float
    columns: Mapping[str, str | Mapping[str, object]]
    delimiter: str | None = None
    """Delimiter between the cells of a CSV file; None: a comma."""
    duplicates: float = 0.0
    missing: float = 0.0
    malformed: float = 0.0
    """A share of the rows, like `overlap` and the two fields above."""
    http: HttpPlan | None = None
    """None if the task reads the file itself."""


@frozen
class Plan:
    """One test, with every setting resolved."""

    command: str
    config_path: Path
    task: str
    parameters: Mapping[str, object]
    environment: Environment
    cloud_limit_bytes: int
    budget: Budget
    application: str | None
    """An application of an installed platform; None: the stand-in's application."""
    latency_seconds: float
    dataset: DatasetPlan | None
    sources: Mapping[str, SourcePlan]
    production_rows: Mapping[str, int]
    timeout_seconds: float | None
    handler: TaskTimeLimits
    """The task handler's time limits."""
    background_wait_seconds: float = 10.0
    """Time to wait for threads and processes that are still running when the task
    returns."""
    sampling_seconds: float
    python: str
    environment_variables: Mapping[str, str]
    repeat: int
    decided: Mapping[str, Json]
    """Every config key with its value, as shown in the record."""
    provenance: Mapping[str, str]
    """Every config key with the origin of its value."""
    rules: Mapping[str, RuleLevel] = field(default_factory=dict)
    """The levels of rules that differ from the rules' defaults."""
    runtime_config: Mapping[str, object] = field(default_factory=dict, repr=False)
    """The data that `lime_admin`'s plugins read; it may contain secrets."""
    database_url: str = field(default="sqlite", repr=False)
    """"sqlite" for the embedded database, or a server's URL, which may contain a
    password."""


@frozen
class SourceFile:
    """A generated file, which the task reads directly or over HTTP."""

    path: Path
    rows: int
    format: str
    duplicates: int = 0
    missing: int = 0
    malformed: int = 0
    """Number of rows, like the two fields above."""
    index: Path | None = None
    """Path of an index of the positions where rows begin; only for a file that is
    served."""


@frozen
class Dataset:
    """The generated data, and what is needed to generate it again."""

    seed: int
    locale: str
    fingerprint: str
    rows: Mapping[str, int]
    database: Path | None
    sources: Mapping[str, SourceFile]
    limetypes: Mapping[str, Mapping[str, object]]
    seconds: float
    cached: bool
