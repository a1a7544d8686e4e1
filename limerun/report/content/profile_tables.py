"""Turn the results of the instruments into tables, for every format. Pure."""

from collections.abc import Iterator
from dataclasses import replace

from limerun.records import (
    HotLine,
    InstrumentResult,
    Profile,
    Record,
    StatementProfile,
    TimeProfile,
)
from limerun.records.statement_text import shortened
from limerun.report.content.profile_sentences import (
    alive_limetypes,
    call_label,
    growth_proof,
    part_label,
    segment_facts,
    segment_label,
    statement_facts,
    transaction_label,
)
from limerun.report.content.report_table import ReportTable, percent
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import figure, instrument_cost, place
from limerun.units import format_count, format_duration

_ELSEWHERE = "elsewhere"
_DEEPEST = 20
"""Maximum number of steps by which nested lines are indented."""
_FUNCTIONS = 5
_LEAST_SHARE = 0.02
"""Calls with a smaller share of the total are left out."""
_PATHS = 3
_NOTHING_SEEN = "the instrument saw no line of the user's code"
_TITLES = {
    "time": "Where the time goes",
    "cpu": "Lines by CPU time",
    "memory": "Lines by memory at the peak",
    "statements": "Lines by statements",
}
_AMOUNTS = {"seconds": "time", "bytes": "memory", "calls": "statements"}


def instrument_tables(record: Record, base: str) -> Iterator[ReportTable]:
    """Yield the tables of each instrument; files are relative to the folder `base`."""
    for instrument in record.instruments:
        profile = record.profile if instrument.why_missing is None else None
        tables = list(_profile_tables(instrument, profile, base))
        if not tables or instrument.name in ("cpu", "memory"):
            tables.append(_lines(instrument, base))
        if instrument.name == "memory":
            tables += _paths(instrument)
        first, *others = tables
        about = (instrument_cost(instrument), first.about)
        yield replace(first, about="; ".join(filter(None, about)))
        yield from others


def _profile_tables(
    instrument: InstrumentResult, profile: Profile | None, base: str
) -> Iterator[ReportTable]:
    """Yield the other tables of the profile, after the instrument's lines."""
    if profile is None:
        return
    if instrument.name == "time" and profile.time is not None:
        yield _kinds(profile.time, base)
        if profile.time.segments:
            yield _segments(profile.time)
        if alive_limetypes(profile.time):
            yield _objects(profile.time)
    if instrument.name == "cpu" and profile.tree:
        yield _calls(profile, base)
    if instrument.name == "statements" and profile.statements is not None:
        yield _statements(profile.statements, base)
        if profile.statements.transactions:
            yield _transactions(profile.statements)


# --- time --------------------------------------------------------------------------


def _kinds(time: TimeProfile, base: str) -> ReportTable:
    rows: list[tuple[str, ...]] = []
    shares: list[float | None] = []
    for part in time.parts:
        seconds = format_duration(part.seconds)
        rows.append((percent(part.share), seconds, part_label(part, time), ""))
        shares.append(part.share)
        for function in time.functions[:_FUNCTIONS] if part.kind == "own" else ():
            name = one_line(function.location.function or "?", 60)
            where = place(function.location, base)
            rows.append(("", format_duration(function.seconds), f"- {name}", where))
            shares.append(None)
    rows.append(("", format_duration(time.duration_seconds), "total", ""))
    return ReportTable(
        id="kinds",
        title=_TITLES["time"],
        columns=(
            ("share", "share"),
            ("time", "figure"),
            ("spent on", "text"),
            ("where", "place"),
        ),
        rows=tuple(rows),
        shares=(*shares, None),
    )


def _segments(time: TimeProfile) -> ReportTable:
    """Return the table of segments."""
    whole = time.duration_seconds or 1.0
    shares = tuple(
        None if each.other_thread else min(1.0, each.own_seconds / whole)
        for each in time.segments
    )
    return ReportTable(
        id="segments",
        title="Segments",
        about="their own time, without nested segments",
        columns=(
            ("share", "share"),
            ("time", "figure"),
            ("segment", "text"),
            ("details", "text"),
        ),
        rows=tuple(
            (
                "" if share is None else percent(share),
                format_duration(each.own_seconds),
                _indented(each.depth - 1, segment_label(each)),
                segment_facts(each),
            )
            for each, share in zip(time.segments, shares, strict=True)
        ),
        shares=shares,
    )


def _objects(time: TimeProfile) -> ReportTable:
    return ReportTable(
        id="objects",
        title="Lime objects in memory",
        columns=(("at most", "figure"), ("at the end", "figure"), ("limetype", "text")),
        rows=tuple(
            (
                format_count(max(each.alive)),
                format_count(each.alive[-1]),
                one_line(each.limetype, 60),
            )
            for each in alive_limetypes(time)
        ),
    )


def _calls(profile: Profile, base: str) -> ReportTable:
    shown = [line for line in profile.tree if line.share >= _LEAST_SHARE]
    return ReportTable(
        id="calls",
        title="Call tree",
        about="time including nested calls",
        columns=(
            ("share", "share"),
            ("time", "figure"),
            ("function", "text"),
            ("where", "place"),
        ),
        rows=tuple(
            (
                percent(line.share),
                format_duration(line.seconds),
                _indented(line.depth, call_label(line)),
                place(line.location, base) if line.users else "",
            )
            for line in shown
        ),
        shares=tuple(line.share for line in shown),
    )


def _indented(depth: int, text: str) -> str:
    return f"{'- ' * min(max(0, depth), _DEEPEST)}{text}"


# --- statements --------------------------------------------------------------------


def _statements(statements: StatementProfile, base: str) -> ReportTable:
    return ReportTable(
        id="uses",
        title="How statements are used",
        about=growth_proof(statements),
        columns=(
            ("time", "figure"),
            ("calls", "figure"),
            ("sent from", "place"),
            ("use", "text"),
            ("statement", "statement"),
        ),
        rows=tuple(
            (
                format_duration(use.seconds),
                format_count(use.calls),
                place(use.location, base) or _ELSEWHERE,
                statement_facts(use, statements),
                one_line(shortened(use.text, 300)),
            )
            for use in statements.statements
        ),
    )


def _transactions(statements: StatementProfile) -> ReportTable:
    whole = sum(size.transactions for size in statements.transactions) or 1
    shares = [size.transactions / whole for size in statements.transactions]
    commits = statements.commits
    return ReportTable(
        id="transactions",
        title="Transactions",
        about=f"{format_count(commits)} commit{'s' * (commits != 1)}; "
        "the guide recommends about 50 objects each",
        columns=(
            ("share", "share"),
            ("transactions", "figure"),
            ("objects written", "text"),
        ),
        rows=tuple(
            (percent(share), format_count(size.transactions), transaction_label(size))
            for share, size in zip(shares, statements.transactions, strict=True)
        ),
        shares=tuple(shares),
    )


# --- lines -------------------------------------------------------------------------


def _lines(instrument: InstrumentResult, base: str) -> ReportTable:
    """Return an instrument's lines, with the number of calls where it is known."""
    counted = instrument.unit != "calls" and any(
        line.calls is not None for line in instrument.lines
    )
    calls = (("calls", "figure"),) if counted else ()
    return ReportTable(
        id=f"lines-{instrument.name}",
        title=_TITLES[instrument.name],
        about=one_line(instrument.why_missing or "", 300) if instrument.lines else "",
        columns=(
            ("share", "share"),
            (_AMOUNTS[instrument.unit], "figure"),
            *calls,
            ("where", "place"),
            ("code", "code"),
        ),
        rows=tuple(
            _line(line, instrument, base, counted=counted) for line in instrument.lines
        ),
        shares=tuple(line.share for line in instrument.lines),
        missing=one_line(instrument.why_missing or _NOTHING_SEEN, 300),
    )


def _line(
    line: HotLine, instrument: InstrumentResult, base: str, *, counted: bool
) -> tuple[str, ...]:
    counts = ("" if line.calls is None else format_count(line.calls),)
    return (
        percent(line.share),
        figure(line.amount, "" if instrument.unit == "calls" else instrument.unit),
        *(counts if counted else ()),
        place(line.location, base) or _ELSEWHERE,
        one_line(line.text, 200),
    )


def _paths(instrument: InstrumentResult) -> Iterator[ReportTable]:
    """Yield the call paths to the lines that allocated the most memory."""
    paths = [line for line in instrument.lines[:_PATHS] if len(line.path) > 1]
    if paths:
        yield ReportTable(
            id="paths",
            title="Calls that led to the most memory",
            columns=(("memory", "figure"), ("calls, outermost first", "text")),
            rows=tuple(
                (
                    figure(line.amount, "bytes"),
                    " > ".join(
                        f"{one_line(each.function or '?', 40)}:{each.line}"
                        for each in line.path
                    ),
                )
                for line in paths
            ),
        )
