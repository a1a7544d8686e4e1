"""Put a profile into tables that pages and comments both show. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import Profile, StatementProfile, TimeProfile
from limerun.report.plain import one_line
from limerun.report.profile_wording import (
    call_label,
    growth_proof,
    part_label,
    segment_facts,
    segment_label,
    statement_facts,
    transaction_label,
)
from limerun.report.wording import place
from limerun.statement_text import shortened
from limerun.units import format_count, format_duration

DEEPEST = 20
"""Steps that a line is put in by, at the most."""
_SEGMENTS = 20
_CALLS = 25
_STATEMENTS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileTable:
    """Heads, and rows of texts; the first columns are figures, the last may be code."""

    title: str
    about: str
    heads: tuple[str, ...]
    figures: int
    rows: tuple[tuple[str, ...], ...]


def profile_tables(profile: Profile, base: str) -> Iterator[ProfileTable]:
    """Yield the tables that a profile fills; files as seen from the folder `base`."""
    if profile.time is not None:
        yield _kinds(profile.time, base)
        if profile.time.segments:
            yield _segments(profile.time)
        if profile.time.objects:
            yield _objects(profile.time)
    if profile.tree:
        yield _calls(profile, base)
    if profile.statements is not None:
        yield _statements(profile.statements, base)
        if profile.statements.transactions:
            yield _transactions(profile.statements)


def _percent(share: float) -> str:
    return "<1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def _kinds(time: TimeProfile, base: str) -> ProfileTable:
    rows = []
    for part in time.parts:
        rows.append(
            (
                _percent(part.share),
                format_duration(part.seconds),
                part_label(part, time),
            )
        )
        if part.kind != "own":
            continue
        for function in time.functions:
            name = one_line(function.location.function or "?", 60)
            where = place(function.location, base)
            rows.append(("", format_duration(function.seconds), f"- {name} ({where})"))
    rows.append(("100 %", format_duration(time.duration_seconds), "in all"))
    return ProfileTable(
        title="Where the time goes",
        about="by kind of work; the task's own code by function",
        heads=("share", "time", "spent on"),
        figures=2,
        rows=tuple(rows),
    )


def _segments(time: TimeProfile) -> ProfileTable:
    duration = time.duration_seconds or 1.0
    return ProfileTable(
        title="Segments",
        about="time of their own, without the segments inside",
        heads=("share", "time", "segment", "of it"),
        figures=2,
        rows=tuple(
            (
                "" if each.other_thread else _percent(each.own_seconds / duration),
                format_duration(each.own_seconds),
                f"{'- ' * min(max(0, each.depth - 1), DEEPEST)}{segment_label(each)}",
                segment_facts(each),
            )
            for each in time.segments[:_SEGMENTS]
        ),
    )


def _objects(time: TimeProfile) -> ProfileTable:
    return ProfileTable(
        title="Lime objects alive",
        about="",
        heads=("at most", "at the end", "limetype"),
        figures=2,
        rows=tuple(
            (
                format_count(max(each.alive, default=0)),
                format_count(each.alive[-1] if each.alive else 0),
                one_line(each.limetype, 60),
            )
            for each in time.objects
        ),
    )


def _calls(profile: Profile, base: str) -> ProfileTable:
    return ProfileTable(
        title="Who calls whom",
        about="with all that is called from there",
        heads=("share", "time", "function", "where"),
        figures=2,
        rows=tuple(
            (
                _percent(line.share),
                format_duration(line.seconds),
                f"{'- ' * min(line.depth, DEEPEST)}{call_label(line)}",
                place(line.location, base) if line.users else "",
            )
            for line in profile.tree[:_CALLS]
        ),
    )


def _statements(statements: StatementProfile, base: str) -> ProfileTable:
    return ProfileTable(
        title="How statements are used",
        about=growth_proof(statements),
        heads=("time", "calls", "sent from", "how", "statement"),
        figures=2,
        rows=tuple(
            (
                format_duration(use.seconds),
                format_count(use.calls),
                place(use.location, base) or "elsewhere",
                statement_facts(use, statements),
                one_line(shortened(use.text, 300)),
            )
            for use in statements.statements[:_STATEMENTS]
        ),
    )


def _transactions(statements: StatementProfile) -> ProfileTable:
    return ProfileTable(
        title="Transactions",
        about="about 50 objects in each is right",
        heads=("transactions", "objects written"),
        figures=1,
        rows=tuple(
            (format_count(size.transactions), transaction_label(size))
            for size in statements.transactions
        ),
    )
