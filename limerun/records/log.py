"""Records of what the task logged."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from limerun.frozen import frozen
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count

LeakPlace = Literal["log", "stdout", "stderr", "error", "result"]


class LogSite(NamedTuple):
    """A call in the code that logs."""

    logger: str
    level: int
    level_name: str
    file: str
    line: int
    function: str

    @property
    def location(self) -> Location | None:
        """Its line of code; None if it is unknown."""
        if not self.file:
            return None
        return Location(
            file=self.file, line=max(0, self.line), function=self.function or None
        )


class CapturedLine(NamedTuple):
    """One log record, as the worker captured it."""

    site: LogSite
    seconds: float
    """Time since the start of the task."""
    rows: int
    """Rows that the task had read by then, from files and from the database."""
    actions: int
    """Statements and commits by then."""
    message: str
    error: str | None
    """Traceback or type of the exception that was logged with it."""
    extra: Mapping[str, str]
    """What the task added to the record with `extra`."""


class HandledException(NamedTuple):
    """Exceptions of one class at one line of the user's code, as the worker counted."""

    file: str
    line: int
    """The line of the handler, or that raised."""
    function: str
    names: tuple[str, ...]
    """The names of the class and of its bases."""
    times: int
    is_raised: bool
    """Whether the line raised; otherwise it is that of the handler."""


@frozen
class SwallowedExceptions:
    """Exceptions that one handler in the task's code swallowed."""

    location: Location
    """The handler."""
    count: Count
    """How many exceptions it swallowed."""
    by_type: Mapping[str, Count]
    """The same by class, the most frequent first."""


@frozen
class LogLine:
    """A line that the task logged."""

    seconds: Amount
    """Time since the start of the task, in seconds."""
    level: str
    """Name of its level, such as "INFO"."""
    logger: str
    """Name of its logger."""
    message: str
    """Its text; a long one is cut."""
    location: Location | None
    """The call that logged it; null if unknown."""


@frozen
class LogCall:
    """A call in the code that logged several lines."""

    count: Count
    """How often it logged."""
    level: str
    """Name of its level."""
    logger: str
    """Name of its logger."""
    message: str
    """The text of its first line that was kept."""
    location: Location | None
    """The call; null if unknown."""


@frozen
class RunLog:
    """What the task logged through the module `logging`, in its own process."""

    lines: Count
    """Number of lines."""
    by_level: Mapping[str, Count]
    """Number of lines by level, the most severe first."""
    by_logger: Mapping[str, Count]
    """Number of lines by logger: the 20 most frequent and the sum of the others."""
    first: tuple[LogLine, ...]
    """The first lines, at most 20."""
    last: tuple[LogLine, ...]
    """The last lines after those, at most 20."""
    repeated: tuple[LogCall, ...]
    """The calls that logged more than once: at most 20, the most frequent first."""
    info_lines: Count
    """Lines at level INFO and above."""
    before_rows: Count | None
    """Lines at level INFO and above before the task had read a row or sent a statement;
    null if it was not seen to do either."""
    after_rows: Count | None
    """Lines at level INFO and above after its last row and its last statement, unlike
    those that it logged in between; null if it was not seen to do either."""
    unkept_lines: Count
    """Lines whose text was not kept, because there were too many."""
    seconds: Amount
    """Time in the handlers of the task's log, in seconds."""


@frozen
class Leak:
    """Personal values of one column, or secrets, that one call or output revealed."""

    kind: Literal["personal", "credential"]
    """What it is: a generated personal value, or a secret of the config."""
    what: str
    """The place of the first value in the dataset, such as "person[1234].email", or the
    config key or environment variable that holds the secret; never the value."""
    column: str | None
    """The column, such as "person.email"; null for a secret."""
    place: LeakPlace
    """Where it was found."""
    logger: str | None
    """Name of the logger; null outside the log."""
    location: Location | None
    """The call that logged it; null outside the log."""
    occurrences: Count
    """How often values of the column were found there."""
    values: Count
    """How many different values these were."""
