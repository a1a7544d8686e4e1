"""Records of why a task is slow or uses much memory, from its instrumented runs."""

from typing import Literal

from limerun.frozen import frozen
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count, Flag, Number
from limerun.records.resource_use import Series

InstrumentName = Literal["time", "cpu", "memory", "statements"]
TimeKind = Literal[
    "own", "database", "http", "sources", "threads", "processes", "waiting"
]
"""In this order: the task's own code; statements, fetches and commits; HTTP requests;
reading source files; waiting for anything else, or for a CPU."""


@frozen
class HotLine:
    """A line of the user's code with its share of an instrument's total."""

    location: Location
    """The line."""
    amount: Amount
    """Amount, in the unit of the instrument."""
    share: Amount
    """Share of the total, from 0 to 1."""
    calls: Count | None
    """Number of times the line ran; null if not counted."""
    text: str
    """The source line, or the statement."""
    path: tuple[Location, ...] = ()
    """Call chain that accounts for most of the amount, the outermost call first."""


@frozen
class InstrumentResult:
    """Results of one instrumented run, and the overhead of the instrument."""

    name: InstrumentName
    """Name of the instrument, which says what it measures."""
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
    """CPU time under the instrument, divided by that of the run without instruments."""
    why_missing: str | None = None
    """Why there is no result; null if there is one."""
    note: str | None = None
    """How the run ended if the task did not return, or why another tool was used; else
    null."""


@frozen
class TimePart:
    """A kind of work with its share of the duration; the parts add up to it.

    "threads" and "processes" are the time in which the task's thread waited while other
    threads or processes of the task were computing.
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
    """A function of the user's code, with its share of the task's own code."""

    location: Location
    """Location of the function."""
    seconds: Amount
    """Its time, in seconds."""
    share: Amount
    """Share of the task's own code, from 0 to 1."""


@frozen
class SegmentTime:
    """A segment that the task names; its parent is the last one with a smaller depth.

    In the task's thread, the times without nested segments add up to the duration.
    """

    name: str
    """Name of the segment; empty for time in no segment."""
    depth: Count
    """Number of segments that it is nested in."""
    calls: Count
    """Number of times it was entered."""
    seconds: Amount
    """Time including nested segments, in seconds."""
    own_seconds: Amount
    """Time without nested segments, in seconds: the sum of the four kinds below and the
    task's code."""
    database_seconds: Amount
    """Own time in statements, in seconds."""
    http_seconds: Amount
    """Own time in HTTP requests, in seconds."""
    sources_seconds: Amount
    """Own time reading source files, in seconds."""
    waiting_seconds: Amount
    """Own time waiting for anything else, in seconds."""
    other_thread: Flag = False
    """True if it ran in another thread than the task's; it is then not part of the
    duration."""


@frozen
class SegmentBand:
    """The time that a segment took in each interval of the run."""

    name: str
    """Name of the segment; empty for time in no segment."""
    seconds: tuple[Amount, ...]
    """Time in each interval, in seconds."""


@frozen
class LimetypeAlive:
    """Number of objects of a limetype in memory over time."""

    limetype: str
    """Name of the limetype."""
    alive: tuple[Count, ...]
    """Number of objects in memory at each time."""


@frozen
class TimeProfile:
    """The time by kind of work, function and segment, and the memory over time."""

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
    """Length of an interval of the bands, in seconds."""
    bands: tuple[SegmentBand, ...]
    """The time of each segment in each interval."""
    objects_at_seconds: tuple[Amount, ...]
    """Times at which objects were counted, in seconds since the start."""
    objects: tuple[LimetypeAlive, ...]
    """Lime objects in memory at those times."""
    cpu_wait_seconds: Amount | None = None
    """Time in which the task could have run but other programs had the CPU, in seconds;
    null if unknown."""


@frozen
class CallLine:
    """A line of the call tree; its parent is the last line with a smaller depth."""

    depth: Count
    """Depth in the tree."""
    location: Location
    """Location of the function."""
    users: Flag
    """True if it is the user's code; otherwise a library's, including all that it
    calls."""
    seconds: Amount
    """Time including called functions, in seconds."""
    own_seconds: Amount
    """Time without called functions, in seconds."""
    share: Amount
    """Share of the whole tree, from 0 to 1."""


@frozen
class StatementUse:
    """The use of one statement from one line of code."""

    text: str
    """SQL with placeholders, never with parameter values."""
    location: Location | None
    """Line that sent it."""
    reads: Flag
    """True if it only reads."""
    calls: Count
    """Number of times it was sent."""
    seconds: Amount
    """Duration of all calls, fetching of rows included, in seconds."""
    rows_read: Count | None
    """Rows fetched; null if unknown."""
    rows_written: Count | None
    """Rows written; null for one that reads."""
    smaller_calls: Count | None
    """Number of times it was sent in the run on fewer rows; null if there was no such
    run."""
    per_row: Number | None
    """Calls for each extra row, from the two runs; null if there were not two."""
    repeats: Count | None
    """Calls whose parameters had been sent before; null if unknown."""
    transactions: Count | None
    """Number of transactions in which it was sent; null if unknown."""


@frozen
class TransactionSize:
    """Number of transactions that wrote a number of objects in this range."""

    least: Count
    """Lower end of the range."""
    most: Count | None
    """Upper end of the range; null if there is none."""
    transactions: Count
    """Number of transactions in this range."""


@frozen
class StatementProfile:
    """The statements that were sent, the lines that sent them, and their growth."""

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
    """True if all different parameters could be stored."""


@frozen
class MemoryGrowth:
    """The task's memory at two sizes of its input, measured without instruments."""

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
    """The result of `limerun profile`: time, statements and memory of a task."""

    time: TimeProfile | None
    """Where the time goes; null if its run had no result."""
    tree: tuple[CallLine, ...]
    """The call tree with times; the parent of a line is the last line before it with a
    smaller depth."""
    statements: StatementProfile | None
    """How statements are used; null if no statement could be seen."""
    memory_growth: MemoryGrowth | None
    """Task memory at two sizes; null if only one was measured."""
