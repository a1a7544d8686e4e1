"""Records of what one run used and changed: memory, statements, objects, requests."""

from collections.abc import Mapping

from limerun.frozen import frozen
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count, Flag, Json, Number


@frozen
class Memory:
    """Resident memory of one run; null where it was not measured."""

    baseline_bytes: Count | None
    """Memory of the idle worker before the task, in bytes."""
    sampled_peak_bytes: Count | None
    """Largest sample over the process tree, in bytes."""
    high_water_bytes: Count | None
    """High-water mark of the worker's memory according to the kernel, in bytes."""
    peak_bytes: Count | None
    """The peak that is judged, in bytes."""
    task_bytes: Count | None
    """Peak minus baseline, in bytes."""
    task_low_bytes: Count | None
    """Lower bound of the task's memory, in bytes; equals `task_bytes` if the peak is
    exact."""
    task_high_bytes: Count | None
    """Upper bound of the task's memory, in bytes; null if unknown."""
    handler_total_bytes: Count | None
    """Task memory plus the budgeted memory of the idle handler, in bytes."""
    largest_child_bytes: Count | None
    """Peak of the largest process that the worker started, in bytes."""
    method: str
    """How the peak was measured."""
    exact: Flag
    """Whether the method cannot miss a peak."""
    why: str | None = None
    """Why the peak is not exact; null if it is."""


@frozen
class Series:
    """Resident memory of the process tree over time."""

    t_seconds: tuple[Number, ...]
    """Times since the task began, in seconds."""
    rss_bytes: tuple[Count, ...]
    """Memory at those times, in bytes."""

    def __post_init__(self) -> None:
        times, values = len(self.t_seconds), len(self.rss_bytes)
        if times != values:
            raise ValueError(
                f"{times} values in t_seconds, but {values} in rss_bytes; each time "
                "needs its memory"
            )


@frozen
class Queries:
    """Statements sent to the database during the task."""

    total: Count
    """Reads and writes together."""
    reads: Count
    """Statements that read."""
    writes: Count
    """Statements that only read."""
    commits: Count
    """Number of commits."""
    distinct: Count | None
    """Number of different statement texts; null if they were not recorded."""
    failed: Count = 0
    """Statements that the database rejected or that were interrupted; the other figures
    include them."""


@frozen
class Transactions:
    """Transactions that wrote rows, and how many objects (rows) each wrote."""

    count: Count
    """Number of transactions."""
    median_objects: Amount | None
    """Median of the rows written in a transaction; null if there was none."""
    max_objects: Count
    """Rows written in the largest transaction."""


@frozen
class Statement:
    """One statement text from one line of the user's code."""

    text: str
    """SQL with placeholders, never with parameter values."""
    calls: Count
    """How often it was sent."""
    seconds: Amount
    """Duration of all calls together, in seconds."""
    rows: Count | None
    """Rows written; null for a statement that reads."""
    location: Location | None
    """Line that sent the statement."""
    rows_read: Count | None = None
    """Rows fetched; null for a statement that writes, or where they were not
    counted."""
    for_each_row: Flag = False
    """Whether it was sent once per row of another statement's result."""
    called_from: tuple[Location, ...] = ()
    """Lines of the user's code above `location` when it was first sent, the innermost
    first."""


@frozen
class LimeObjectCounts:
    """Lime objects in memory in the worker, when there were the most of them."""

    max_alive: Count
    """Most objects in memory at once."""
    location: Location | None
    """Line that created most of them."""


@frozen
class LimetypeEffect:
    """What a run changed in one limetype, and a fingerprint of the result."""

    created: Count
    """Objects created."""
    updated: Count
    """Objects with another value in a property, other than system properties."""
    deleted: Count
    """Objects deleted."""
    fingerprint: Mapping[str, str]
    """Digest of the values of each property after the run; a property that is not here
    is as before the run. Objects that existed before are keyed by id, created objects by
    their other values, and relations by the key of their target, so that ids and the
    order of inserts do not matter."""
    varying: tuple[str, ...] | None = None
    """Properties that are not in the fingerprint, because two runs with the same input
    wrote different values; null if this is unknown, as with one run."""
    examples: tuple[Mapping[str, Json], ...] = ()
    """The first few changed objects: {"change", "id", "before", "after"}; before or
    after may be null."""


@frozen
class Fetched:
    """The answers that the API of an HTTP source served during one run."""

    source: str
    """Name of the source in the config."""
    requests: Count
    """All requests."""
    rows: Count
    """Rows on the pages that were served."""
    refused: Count
    """Requests answered with 429, too many requests."""
    failed: Count
    """Requests answered with 500 or 503, on purpose."""
    answering_seconds: Amount
    """Time from each request to its answer, latency included, in seconds."""
