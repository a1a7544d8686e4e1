"""Represent tables as plain data: columns and rows of texts. Pure."""

from dataclasses import dataclass
from typing import Literal

from limerun.records import Record, Run, Statement
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import config_value, figure, place
from limerun.units import format_count, format_duration

CellKind = Literal["share", "figure", "text", "place", "code", "statement"]
"""The kind of a column. A place is "file:line"; a statement is SQL, which is too long
for a column on a terminal."""
NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """Columns and rows of texts; each text is one line without control codes."""

    id: str
    title: str
    about: str = ""
    columns: tuple[tuple[str, CellKind], ...]
    """Heading and kind of each column."""
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float | None, ...] = ()
    """For each row, the length of its bar."""
    missing: str = ""
    """The text to show if there are no rows."""
    whole: bool = False
    """Whether to show all rows, however many there are."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns' headings."""
        return tuple(head for head, _ in self.columns)

    @property
    def kinds(self) -> tuple[CellKind, ...]:
        """The columns' kinds."""
        return tuple(kind for _, kind in self.columns)


def percent(share: float) -> str:
    """Return a share in percent; a small one is shown as "<1 %", not as 0."""
    return "<1 %" if 0 < share < 0.005 else f"{share * 100:.0f} %"


def work_tables(record: Record, run: Run, base: str) -> tuple[ReportTable, ...]:
    """Return the tables of a run's statements and changed objects."""
    tables = []
    if run.statements:
        tables.append(_statements(run, base))
    changes = changes_table(run)
    if changes is not None:
        tables.append(changes)
    return tuple(tables)


def changes_table(run: Run) -> ReportTable | None:
    """Return how many objects of each limetype a run created, updated and deleted.

    None if the command does not determine this.
    """
    if run.changes is None and run.effect_why is None:
        return None
    varying = [
        f"{limetype}.{name}"
        for limetype, each in (run.effect or {}).items()
        for name in each.varying or ()
    ]
    about = f"varies from run to run: {', '.join(varying)}" if varying else ""
    why = f"unknown: {run.effect_why}" if run.effect_why else NOTHING
    return ReportTable(
        id="changes",
        title="Changed in the database",
        about=one_line(about, 300),
        columns=(
            ("limetype", "text"),
            ("created", "figure"),
            ("updated", "figure"),
            ("deleted", "figure"),
        ),
        rows=tuple(
            (
                one_line(limetype, 60),
                format_count(change.created),
                format_count(change.updated),
                format_count(change.deleted),
            )
            for limetype, change in (run.changes or {}).items()
        ),
        missing=one_line(why, 300),
    )


def _statements(run: Run, base: str) -> ReportTable:
    slowest = sorted(run.statements, key=lambda each: -each.seconds)
    return ReportTable(
        id="statements",
        title="Statements",
        about="slowest first",
        columns=(
            ("time", "figure"),
            ("calls", "figure"),
            ("per row", "figure"),
            ("rows written", "figure"),
            ("sent from", "place"),
            ("statement", "statement"),
        ),
        rows=tuple(_statement(each, run, base) for each in slowest),
    )


def _statement(statement: Statement, run: Run, base: str) -> tuple[str, ...]:
    rows = run.rows_processed
    return (
        format_duration(statement.seconds),
        format_count(statement.calls),
        figure(statement.calls / rows, "queries/row") if rows else "",
        "" if statement.rows is None else format_count(statement.rows),
        place(statement.location, base),
        one_line(statement.text, 600),
    )


def config_table(record: Record) -> ReportTable:
    """Return the table of config keys, with their values and origins."""
    config = record.config
    return ReportTable(
        id="config",
        title="Config",
        about=one_line(config.path, 200),
        columns=(("key", "code"), ("value", "text"), ("from", "text")),
        rows=tuple(
            (
                one_line(key, 100),
                config_value(record, key),
                one_line(str(config.provenance.get(key, "")), 200),
            )
            for key in config.values
        ),
    )
