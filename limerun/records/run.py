"""What happened in one run of the task, in figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from limerun.records.words import Ending, Json, KilledBecause


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
class TimeSplit:
    """A duration in three parts, in seconds, that are it together."""

    cpu_seconds: float
    """Outside of statements."""
    database_seconds: float
    """In statements, whether it worked or waited there."""
    wait_seconds: float
    """Outside of statements."""

    @classmethod
    def of(
        cls,
        duration_seconds: float,
        cpu_seconds: float,
        database_seconds: float,
        database_wait_seconds: float | None,
    ) -> "TimeSplit":
        """Split a duration.

        Args:
            duration_seconds: All of it.
            cpu_seconds: Of the whole process; with processes of its own it may be
                more than the duration, of which it then is all.
            database_seconds: In statements, working and waiting.
            database_wait_seconds: Waiting in statements; None: it is not known, as
                with a server, for which they waited as far as there was any waiting.
        """
        database = min(duration_seconds, database_seconds)
        if database_wait_seconds is None:
            database_wait_seconds = max(0.0, duration_seconds - cpu_seconds)
        work = database - min(database, database_wait_seconds)
        rest = duration_seconds - database
        cpu = min(rest, max(0.0, cpu_seconds - work))
        return cls(cpu_seconds=cpu, database_seconds=database, wait_seconds=rest - cpu)


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
    rows: int | None
    """Rows written; None for a statement that reads."""
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
class LimeObjects:
    """Lime objects alive in the worker at once, at most, and who made most of them."""

    max_alive: int
    location: Location | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the API of an HTTP source answered during one run."""

    source: str
    requests: int
    rows: int
    """In the pages that were served."""
    refused: int
    """With 429: too many requests."""
    failed: int
    """With 500 or 503, on purpose."""
    answering_seconds: float
    """From each request to its answer, the latency with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedEarly:
    """Why a run was ended before its end: it was certain to exceed a budget."""

    check: Literal["duration.budget", "memory.task"]
    limit: float
    at_least: float
    """What the whole run would have taken at the least: seconds or bytes."""
    rows_done: int
    rows_total: int | None


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
    database_seconds: float | None = None
    """Inside statements, whether it waited or worked there."""
    database_wait_seconds: float | None = None
    """Waiting inside statements: the latency added to an embedded database's; None: it
    is not known."""
    stopped_early: StoppedEarly | None = None
    fetched: tuple[Fetched, ...] = ()

    @property
    def cpu_seconds(self) -> float | None:
        """CPU time of the task, user's and system's; None: not measured."""
        if self.cpu_user_seconds is None or self.cpu_system_seconds is None:
            return None
        return self.cpu_user_seconds + self.cpu_system_seconds

    @property
    def time_split(self) -> TimeSplit | None:
        """The duration in its parts; None: it was not measured."""
        if self.duration_seconds is None or self.cpu_seconds is None:
            return None
        return TimeSplit.of(
            self.duration_seconds,
            self.cpu_seconds,
            self.database_seconds or 0.0,
            self.database_wait_seconds,
        )
