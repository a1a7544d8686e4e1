"""Why a task is slow and big: what the instrumented runs saw."""

from dataclasses import dataclass
from typing import Literal

from limerun.records.run import Location, Series

InstrumentName = Literal["time", "cpu", "memory", "statements"]
TimeKind = Literal["own", "database", "http", "sources", "waiting"]
"""The task's own code; inside statements, fetches and commits; inside HTTP requests;
reading the source files; waiting for anything else, or for a CPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HotLine:
    """A line of the user's code with its share of what an instrument saw."""

    location: Location
    amount: float
    share: float
    calls: int | None
    text: str
    """The source line, or the statement."""
    path: tuple[Location, ...] = ()
    """Who called whom to get there, the outermost first, for most of the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """What one instrumented run saw, and what the instrument cost."""

    name: InstrumentName
    tool: str
    unit: Literal["seconds", "bytes", "calls"]
    total: float
    lines: tuple[HotLine, ...]
    duration_seconds: float | None
    slowdown: float | None
    """CPU time under the instrument over that of the bare run."""
    why_missing: str | None = None
    note: str | None = None
    """How its run ended, if that was not by returning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePart:
    """A kind of work with its share of the duration; the parts add up to it."""

    kind: TimeKind
    seconds: float
    share: float
    calls: int | None
    """Statements, requests or reads; None for what is not counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTime:
    """A function of the user's with its share of the task's own code."""

    location: Location
    seconds: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTime:
    """A part that the task names, within the one above that is less deep.

    The own seconds of the segments of the task's thread add up to its duration.
    """

    name: str
    """"" is what lies in no segment."""
    depth: int
    calls: int
    seconds: float
    """With the segments in it."""
    own_seconds: float
    """Without them; of these, the four kinds below, the rest is the task's code."""
    database_seconds: float
    http_seconds: float
    sources_seconds: float
    waiting_seconds: float
    other_thread: bool = False
    """It ran beside the task's own thread: it is no part of the duration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentBand:
    """When a segment ran: its seconds in each stretch of the run."""

    name: str
    seconds: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LimetypeAlive:
    """How many objects of a limetype were alive, over time."""

    limetype: str
    alive: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeProfile:
    """Where the time goes, by kind, function and segment, beside the memory."""

    duration_seconds: float
    parts: tuple[TimePart, ...]
    functions: tuple[FunctionTime, ...]
    """The largest ones, by the CPU instrument's run."""
    segments: tuple[SegmentTime, ...]
    """In the order of their nesting; none where the task names none."""
    baseline_bytes: int | None
    series: Series
    band_seconds: float
    """The width of a stretch of the bands."""
    bands: tuple[SegmentBand, ...]
    objects_at_seconds: tuple[float, ...]
    objects: tuple[LimetypeAlive, ...]
    cpu_wait_seconds: float | None = None
    """That the task's thread could have run, but others had the CPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLine:
    """A line of the call tree, below the last line that is less deep."""

    depth: int
    location: Location
    users: bool
    """The user's function; else what it called of a library, with all below."""
    seconds: float
    own_seconds: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementUse:
    """How one statement from one line is used. None: it could not be seen."""

    text: str
    location: Location | None
    reads: bool
    calls: int
    seconds: float
    """With the fetching of its rows."""
    rows_read: int | None
    rows_written: int | None
    smaller_calls: int | None
    """In the run of fewer rows."""
    per_row: float | None
    """Calls for each further row; proven by the two runs."""
    repeats: int | None
    """Calls whose parameters had been sent before."""
    transactions: int | None
    """Between how many commits it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionSize:
    """How many transactions wrote so many objects."""

    least: int
    most: int | None
    transactions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementProfile:
    """What is asked of the database, by whom, and how that grows."""

    rows: int | None
    smaller_rows: int | None
    """The task's input in the two runs that growth is proven by."""
    why_unproven: str | None
    commits: int
    statements: tuple[StatementUse, ...]
    transactions: tuple[TransactionSize, ...]
    repeats_complete: bool = True
    """False: so many different parameters were sent that not all were remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryGrowth:
    """What the task took at two sizes of its input, neither under an instrument."""

    rows: int
    smaller_rows: int
    task_bytes: int
    smaller_task_bytes: int
    bytes_per_row: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All of the above."""

    time: TimeProfile | None
    tree: tuple[CallLine, ...]
    statements: StatementProfile | None
    memory_growth: MemoryGrowth | None
