"""What the user decided, and what was made for the task because of it."""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from limerun.frozen import frozen
from limerun.records.ending import TaskTimeLimits
from limerun.records.field_types import BudgetLevel, Environment, Json, SourceFormat
from limerun.records.shape import Shape


@frozen
class Budget:
    """What must not be exceeded; None means that there is no budget."""

    memory_bytes: int
    idle_baseline_bytes: int
    duration_seconds: float | None
    queries_per_row: float | None
    levels: Mapping[str, BudgetLevel] = field(default_factory=dict)
    """The levels of memory, duration and queries_per_row; a missing one is error."""


@frozen
class DatasetPlan:
    """The rows to make: Lime DSL, row counts, and columns with explicit settings."""

    seed: int
    locale: str
    limetypes: Mapping[str, Mapping[str, object]]
    rows: Mapping[str, int]
    properties: Mapping[str, Mapping[str, object]]
    like: Shape | None = None
    """The shape of an export, for columns that the properties say nothing about."""
    trimmed: bool = False
    """Whether an option changed the rows, so that they may no longer fit limits of
    children."""


@frozen
class HttpPlan:
    """How an API serves the rows of a source."""

    page_size: int
    """Rows per page, unless the request asks for fewer."""
    latency_seconds: float
    rate_limit: float | None
    """Requests per second; None: no limit."""
    failure_rate: float


@frozen
class SourcePlan:
    """A file to make, which the task reads or which is served to it."""

    format: SourceFormat
    rows: int
    overlap: float
    columns: Mapping[str, str | Mapping[str, object]]
    delimiter: str | None = None
    """Delimiter of a CSV file's cells; None: a comma."""
    duplicates: float = 0.0
    missing: float = 0.0
    malformed: float = 0.0
    """These three are shares of the rows, like `overlap`."""
    http: HttpPlan | None = None
    """None if the task reads the file itself."""


@frozen
class Plan:
    """One test, with everything decided."""

    command: str
    config_path: Path
    task: str
    parameters: Mapping[str, object]
    environment: Environment
    cloud_limit_bytes: int
    budget: Budget
    application: str | None
    """An application of an installed platform; None: the stand-in's."""
    latency_seconds: float
    dataset: DatasetPlan | None
    sources: Mapping[str, SourcePlan]
    production_rows: Mapping[str, int]
    timeout_seconds: float | None
    handler: TaskTimeLimits
    """The task handler's own limits."""
    background_wait_seconds: float = 10.0
    """How long to wait for threads and processes that still run when the task
    returns."""
    sampling_seconds: float
    python: str
    environment_variables: Mapping[str, str]
    repeat: int
    decided: Mapping[str, Json]
    """Every config key with its value, as the record shows it."""
    provenance: Mapping[str, str]
    """Every config key with the origin of its value."""
    runtime_config: Mapping[str, object] = field(default_factory=dict, repr=False)
    """The data that `lime_admin`'s plugins read; it may contain secrets."""
    database_url: str = field(default="sqlite", repr=False)
    """"sqlite" for the embedded database, or a server's URL, which may contain a
    password."""


@frozen
class SourceFile:
    """A file that was made, which the task reads or which is served to it."""

    path: Path
    rows: int
    format: str
    duplicates: int = 0
    missing: int = 0
    malformed: int = 0
    """These three are numbers of rows."""
    index: Path | None = None
    """Where each row begins; only for a file that is served."""


@frozen
class Dataset:
    """What was made, and what is needed to make it again."""

    seed: int
    locale: str
    fingerprint: str
    rows: Mapping[str, int]
    database: Path | None
    sources: Mapping[str, SourceFile]
    limetypes: Mapping[str, Mapping[str, object]]
    seconds: float
    cached: bool
