"""Which columns a proof is about, and what the user said of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from limerun.errors import ExportError
from limerun.exports.rules import ColumnRule, Rules
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.nearest_name import did_you_mean
from limerun.records.proof import ColumnFigures, Judged

KEEP = "keep"
TEXTS = ("text", "json", "binary")
"""Types of values that may hold others inside of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChoices:
    """What the user said of the columns: rules, and options beside them."""

    rules: Rules | None = None
    keep: tuple[str, ...] = ()
    """table.column of what is kept on purpose."""
    quasi: tuple[str, ...] = ()
    """table.column of what, taken together, may tell who somebody is."""

    def kind(self, table: str, column: str) -> str | None:
        """Return the kind of rule that a column was given; None: none."""
        if f"{table}.{column}" in self.keep:
            return KEEP
        rule = self._rule(table, column)
        return rule.kind if rule is not None else None

    def allows_duplicates(self, table: str, column: str) -> bool:
        """Say whether the rules let a unique column's values come twice."""
        rule = self._rule(table, column)
        return rule is not None and rule.options.get("duplicates") is True

    def _rule(self, table: str, column: str) -> ColumnRule | None:
        given = self.rules.tables.get(table) if self.rules is not None else None
        return given.columns.get(column) if given is not None else None

    def quasi_identifiers(self, table: str) -> tuple[str, ...]:
        """Return the columns of a table that may tell who somebody is, together."""
        given = self.rules.tables.get(table) if self.rules is not None else None
        named = list(given.quasi_identifiers) if given is not None else []
        prefix = f"{table}."
        named += [
            each.removeprefix(prefix) for each in self.quasi if each.startswith(prefix)
        ]
        return tuple(dict.fromkeys(named))

    def domains(self) -> Mapping[str, list[tuple[str, str]]]:
        """Return the columns of each named domain: table and column."""
        domains: dict[str, list[tuple[str, str]]] = {}
        for table, given in (
            self.rules.tables if self.rules is not None else {}
        ).items():
            for column, rule in given.columns.items():
                if rule.domain is not None and rule.kind != KEEP:
                    domains.setdefault(rule.domain, []).append((table, column))
        return domains

    def _named(self) -> Iterator[tuple[str, str]]:
        """Yield every table.column that was named, and where."""
        yield from ((each, "--keep") for each in self.keep)
        yield from ((each, "--quasi") for each in self.quasi)
        for table, given in (
            self.rules.tables if self.rules is not None else {}
        ).items():
            for column in (*given.columns, *given.quasi_identifiers):
                yield f"{table}.{column}", "the rules"

    def check(self, source: Export) -> None:
        """Refuse what was said of a column that the source does not have.

        Raises:
            ExportError: There is no such column; the message names the nearest.
        """
        known = [
            f"{table.name}.{column.name}"
            for table in source.tables.values()
            for column in table.columns
        ]
        for named, where in self._named():
            if named not in known:
                advice = did_you_mean(named, known)
                raise ExportError(
                    f'{where}: the source has no column "{named}"{advice}'
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedColumn:
    """A column of the source, as it is to be judged."""

    number: int
    """Within the source."""
    table: ExportTable
    column: ExportColumn
    figures: ColumnFigures
    share: float | None
    judged: Judged

    @property
    def name(self) -> str:
        """table.column, as it is shown."""
        return f"{self.table.name}.{self.column.name}"


def has_column(table: ExportTable, name: str) -> bool:
    """Say whether a table has a column."""
    return any(column.name == name for column in table.columns)
