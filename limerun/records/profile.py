"""Why a task is slow and big: what the instrumented runs saw."""

from typing import Literal

from limerun.frozen import frozen
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count, Flag, Number
from limerun.records.resource_use import Series

InstrumentName = Literal["time", "cpu", "memory", "statements"]
TimeKind = Literal[
    "own", "database", "http", "sources", "threads", "processes", "waiting"
]
"""The task's own code; inside statements, fetches and commits; inside HTTP requests;
reading the source files; waiting for anything else, or for a CPU."""


@frozen
class HotLine:
    """A line of the user's code with its share of what an instrument saw."""

    location: Location
    """The line."""
    amount: Amount
    """Amount, in the unit of the instrument."""
    share: Amount
    """Share of the total, from 0 to 1."""
    calls: Count | None
    """How often it ran; null if not counted."""
    text: str
    """The source line, or the statement."""
    path: tuple[Location, ...] = ()
    """Who called whom to get there, the outermost first, for most of the amount."""


@frozen
class InstrumentResult:
    """What one instrumented run saw, and what the instrument cost."""

    name: InstrumentName
    """What it measures."""
    tool: str
    """Name of the tool."""
    unit: Literal["seconds", "bytes", "calls"]
    """Unit of the total and of each line's amount."""
    total: Amount
    """Sum over all lines, in the unit."""
    lines: tuple[HotLine, ...]
    """The lines that matter most."""
    duration_seconds: Amount | None
    """Duration of the instrumented run, in seconds."""
    slowdown: Number | None
    """CPU time under the instrument over that of the bare run."""
    why_missing: str | None = None
    """Why there is no result; null if there is one."""
    note: str | None = None
    """How its run ended if it did not return, or why another tool was used; else
    null."""


@frozen
class TimePart:
    """A kind of work with its share of the duration; the parts add up to it.

    "threads" and "processes" are the time in which the task's thread waited while
    other threads, or processes, of the task computed.
    """

    kind: TimeKind
    """Kind of work."""
    seconds: Amount
    """Its time, in seconds."""
    share: Amount
    """Share of the duration, from 0 to 1."""
    calls: Count | None
    """Statements, requests or reads; null if not counted."""


@frozen
class FunctionTime:
    """A function of the user's with its share of the task's own code."""

    location: Location
    """Where the function is."""
    seconds: Amount
    """Its time, in seconds."""
    share: Amount
    """Share of the task's own code, from 0 to 1."""


@frozen
class SegmentTime:
    """A part that the task names, within the one above that is less deep.

    The own seconds of the segments of the task's thread add up to its duration.
    """

    name: str
    """Name that the task gives it; empty for what lies in no segment."""
    depth: Count
    """How many segments it lies in."""
    calls: Count
    """How often it was entered."""
    seconds: Amount
    """Time, with the segments in it, in seconds."""
    own_seconds: Amount
    """Time without the segments in it, in seconds; the four kinds below, and the task's
    code."""
    database_seconds: Amount
    """Own time in statements, in seconds."""
    http_seconds: Amount
    """Own time in HTTP requests, in seconds."""
    sources_seconds: Amount
    """Own time reading source files, in seconds."""
    waiting_seconds: Amount
    """Own time waiting for anything else, in seconds."""
    other_thread: Flag = False
    """Whether it ran beside the task's own thread: it is then no part of the
    duration."""


@frozen
class SegmentBand:
    """When a segment ran: its seconds in each stretch of the run."""

    name: str
    """Name of the segment; empty for what lies in none."""
    seconds: tuple[Amount, ...]
    """Time in each stretch, in seconds."""


@frozen
class LimetypeAlive:
    """How many objects of a limetype were alive, over time."""

    limetype: str
    """Name of the limetype."""
    alive: tuple[Count, ...]
    """Objects alive at each time."""


@frozen
class TimeProfile:
    """Where the time goes, by kind, function and segment, beside the memory."""

    duration_seconds: Amount
    """Duration of the run that was timed, in seconds."""
    parts: tuple[TimePart, ...]
    """Time by kind of work; the parts add up to the duration."""
    functions: tuple[FunctionTime, ...]
    """The user's functions that took most of the task's own code."""
    segments: tuple[SegmentTime, ...]
    """Segments that the task names, in the order of their nesting."""
    baseline_bytes: Count | None
    """Resident memory before the task, in bytes."""
    series: Series
    """Resident memory over time."""
    band_seconds: Amount
    """Width of a stretch of the bands, in seconds."""
    bands: tuple[SegmentBand, ...]
    """When each segment ran."""
    objects_at_seconds: tuple[Amount, ...]
    """Times at which objects were counted, in seconds since the start."""
    objects: tuple[LimetypeAlive, ...]
    """Lime objects alive at those times."""
    cpu_wait_seconds: Amount | None = None
    """Time that the task could have run, but others had the CPU, in seconds; null if
    unknown."""


@frozen
class CallLine:
    """A line of the call tree, below the last line that is less deep."""

    depth: Count
    """Depth in the tree."""
    location: Location
    """Where the function is."""
    users: Flag
    """Whether it is the user's code; else a library's, with all that it calls."""
    seconds: Amount
    """Time, with all that it called, in seconds."""
    own_seconds: Amount
    """Time without what it called, in seconds."""
    share: Amount
    """Share of the whole tree, from 0 to 1."""


@frozen
class StatementUse:
    """How one statement from one line is used."""

    text: str
    """SQL with placeholders, never with parameter values."""
    location: Location | None
    """Line that sent it."""
    reads: Flag
    """Whether it only reads."""
    calls: Count
    """How often it was sent."""
    seconds: Amount
    """Duration of all calls, fetching of rows included, in seconds."""
    rows_read: Count | None
    """Rows fetched; null if unknown."""
    rows_written: Count | None
    """Rows written; null for one that reads."""
    smaller_calls: Count | None
    """How often it was sent in the run of fewer rows; null if there was none."""
    per_row: Number | None
    """Calls for each extra row, from the two runs; null if there were not two."""
    repeats: Count | None
    """Calls whose parameters had been sent before; null if unknown."""
    transactions: Count | None
    """Number of transactions in which it was sent; null if unknown."""


@frozen
class TransactionSize:
    """How many transactions wrote so many objects."""

    least: Count
    """Least objects of this size."""
    most: Count | None
    """Most objects of this size; null for any number."""
    transactions: Count
    """Number of transactions of this size."""


@frozen
class StatementProfile:
    """What is asked of the database, by whom, and how that grows."""

    rows: Count | None
    """Rows of the task's input; null if unknown."""
    smaller_rows: Count | None
    """Rows of the smaller run's input; null if there was none."""
    why_unproven: str | None
    """Why there was no smaller run; null if there was."""
    commits: Count
    """Number of commits."""
    statements: tuple[StatementUse, ...]
    """Statements, the slowest first."""
    transactions: tuple[TransactionSize, ...]
    """Transactions by size."""
    repeats_complete: Flag = True
    """Whether all different parameters could be remembered."""


@frozen
class MemoryGrowth:
    """What the task took at two sizes of its input, neither under an instrument."""

    rows: Count
    """Rows of the task's input."""
    smaller_rows: Count
    """Rows of the smaller run's input."""
    task_bytes: Count
    """Task memory, in bytes."""
    smaller_task_bytes: Count
    """Task memory of the smaller run, in bytes."""
    bytes_per_row: Number
    """Task memory for each extra row, in bytes."""


@frozen
class Profile:
    """Where time, statements and memory of a task go."""

    time: TimeProfile | None
    """Where the time goes; null if its run gave no result."""
    tree: tuple[CallLine, ...]
    """Who calls whom, and how long it takes; each line lies below the last line that is
    less deep."""
    statements: StatementProfile | None
    """What is asked of the database; null if no statement could be seen."""
    memory_growth: MemoryGrowth | None
    """Task memory at two sizes; null if there were not two."""
