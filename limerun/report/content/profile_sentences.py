"""The texts of a profile: parts of the time, segments, statements. Pure."""

from collections.abc import Iterator
from pathlib import PurePath

from limerun.records import (
    CallLine,
    LimetypeAlive,
    SegmentTime,
    StatementProfile,
    StatementUse,
    TimePart,
    TimeProfile,
    TransactionSize,
)
from limerun.report.content.safe_text import one_line
from limerun.units import format_count, format_duration

_KINDS = {
    "own": "the task's own code",
    "database": "database",
    "http": "HTTP",
    "sources": "sources",
    "threads": "CPU time of the task's other threads",
    "processes": "CPU time of processes that the task started",
    "waiting": "other waiting",
}
_CPU_WAIT_SHARE = 0.02
_COUNTED = {"database": "statement", "http": "request", "sources": "read"}


def part_label(part: TimePart, time: TimeProfile) -> str:
    """Return the name of a part of the time, with the number of calls."""
    label = _KINDS[part.kind]
    if part.kind == "waiting" and time.cpu_wait_seconds is not None:
        least = _CPU_WAIT_SHARE * time.duration_seconds
        if time.cpu_wait_seconds >= least:
            wait = format_duration(time.cpu_wait_seconds)
            return f"{label} (the whole run waited {wait} for a CPU)"
    if part.calls is None:
        return label
    one = _COUNTED.get(part.kind, "call")
    return f"{label}: {format_count(part.calls)} {one}{'s' * (part.calls != 1)}"


def segment_label(segment: SegmentTime) -> str:
    """Return a segment's name, or a name for the time outside all segments."""
    return one_line(segment.name, 60) or "outside the segments"


def segment_facts(segment: SegmentTime) -> str:
    """Return how often a segment ran, and the parts of its time."""
    parts = []
    if segment.calls:
        times = f"{format_count(segment.calls)} times"
        parts.append("once" if segment.calls == 1 else times)
    for seconds, what in (
        (segment.database_seconds, "database"),
        (segment.http_seconds, "HTTP"),
        (segment.sources_seconds, "sources"),
        (segment.waiting_seconds, "waiting"),
    ):
        if seconds >= 0.0005 and seconds >= 0.01 * segment.own_seconds:
            parts.append(f"{what} {format_duration(seconds)}")
    if segment.seconds > 1.01 * segment.own_seconds:
        parts.append(f"{format_duration(segment.seconds)} with nested segments")
    if segment.other_thread:
        parts.append("in another thread")
    return ", ".join(parts)


def call_label(line: CallLine) -> str:
    """Return a function's name; for a library's function, with its file."""
    name = one_line(line.location.function or "?", 60)
    if line.users:
        return name
    parts = PurePath(line.location.file).parts[-2:]
    return f"{name} ({one_line('/'.join(parts), 60)})" if parts else name


def statement_facts(use: StatementUse, statements: StatementProfile) -> str:
    """Return how the task uses a statement: growth, rows, repeats, transactions."""
    return ", ".join(_statement_facts(use, statements))


def _statement_facts(use: StatementUse, statements: StatementProfile) -> Iterator[str]:
    if use.per_row is not None:
        yield f"{use.per_row:.2g} more for each extra row"
    elif statements.rows:
        yield f"{use.calls / statements.rows:.2g} per row"
    if use.rows_written is not None:
        yield f"{format_count(use.rows_written)} rows written"
    elif use.rows_read is not None:
        yield f"{format_count(use.rows_read)} rows read"
    if use.repeats:
        yield f"{format_count(use.repeats)} repeated with the same parameters"
    if use.reads and statements.commits > 1 and (use.transactions or 0) > 1:
        # Statements after the last commit are in a separate transaction.
        between = min(use.transactions or 0, statements.commits)
        yield (
            f"between {format_count(between)} of "
            f"{format_count(statements.commits)} commits"
        )


def growth_proof(statements: StatementProfile) -> str:
    """Return by which runs growth was proven, or why it was not."""
    if not statements.statements:
        return "no statement was sent"
    if statements.rows is None or statements.smaller_rows is None:
        why = statements.why_unproven or "the rows of input are unknown"
        return f"growth was not proven: {one_line(why, 200)}"
    return (
        f"growth proven by runs of {format_count(statements.smaller_rows)} and "
        f"{format_count(statements.rows)} rows"
    )


def transaction_label(size: TransactionSize) -> str:
    """Return how many objects transactions of this size wrote."""
    if size.most is None:
        return f"{format_count(size.least)} or more objects"
    if size.least == size.most:
        return f"{format_count(size.least)} object{'s' if size.least > 1 else ''}"
    return f"{format_count(size.least)}-{format_count(size.most)} objects"


def alive_limetypes(time: TimeProfile) -> list[LimetypeAlive]:
    """Return the limetypes with objects in memory, the largest number first."""
    alive = [each for each in time.objects if max(each.alive, default=0) > 0]
    return sorted(alive, key=lambda each: -max(each.alive))
