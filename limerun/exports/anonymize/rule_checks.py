"""Check rules against their export, before anything is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from limerun.config.problems import ConfigProblems, KeyPath, Problem
from limerun.errors import ExportError
from limerun.exports.anonymize.rule_kinds import INSTEAD, KINDS, RuleOption
from limerun.exports.anonymize.rules_file import RulesFile
from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.reading.places import shown_place
from limerun.exports.rules import ColumnRule
from limerun.exports.tables import Export, ExportColumn, ExportTable
from limerun.nearest_name import right_names
from limerun.storage import name_in_sql

_MOST_NAMED = 12
_FIRST_ROWS = 65_536
_REPEATED = 2
"""Above this average number of rows per value, mapping each value once is faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedColumn:
    """Properties of a column that must be known before it is replaced."""

    values: int
    """The number of rows that are not null."""
    repeated: bool
    """True if values are repeated, judged by the first rows."""


SurveyedTables = Mapping[str, Mapping[str, SurveyedColumn]]


def survey_tables(export: Export) -> SurveyedTables:
    """Return the number of values of each column, and whether they are repeated."""
    return {name: _survey(export, table) for name, table in export.tables.items()}


def _survey(export: Export, table: ExportTable) -> Mapping[str, SurveyedColumn]:
    names = [name_in_sql(column.name) for column in table.columns]
    relation = parts_in_sql(table.parts)
    first = f"(SELECT * FROM {relation} LIMIT {_FIRST_ROWS})"
    values, few, distinct = (
        one_row(
            export.connection,
            f"SELECT {', '.join(f'{count}({name})' for name in names)} FROM {rows}",
        )
        for count, rows in (
            ("count", relation),
            ("count", first),
            ("approx_count_distinct", first),
        )
    )
    return {
        column.name: SurveyedColumn(
            values=values[at], repeated=_REPEATED * distinct[at] <= few[at]
        )
        for at, column in enumerate(table.columns)
    }


def check_rules(
    file: RulesFile, export: Export, seen: SurveyedTables, places: Sequence[str]
) -> None:
    """Reject rules that do not fit an export.

    Raises:
        ExportError: Columns have no rule; the message names them.
        ConfigError: A rule is for a missing table or column, or does not fit its
            column.
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
            f"rule: {named}{f' and {more} more' if more > 0 else ''}; add a rule for "
            "each (keep, if its values may stay). For suggestions run: "
            f"limerun dataset anonymize {' '.join(map(shown_place, places))} --suggest"
        )


class _Checker:
    """Finds the problems of rules."""

    def __init__(self, file: RulesFile, export: Export, seen: SurveyedTables) -> None:
        self._file = file
        self._export = export
        self._seen = seen
        self._families: dict[str, tuple[str, Mapping[str, object], str]] = {}

    def problems(self) -> Iterator[Problem]:
        for name, rules in self._file.rules.tables.items():
            path: KeyPath = ("tables", name)
            table = self._export.tables.get(name)
            if table is None:
                text = f"is not a table of the export{right_names(name, self._export.tables)}"
                yield self._problem(path, text, at_key=True)
                continue
            columns = {column.name: column for column in table.columns}
            for named, rule in rules.columns.items():
                inner = (*path, "columns", named)
                if named not in columns:
                    text = f"is not a column of {name}{right_names(named, columns)}"
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
            return  # any rule fits a column without values
        if column.type not in kind.types:
            fits = ", ".join(
                other for other, of in KINDS.items() if column.type in of.types
            )
            text = f"{rule.kind} does not fit the type {column.type}; use one of {fits}"
            yield self._problem(path, text)
            return
        instead = INSTEAD.get(column.type)
        kept = kind.types[column.type] == "preserved" or rule.kind == "clear"
        kept = kept or "duplicates" in rule.options
        if instead and not kept and self._is_unique(table, column):
            yield self._problem(
                path,
                f"the values are unique, and {rule.kind} may make some of them equal; "
                f"use {instead}, or add duplicates: true if they may become equal",
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
            text = f"has no effect on the type {column.type}; remove it"
            yield self._problem((*path, name), text, at_key=True)
        columns = [other.name for other in table.columns]
        if option.is_column and value not in columns:
            text = f"is not a column of {table.name}{right_names(str(value), columns)}"
            yield self._problem((*path, name), text, value)
        if name == "gender" and rule.options.get("words") != "firstname":
            text = "has an effect only with words: firstname; remove it"
            yield self._problem((*path, name), text, at_key=True)

    def _domain(
        self, column: ExportColumn, rule: ColumnRule, path: KeyPath
    ) -> Iterator[Problem]:
        """Reject a domain whose columns cannot share one map."""
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
                f"is a domain of {first[0]} on {first[2]}, but of {family} here; "
                "use two domains"
            )
            yield self._problem((*path, "domain"), text, rule.domain)
            return
        for name in alike.keys() & first[1].keys():
            if alike[name] != first[1][name]:
                text = f"has a different {name} on {first[2]}; use the same in a domain"
                yield self._problem((*path, "domain"), text, rule.domain)

    def _is_unique(self, table: ExportTable, column: ExportColumn) -> bool:
        seen = self._seen[table.name][column.name]
        if seen.values < 2 or seen.repeated:
            return False
        name = name_in_sql(column.name)
        [distinct] = one_row(
            self._export.connection,
            f"SELECT count(DISTINCT {name}) FROM {parts_in_sql(table.parts)}",
        )
        return bool(distinct == seen.values)

    def _problem(
        self, path: KeyPath, text: str, *value: object, at_key: bool = False
    ) -> Problem:
        place = self._file.document.place(path, at_key=at_key)
        shown = {"value": value[0]} if value else {}
        return Problem(place=place, path=path, text=text, **shown)
