"""The tables of a record's page: what instruments saw, statements, changes. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from limerun.records import Instrument, Record, Run, Statement
from limerun.report.plain import one_line
from limerun.report.wording import figure, instrument_cost, place
from limerun.units import format_count, format_duration

_ROWS = 20
"""Of each table; the record has the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableView:
    """A table: heads, and rows of texts; figures stand to the right."""

    title: str
    about: str
    heads: tuple[str, ...]
    figures: int
    """How many of the first columns are figures."""
    rows: tuple[tuple[str, ...], ...]
    missing: str = ""


def tables_of(record: Record, run: Run | None, base: str) -> Iterator[TableView]:
    """Yield the tables of a record, the most telling first."""
    for instrument in record.instruments:
        if instrument.lines or instrument.why_missing:
            yield _instrument(instrument, base)
    if run is not None and run.statements:
        yield _statements(run, base)
    if run is not None and run.changes is not None:
        yield TableView(
            title="Changed in the database",
            about="",
            heads=("created", "updated", "deleted", "limetype"),
            figures=3,
            rows=tuple(
                (
                    format_count(change.created),
                    format_count(change.updated),
                    format_count(change.deleted),
                    one_line(change.limetype, 60),
                )
                for change in run.changes
            ),
            missing="" if run.changes else "Nothing.",
        )


def _statements(run: Run, base: str) -> TableView:
    most = sorted(run.statements, key=lambda each: -each.seconds)
    shown, rest = most[:_ROWS], len(most) - _ROWS
    return TableView(
        title="Statements",
        about=f"the {_ROWS} that took longest; {rest} more" if rest > 0 else "",
        heads=("calls", "a row", "time", "statement", "sent from"),
        figures=3,
        rows=tuple(_statement(each, run, base) for each in shown),
    )


def _statement(statement: Statement, run: Run, base: str) -> tuple[str, ...]:
    rows = run.rows_processed
    return (
        format_count(statement.calls),
        figure(statement.calls / rows, "queries/row") if rows else "",
        format_duration(statement.seconds),
        one_line(statement.text, 400),
        place(statement.location, base),
    )


def _instrument(instrument: Instrument, base: str) -> TableView:
    return TableView(
        title=_TITLES[instrument.name],
        about=instrument_cost(instrument),
        heads=("share", _AMOUNTS[instrument.unit], "where", "code"),
        figures=2,
        rows=tuple(
            (
                f"{line.share * 100:.0f} %",
                figure(line.amount, instrument.unit),
                place(line.location, base) or "elsewhere",
                one_line(line.text, 200),
            )
            for line in instrument.lines[:_ROWS]
        ),
        missing=one_line(instrument.why_missing or "", 300),
    )


_TITLES = {
    "time": "Lines by time",
    "cpu": "Lines by CPU time",
    "memory": "Lines by memory at the peak",
    "statements": "Lines by statements",
}
_AMOUNTS = {"seconds": "seconds", "bytes": "bytes", "calls": "statements"}
