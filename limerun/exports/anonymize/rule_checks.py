"""Check the rules against the export that they are for, before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limerun.config.problems import ConfigProblems, KeyPath, Problem
from limerun.errors import ExportError
from limerun.exports.anonymize.kinds import INSTEAD, KINDS, RuleOption
from limerun.exports.anonymize.rules_file import RulesFile
from limerun.exports.duckdb_engine import name_in_sql, parts_in_sql
from limerun.exports.reading.places import shown_place
from limerun.exports.rules import ColumnRule
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.wording import nearest

_MOST_NAMED = 12
_FIRST_ROWS = 65_536
_REPEATED = 2
"""Rows to each different value, from which on it pays to look at each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenColumn:
    """What must be known of a column before it is replaced."""

    values: int
    """Rows that are not null."""
    repeated: bool
    """Whether values come again and again, as far as the first rows tell."""


SeenTables = Mapping[str, Mapping[str, SeenColumn]]


def see_tables(export: Export) -> SeenTables:
    """Return how many values each column has, and whether they are repeated."""
    return {name: _see(export, table) for name, table in export.tables.items()}


def _see(export: Export, table: ExportTable) -> Mapping[str, SeenColumn]:
    names = [name_in_sql(column.name) for column in table.columns]
    relation = parts_in_sql(table.parts)
    first = f"(SELECT * FROM {relation} LIMIT {_FIRST_ROWS})"
    values, few, different = (
        export.connection.execute(
            f"SELECT {', '.join(f'{count}({name})' for name in names)} FROM {rows}"
        ).fetchone()
        for count, rows in (
            ("count", relation),
            ("count", first),
            ("approx_count_distinct", first),
        )
    )
    assert values is not None
    assert few is not None
    assert different is not None
    return {
        column.name: SeenColumn(
            values=values[at], repeated=_REPEATED * different[at] <= few[at]
        )
        for at, column in enumerate(table.columns)
    }


def check_rules(
    file: RulesFile, export: Export, seen: SeenTables, places: Sequence[str]
) -> None:
    """Refuse rules that do not fit an export.

    Args:
        file: The rules.
        export: The tables.
        seen: What is known of their columns.
        places: Where the export is, for the advice.

    Raises:
        ExportError: Columns have no rule; all of them are named.
        ConfigError: A rule is for what is not there, or does not fit what is.
    """
    problems = list(_Checker(file, export, seen).problems())
    if problems:
        raise ConfigProblems(problems)
    missing = [
        f"{name}.{column.name}"
        for name, table in export.tables.items()
        for column in table.columns
        if name not in file.rules.tables
        or column.name not in file.rules.tables[name].columns
    ]
    if missing:
        named = ", ".join(missing[:_MOST_NAMED])
        more = len(missing) - _MOST_NAMED
        raise ExportError(
            f"{file.document.name}: {len(missing)} of the export's columns have no "
            f"rule: {named}{f' and {more} more' if more > 0 else ''}; write one for "
            "each (keep, if its values may stay); what limerun would write: "
            f"limerun dataset anonymize {' '.join(map(shown_place, places))} --suggest"
        )


class _Checker:
    """Finds what is wrong with rules."""

    def __init__(self, file: RulesFile, export: Export, seen: SeenTables) -> None:
        self._file = file
        self._export = export
        self._seen = seen
        self._families: dict[str, tuple[str, Mapping[str, object], str]] = {}

    def problems(self) -> Iterator[Problem]:
        for name, rules in self._file.rules.tables.items():
            path: KeyPath = ("tables", name)
            table = self._export.tables.get(name)
            if table is None:
                text = f"is no table of the export{nearest(name, self._export.tables)}"
                yield self._problem(path, text, at_key=True)
                continue
            columns = {column.name: column for column in table.columns}
            for named, rule in rules.columns.items():
                inner = (*path, "columns", named)
                if named not in columns:
                    text = f"is no column of {name}{nearest(named, columns)}"
                    yield self._problem(inner, text, at_key=True)
                else:
                    yield from self._column(table, columns[named], rule, inner)

    def _column(
        self, table: ExportTable, column: ExportColumn, rule: ColumnRule, path: KeyPath
    ) -> Iterator[Problem]:
        kind = KINDS[rule.kind]
        seen = self._seen[table.name][column.name]
        for name in rule.options:
            yield from self._option(table, column, (rule, name), path)
        if not seen.values:
            return  # what holds no value fits every rule
        if column.type not in kind.types:
            fits = ", ".join(
                other for other, of in KINDS.items() if column.type in of.types
            )
            text = f"{rule.kind} does not fit {column.type}; there is {fits}"
            yield self._problem(path, text)
            return
        instead = INSTEAD.get(column.type)
        kept = kind.types[column.type] == "preserved" or rule.kind == "clear"
        kept = kept or "duplicates" in rule.options
        if instead and not kept and self._is_unique(table, column):
            yield self._problem(
                path,
                f"no value is there twice, and {rule.kind} does not keep them "
                f"different ({kind.types[column.type]}); use {instead}; or write "
                "duplicates: true, if some may become the same",
            )
        yield from self._domain(column, rule, path)

    def _option(
        self,
        table: ExportTable,
        column: ExportColumn,
        named: tuple[ColumnRule, str],
        path: KeyPath,
    ) -> Iterator[Problem]:
        rule, name = named
        option: RuleOption = KINDS[rule.kind].options[name]
        value = rule.options[name]
        if (
            column.type not in option.types
            and self._seen[table.name][column.name].values
        ):
            text = f"has no effect on {column.type}"
            yield self._problem((*path, name), text, at_key=True)
        columns = [other.name for other in table.columns]
        if option.is_column and value not in columns:
            text = f"is no column of {table.name}{nearest(str(value), columns)}"
            yield self._problem((*path, name), text, value)
        if name == "gender" and rule.options.get("words") != "firstname":
            text = "has an effect with words: firstname only"
            yield self._problem((*path, name), text, at_key=True)

    def _domain(
        self, column: ExportColumn, rule: ColumnRule, path: KeyPath
    ) -> Iterator[Problem]:
        """Refuse a domain whose columns cannot be mapped by one map."""
        family = KINDS[rule.kind].families.get(column.type)
        if rule.domain is None or family is None:
            return
        alike = {
            name: rule.options.get(name)
            for name in ("check", "percent", "locale")
            if name in KINDS[rule.kind].options
        }
        where = f"line {self._file.document.place(path).line}"
        first = self._families.setdefault(rule.domain, (family, alike, where))
        if family != first[0]:
            text = (
                f"is a domain of {first[0]} on {first[2]}; here it would be of {family}"
            )
            yield self._problem((*path, "domain"), text, rule.domain)
            return
        for name in alike.keys() & first[1].keys():
            if alike[name] != first[1][name]:
                text = f"has another {name} on {first[2]}; a domain has one"
                yield self._problem((*path, "domain"), text, rule.domain)

    def _is_unique(self, table: ExportTable, column: ExportColumn) -> bool:
        seen = self._seen[table.name][column.name]
        if seen.values < 2 or seen.repeated:
            return False
        name = name_in_sql(column.name)
        row = self._export.connection.execute(
            f"SELECT count(DISTINCT {name}) FROM {parts_in_sql(table.parts)}"
        ).fetchone()
        assert row is not None
        return bool(row[0] == seen.values)

    def _problem(
        self, path: KeyPath, text: str, *value: object, at_key: bool = False
    ) -> Problem:
        place = self._file.document.place(path, at_key=at_key)
        shown = {"value": value[0]} if value else {}
        return Problem(place=place, path=path, text=text, **shown)
