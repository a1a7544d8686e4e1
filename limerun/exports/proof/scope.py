"""Define which columns a proof covers, and what the user decided about each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from limerun.errors import ExportError
from limerun.exports.rules import ColumnRule, Rules
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.nearest_name import did_you_mean
from limerun.records.proof import ColumnFigures, Judged

KEEP = "keep"
TEXTS = ("text", "json", "binary")
"""Types whose values may contain other values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoices:
    """What the user decided about the columns, in rules and options."""

    rules: Rules | None = None
    keep: tuple[str, ...] = ()
    """Columns kept on purpose, as table.column."""
    quasi: tuple[str, ...] = ()
    """Columns that could identify a person together, as table.column."""

    def kind(self, table: str, column: str) -> str | None:
        """Return the kind of a column's rule; None: the column has no rule."""
        if f"{table}.{column}" in self.keep:
            return KEEP
        rule = self._rule(table, column)
        return rule.kind if rule is not None else None

    def allows_duplicates(self, table: str, column: str) -> bool:
        """Return whether the rules allow duplicates in a unique column."""
        rule = self._rule(table, column)
        return rule is not None and rule.options.get("duplicates") is True

    def _rule(self, table: str, column: str) -> ColumnRule | None:
        given = self.rules.tables.get(table) if self.rules is not None else None
        return given.columns.get(column) if given is not None else None

    def quasi_identifiers(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table that could identify a person together."""
        given = self.rules.tables.get(table) if self.rules is not None else None
        named = list(given.quasi_identifiers) if given is not None else []
        prefix = f"{table}."
        named += [
            each.removeprefix(prefix) for each in self.quasi if each.startswith(prefix)
        ]
        return tuple(dict.fromkeys(named))

    def domains(self) -> Mapping[str, list[tuple[str, str]]]:
        """Return the columns of each named domain, as table and column."""
        domains: dict[str, list[tuple[str, str]]] = {}
        for table, given in (
            self.rules.tables if self.rules is not None else {}
        ).items():
            for column, rule in given.columns.items():
                if rule.domain is not None and rule.kind != KEEP:
                    domains.setdefault(rule.domain, []).append((table, column))
        return domains

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield every table.column that the user named, and the place of the name."""
        yield from ((each, "--keep") for each in self.keep)
        yield from ((each, "--quasi") for each in self.quasi)
        for table, given in (
            self.rules.tables if self.rules is not None else {}
        ).items():
            for column in (*given.columns, *given.quasi_identifiers):
                yield f"{table}.{column}", "the rules"

    def check(self, source: Export) -> None:
        """Reject options and rules for columns that the source does not have.

        Raises:
            ExportError: There is no such column; the message suggests the closest name.
        """
        known = [
            f"{table.name}.{column.name}"
            for table in source.tables.values()
            for column in table.columns
        ]
        for named, where in self._named():
            if named not in known:
                hint = did_you_mean(named, known)
                raise ExportError(f'{where}: the source has no column "{named}"{hint}')


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedColumn:
    """A column of the source, and how it is judged."""

    number: int
    """The index of the column among all columns of the source."""
    table: ExportTable
    column: ExportColumn
    figures: ColumnFigures
    share: float | None
    """The share of the possible values that is in use; None: unknown."""
    judged: Judged

    @property
    def name(self) -> str:
        """The column as table.column."""
        return f"{self.table.name}.{self.column.name}"


def has_column(table: ExportTable, name: str) -> bool:
    """Return whether a table has a column."""
    return any(column.name == name for column in table.columns)
