"""What the user decided, and what was made for the task because of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from limerun.records.words import Environment, Json


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
    application: str | None
    """An application of an installed platform; None: the stand-in's."""
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
    database_url: str = field(default="sqlite", repr=False)
    """"sqlite", the embedded one, or a server's; it may hold a password."""


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
