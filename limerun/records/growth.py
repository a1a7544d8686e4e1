"""Records of a task's growth: measurements at rising sizes, and predictions."""

from collections.abc import Mapping
from typing import Literal

from limerun.frozen import frozen
from limerun.records.field_types import Amount, Count, Flag, Number


@frozen
class GrowthRun:
    """One run of `limerun estimate`, in a fresh worker."""

    rows: Count
    """Size of this run."""
    duration_seconds: Amount
    """Duration of the call without contention, in seconds; the upper end if this is a
    range; the full duration if contention is unknown."""
    cpu_seconds: Amount
    """Part of it: computing outside statements and commits, in seconds."""
    database_seconds: Amount | None
    """Part of it: inside statements and commits, in seconds; null if it could not be
    measured."""
    task_bytes: Count | None
    """Peak minus baseline, in bytes; null if it was not measured."""
    rows_processed: Count | None
    """Rows that the task read from its input; null if unknown."""
    queries: Count | None
    """Statements; null if they could not be counted."""
    commits: Count | None
    """Commits; null if they could not be counted."""
    calibration_seconds: Amount | None
    """Mean duration of the calibration loop around this run, in seconds; null if it was
    not run."""
    duration_low_seconds: Amount | None = None
    """Lower end of the duration without contention, in seconds; null if contention is
    unknown."""
    whole_seconds: Amount | None = None
    """Time that this run took, including making its dataset and starting the worker, in
    seconds; null for runs with parts of the database."""


@frozen
class SizePoint:
    """All runs of one size, combined: the median of each figure.

    The times are those at this machine's usual speed: the calibration loop shows how
    fast it was during each run. CPU time (outside statements), time in statements and
    waiting add up to the duration.
    """

    rows: Count
    """The size."""
    runs: Count
    """Number of runs."""
    accepted: Flag
    """True if these runs are long enough to show growth; shorter runs show only the
    start-up."""
    duration_seconds: Amount
    """Median duration without contention, in seconds: the sum of the next three
    fields."""
    cpu_seconds: Amount
    """CPU time outside statements, in seconds."""
    database_seconds: Amount
    """Time inside statements, in seconds."""
    wait_seconds: Amount
    """Time waiting outside statements, in seconds."""
    task_bytes: Count | None
    """Median of task memory, in bytes; null if it was not measured."""
    queries: Count | None
    """Statements; null if they could not be counted."""


@frozen
class GrowthPart:
    """The growth of memory, or of one part of the duration."""

    name: Literal["cpu", "database", "wait", "memory"]
    """Name of the part."""
    terms: Mapping[str, Number]
    """Coefficients of the best-fitting curve, in seconds or bytes, for the terms 1, n,
    n log n and n^2."""
    share: Number | None
    """Share of the predicted duration; null for memory."""
    doubling: Number | None
    """Factor by which this part grows when the rows double, at the largest size; null
    if unknown."""


@frozen
class Prediction:
    """One figure at the requested size, as a range."""

    name: str
    """Name of the figure; the same as the check's, if there is a budget for it."""
    unit: Literal["seconds", "bytes", "rows/s", "queries/row"]
    """Unit of the figures and of the limit."""
    low: Number
    """Low end of the range."""
    likely: Number
    """Most likely value."""
    high: Number
    """High end of the range."""
    measured: Flag
    """True if this size was actually run; low and high are then its lowest and highest
    measured values."""
    limit: Amount | None = None
    """The budget; null if none was set."""
    within: Flag | None = None
    """True if even the high end is within the budget, false if even the low end exceeds
    it, else null. A prediction never counts as a pass."""


@frozen
class MaxRows:
    """The most rows that stay within a budget; null if they cannot be predicted."""

    name: str
    """Name of the check."""
    limit: Amount
    """The budget."""
    unit: Literal["seconds", "bytes"]
    """Unit of the limit."""
    low_rows: Count | None
    """Rows that certainly stay within the budget."""
    likely_rows: Count | None
    """Rows that probably stay within the budget."""
    high_rows: Count | None
    """Rows above which the budget is certainly exceeded."""


@frozen
class Regime:
    """The size above which a task takes longer than smaller sizes suggest."""

    from_rows: Count
    """Approximate size above which the task takes longer than expected."""
    factor: Number
    """Duration at the largest size, divided by the duration that the smaller sizes
    predict."""


@frozen
class TimingNoise:
    """The variation of this machine's speed during the runs."""

    calibration_moved: Amount | None
    """Share by which the duration of the calibration loop varied between runs; null if
    unknown."""
    duration_spread: Amount | None
    """Standard deviation of the durations of one size, relative to the duration; over
    all sizes. Null if no size that is long enough was run twice."""
    reasons: tuple[str, ...]
    """Why the predicted time ranges are clearly wider; empty if they are not."""
    widening: Amount = 1.0
    """Factor by which this variation widens the predicted time ranges."""


@frozen
class Settling:
    """The additional runs that would probably decide an inconclusive verdict."""

    rows: Count | None
    """Size up to which two runs of each additional size are needed; null if even runs
    of the requested size would probably not decide it."""
    seconds: Amount | None
    """Time that these runs take, in seconds; null if there are none."""


@frozen
class DatabaseRun:
    """One run of `limerun estimate` with the whole database, or a part of it."""

    share: Number
    """Rows of the database, divided by the rows of the whole database."""
    run: GrowthRun
    """The run."""


@frozen
class DatabaseSlope:
    """What each row of the database adds to one figure."""

    name: Literal["duration", "memory", "queries"]
    """Name of the figure, in seconds, bytes or statements."""
    per_row: Number
    """Added for each row of the limetype in the database; 0 if no effect was seen."""
    per_pair: Number
    """Added for each pair of a row of the limetype and a row of the input; 0 if no
    effect was seen."""


@frozen
class DatabaseInfluence:
    """How the size of the database changes the figures, apart from the input's size.

    In runs with parts of the database, the limetypes named here have fewer rows.
    """

    limetype: str
    """The limetype with the most rows, in which slopes are expressed."""
    rows: Mapping[str, Count]
    """Rows of the database in the runs, by limetype."""
    to_rows: Mapping[str, Count]
    """Rows of the database that the predictions are for, by limetype."""
    is_production: Flag
    """True if the predictions are for production's size; false if it is unknown."""
    runs: tuple[DatabaseRun, ...] = ()
    """All runs; empty if there was no time for them."""
    slopes: tuple[DatabaseSlope, ...] = ()
    """What each row of the database adds; empty if it is unknown."""

    @property
    def ratio(self) -> float:
        """Rows of the limetype that are predicted for, divided by those in the runs."""
        made = self.rows.get(self.limetype) or 1
        return (self.to_rows.get(self.limetype) or made) / made


@frozen
class Growth:
    """The growth of duration and memory, with predictions and their reliability."""

    grow: str
    """Part that grew: sources, sources.NAME, dataset or dataset.rows.NAME."""
    to_rows: Count
    """The requested size."""
    within_seconds: Amount
    """Time limit for all runs, in seconds."""
    seconds: Amount
    """Total time of all runs, in seconds."""
    runs: tuple[GrowthRun, ...]
    """All runs."""
    size_points: tuple[SizePoint, ...]
    """The combined runs of each size, the smallest size first."""
    parts: tuple[GrowthPart, ...]
    """How memory and each part of the duration grow."""
    doubling: Number | None
    """Factor by which the duration grows when the rows double, at the largest size;
    null if unknown."""
    predictions: tuple[Prediction, ...]
    """Predicted figures at the requested size."""
    max_rows: tuple[MaxRows, ...]
    """The most rows that stay within each budget."""
    regime: Regime | None
    """Size above which the task takes longer than smaller sizes suggest; null if there
    is none."""
    noise: TimingNoise
    """How much the speed of the machine varied."""
    ended_at_rows: Count | None = None
    """Size at which the task did not return; null if all runs returned."""
    settling: Settling | None = None
    """Runs that would decide the verdict; null if no predicted range contains a
    budget."""
    task_digest: str | None = None
    """Digest of the file that defines the task; null if it could not be read."""
    overlaps: Mapping[str, Amount] | None = None
    """Share by which each source overlapped at every size; null if it was as
    configured."""
    database: DatabaseInfluence | None = None
    """How the database's size changes the figures; null if there is none, or if the
    database itself grew."""
