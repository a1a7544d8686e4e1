"""Turn a profile into findings about what makes a task slow or large. Pure."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from limerun.judge.findings import ENOUGH_CALLS, PER_ROW
from limerun.judge.hot_line import hot_line_findings
from limerun.judge.remedies.kept_rows import keeping_place
from limerun.records import (
    Finding,
    HotLine,
    InstrumentResult,
    Level,
    Location,
    MemoryGrowth,
    Profile,
    StatementProfile,
    StatementUse,
)
from limerun.records.rules import make_finding
from limerun.records.statement_text import shortened
from limerun.units import format_count, format_duration, format_size

SourceOf = Callable[[str], str | None]

LEAST_REPEATS = 20
REPEATED = 0.05
"""Report a statement if at least this share of its calls repeat an earlier one."""
MOSTLY_REPEATED = 0.9
MANY_TRANSACTIONS = 10
COSTLY = 0.1
"""Above this share of the time, a read between commits is reported."""
GROWTH_BYTES = 5_000_000
BYTES_PER_ROW = 200
"""A set of keys, which the guide recommends, takes about 100 bytes per key."""
MOSTLY_HELD = 0.5
"""Above this share of the peak memory, a line is reported as the cause."""
_MOST_QUERIES = 3


def profile_findings(
    profile: Profile,
    instruments: Sequence[InstrumentResult],
    general: Sequence[Finding],
    *,
    killed_for_memory: bool = False,
    source_of: Callable[[str], str | None] = lambda _: None,
) -> tuple[Finding, ...]:
    """Return the findings of a profile, errors first.

    Args:
        profile: What the instruments measured.
        instruments: For each instrument, the lines that took most.
        general: Findings from counts alone. If growth was proven or disproven, those
            about queries are dropped.
        killed_for_memory: The run without an instrument was killed for its memory.
        source_of: Returns the text of a file, or None.
    """
    found = [
        finding
        for finding in general
        if finding.rule != "speed.queries" or not _is_proven(profile)
    ]
    if profile.statements is not None:
        found += _queries(profile.statements)
        found += _repeats(profile.statements)
        found += _between_commits(profile)
    if profile.memory_growth is not None:
        found += _memory(profile.memory_growth, instruments, source_of)
    if killed_for_memory:
        found += _killed_for(instruments, source_of)
    found += hot_line_findings(instruments, found, profile.time)
    order: dict[Level, int] = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: order[finding.level]))


def _is_proven(profile: Profile) -> bool:
    statements = profile.statements
    return statements is not None and statements.smaller_rows is not None


# --- statements -----------------------------------------------------------------


def grows(use: StatementUse) -> bool:
    """Return whether a read statement is sent again for each extra row."""
    return (
        use.reads
        and use.calls >= ENOUGH_CALLS
        and use.per_row is not None
        and use.per_row >= PER_ROW
    )


def _committing(statements: StatementProfile) -> set[Location | None]:
    """Return the lines that write; reads in these lines belong to the commit."""
    return {use.location for use in statements.statements if not use.reads}


def _queries(statements: StatementProfile) -> Iterator[Finding]:
    committing = _committing(statements)
    # If most calls are repeats, `_repeats` reports the statement.
    growing = [
        use
        for use in statements.statements
        if grows(use)
        and (use.repeats or 0) < MOSTLY_REPEATED * use.calls
        and use.location not in committing
    ]
    for use in _one_a_line(growing)[:_MOST_QUERIES]:
        yield make_finding(
            "speed.queries",
            "warning",
            "One query for each row",
            f"This line sent {format_count(use.calls)} queries for "
            f"{format_count(statements.rows or 0)} rows and "
            f"{format_count(use.smaller_calls or 0)} for "
            f"{format_count(statements.smaller_rows or 0)} rows: {use.per_row:.2g} more "
            f"for each extra row, {format_duration(use.seconds)} in total: "
            f"{shortened(use.text)}",
            use.location,
        )


def _one_a_line(uses: Sequence[StatementUse]) -> list[StatementUse]:
    """Return one statement per line: one platform call may send several."""
    first: dict[Location | None, StatementUse] = {}
    for use in uses:
        first.setdefault(use.location, use)
    return list(first.values())


def repeats(use: StatementUse) -> bool:
    """Return whether a read statement is often sent with the same parameters."""
    return (
        use.reads
        and use.repeats is not None
        and use.repeats >= max(LEAST_REPEATS, REPEATED * use.calls)
    )


def _repeats(statements: StatementProfile) -> Iterator[Finding]:
    committing = _committing(statements)
    again = [
        use
        for use in statements.statements
        if repeats(use) and use.location not in committing
    ]
    for use in _one_a_line(again):
        least = "" if statements.repeats_complete else "at least "
        yield make_finding(
            "speed.duplicates",
            "warning",
            "The same query is repeated with the same parameters",
            f"Of the {format_count(use.calls)} queries that this line sent, "
            f"{least}{format_count(use.repeats or 0)} repeat an earlier one with the "
            f"same parameters: {shortened(use.text)}",
            use.location,
        )


def _between_commits(profile: Profile) -> Iterator[Finding]:
    """Yield the reads that are sent between most commits, if they take much time."""
    statements = profile.statements
    assert statements is not None
    duration = sum(use.seconds for use in statements.statements)
    if profile.time is not None:
        duration = max(duration, profile.time.duration_seconds)
    for use in statements.statements:
        many = (use.transactions or 0) >= max(MANY_TRANSACTIONS, statements.commits / 2)
        costly = use.seconds >= COSTLY * duration
        reported = grows(use) or repeats(use) or use.location in _committing(statements)
        if use.reads and many and costly and not reported:
            between = min(use.transactions or 0, statements.commits)
            yield make_finding(
                "speed.queries",
                "note",
                "A query inside the commit loop",
                f"This line sends queries between {format_count(between)} of "
                f"{format_count(statements.commits)} commits, "
                f"{format_duration(use.seconds)} in total: {shortened(use.text)}",
                use.location,
            )


# --- memory and time ------------------------------------------------------------


def _memory(
    growth: MemoryGrowth, instruments: Sequence[InstrumentResult], source_of: SourceOf
) -> Iterator[Finding]:
    more = growth.task_bytes - growth.smaller_task_bytes
    if more < GROWTH_BYTES or growth.bytes_per_row < BYTES_PER_ROW:
        return
    place, allocated = _largest_line(instruments, source_of)
    yield make_finding(
        "memory.growth",
        "warning",
        "Memory grows with the rows",
        f"{format_count(growth.smaller_rows)} rows took "
        f"{format_size(growth.smaller_task_bytes)}, {format_count(growth.rows)} rows "
        f"took {format_size(growth.task_bytes)}: each row keeps "
        f"{format_count(round(growth.bytes_per_row))} bytes in memory.{allocated}",
        place,
    )


def _killed_for(
    instruments: Sequence[InstrumentResult], source_of: SourceOf
) -> Iterator[Finding]:
    """Yield the line that allocated most, if the task was killed for its memory."""
    for instrument in instruments:
        if instrument.name == "memory" and instrument.lines:
            line = instrument.lines[0]
            if line.share >= MOSTLY_HELD:
                yield make_finding(
                    "memory.task",
                    "error",
                    "One line allocated most of the memory before the task was killed",
                    f"At the peak, {instrument.tool} saw {format_size(instrument.total)} "
                    f"in use; {format_size(line.amount)} of it was allocated by "
                    f"{_allocating_line(line, source_of)}.",
                    _keeper(line, source_of),
                )


def _largest_line(
    instruments: Sequence[InstrumentResult], source_of: SourceOf
) -> tuple[Location | None, str]:
    for instrument in instruments:
        if instrument.name == "memory" and instrument.lines:
            line = instrument.lines[0]
            return _keeper(line, source_of), (
                f" At the peak, {format_size(line.amount)} of it was allocated by "
                f"{_allocating_line(line, source_of)}."
            )
    return None, ""


def _keeper(line: HotLine, source_of: SourceOf) -> Location:
    """Return the line to change: the one that keeps what a line allocates."""
    return keeping_place(line.path or (line.location,), source_of) or line.location


def _allocating_line(line: HotLine, source_of: SourceOf) -> str:
    keeper = _keeper(line, source_of)
    made = line.location
    if (keeper.file, keeper.line) == (made.file, made.line):
        return "this line"
    return f"{PurePath(made.file).name}:{made.line}, and this line keeps it"
