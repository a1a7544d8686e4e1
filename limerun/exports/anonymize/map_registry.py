"""Create the maps of a run: one for each domain, shared by its columns and tables."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from limerun.exports.anonymize import generalize
from limerun.exports.anonymize.column_maps import (
    AmountColumnMap,
    ColumnMap,
    FirstNameColumnMap,
    IntegerColumnMap,
    JsonColumnMap,
    LexiconForKind,
    StatelessColumnMap,
    TextColumnMap,
    as_texts,
    repeat_value,
)
from limerun.exports.anonymize.rule_kinds import KINDS, option_of
from limerun.exports.anonymize.shifts import Calendar, DateColumnMap
from limerun.exports.rules import ColumnRule, Rules
from limerun.exports.tables import ExportColumn, ExportTable
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.lexicon import Lexicon
from limerun.exports.value_maps.noise import NoiseMaps
from limerun.exports.value_maps.numbers import IntegerMap, NumberMap
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.exports.value_maps.scramble import Scramble

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

EVERYWHERE = "everywhere"
"""The domain of words and of numbers in texts whose rule names no domain."""
DEFAULT_LOCALE = str(KINDS["replace"].options["locale"].default)
_LARGEST = 10**18


def domain_of(table: str, column: str, rule: ColumnRule, family: str) -> str:
    """Return the domain in which a column's values are mapped."""
    if rule.domain is not None:
        return rule.domain
    if family in ("words", "numbers"):
        return EVERYWHERE
    return f"column {table}.{column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTraits:
    """Properties of a column that are known before its map is created."""

    repeated: bool
    """True if its values are repeated."""
    orders_rows: bool
    """True if the rows of the copy are stored in the order of this column."""


class MapRegistry:
    """Creates the map of each column, and finishes those that learn."""

    def __init__(
        self, key: Key, rules: Rules, connection: "DuckDBPyConnection"
    ) -> None:
        """Create an empty registry for the key of a run."""
        self._key = key
        self._connection = connection
        self._reserved = ReservedWords()
        self._locales = _locales(rules)
        self._lexicons: dict[str, Lexicon] = {}
        self._numbers: dict[tuple[str, str | None], NumberMap] = {}
        self._integers: dict[str, IntegerMap] = {}
        self._scrambles: dict[str, Scramble] = {}
        self._noises: dict[str, NoiseMaps] = {}
        self._calendars: dict[str, Calendar] = {}
        self._dated: list[DateColumnMap | generalize.PeriodColumnMap] = []

    def map_of(
        self,
        table: ExportTable,
        column: ExportColumn,
        rule: ColumnRule,
        traits: ColumnTraits,
    ) -> ColumnMap | None:
        """Return the map of a column for its rule; None: its values stay unchanged."""
        repeated = traits.repeated
        family = KINDS[rule.kind].families.get(column.type, "")
        domain = domain_of(table.name, column.name, rule, family)
        stored = pq.read_schema(table.parts[0]).field(column.name).type
        if not family and rule.kind != "noise":
            return self._independent_map(column, rule)
        if family == "integers":
            integers = self._integer_map(domain, _largest(stored))
            if traits.orders_rows:
                integers.keep_order()
            return IntegerColumnMap(integers)
        if family == "numbers":
            check = option_of("permute", "check", rule.options)
            return TextColumnMap(self._number_map(domain, check), repeated)
        if family == "shapes":
            return self._scramble_map(column, domain, repeated)
        if family == "amounts":
            percent = option_of("noise", "percent", rule.options)
            return AmountColumnMap(self._noise_maps(domain, percent, _largest(stored)))
        if rule.kind == "noise":
            return self._date_map(table, rule)
        return self._word_map(rule, domain, repeated)

    def _independent_map(
        self, column: ExportColumn, rule: ColumnRule
    ) -> ColumnMap | None:
        """Return the map of a column that shares no map with other columns."""
        if rule.kind == "keep":
            return None
        if rule.kind in ("clear", "constant"):
            value = rule.options.get("value")
            return StatelessColumnMap(lambda values: repeat_value(value, values))
        if column.type not in ("date", "time"):
            return _coarse_map(column, rule)
        periods = generalize.PeriodColumnMap(
            option_of("generalize", "to", rule.options)
        )
        self._dated.append(periods)
        return periods

    def _date_map(self, table: ExportTable, rule: ColumnRule) -> ColumnMap:
        days = option_of("noise", "days", rule.options)
        per = option_of("noise", "per", rule.options)
        # With `per`, dates in all tables shift together; without it, only the dates
        # of one row.
        uses = ("dates", table.name) if per is None else ("dates",)
        calendar = self._calendars.setdefault(table.name, Calendar())
        column = DateColumnMap(self._key.derived(*uses), days, per, calendar)
        self._dated.append(column)
        return column

    def _word_map(self, rule: ColumnRule, domain: str, repeated: bool) -> ColumnMap:
        lexicon = self._lexicon(domain)
        if rule.kind == "json":
            return JsonColumnMap(lexicon, self._key.derived("json", domain))
        name_kind = {"email": "email", "freetext": "text"}.get(rule.kind)
        name_kind = name_kind or option_of("replace", "words", rule.options)
        texts = TextColumnMap(LexiconForKind(lexicon, name_kind), repeated)
        gender = rule.options.get("gender")
        return (
            texts if gender is None else FirstNameColumnMap(texts, lexicon, str(gender))
        )

    def _lexicon(self, domain: str) -> Lexicon:
        if domain not in self._lexicons:
            key = self._key.derived("lexicon", domain)
            locale = self._locales.get(domain, DEFAULT_LOCALE)
            numbers = self._number_map(EVERYWHERE, None)
            self._lexicons[domain] = Lexicon(key, locale, numbers, self._reserved)
        return self._lexicons[domain]

    def _number_map(self, domain: str, check: str | None) -> NumberMap:
        if (domain, check) not in self._numbers:
            key = self._key.derived("numbers", domain, check)
            self._numbers[domain, check] = NumberMap(key, check)
        return self._numbers[domain, check]

    def _integer_map(self, domain: str, largest: int) -> IntegerMap:
        if domain not in self._integers:
            key = self._key.derived("integers", domain)
            self._integers[domain] = IntegerMap(key)
        self._integers[domain].limit(largest)
        return self._integers[domain]

    def _scramble_map(
        self, column: ExportColumn, domain: str, repeated: bool
    ) -> ColumnMap:
        key = self._key.derived("shapes", domain)
        if column.type == "binary":
            return StatelessColumnMap(lambda values: _other_bytes(values, key))
        if domain not in self._scrambles:
            table = f"limerun_scramble_{len(self._scrambles)}"
            self._scrambles[domain] = Scramble(
                key, self._connection, table, self._reserved
            )
        return TextColumnMap(self._scrambles[domain], repeated)

    def _noise_maps(self, domain: str, percent: float, largest: int) -> NoiseMaps:
        if domain not in self._noises:
            key = self._key.derived("amounts", domain)
            self._noises[domain] = NoiseMaps(key, percent / 100, largest)
        return self._noises[domain]

    def finish(self) -> None:
        """Build all maps, after all values were learned."""
        self._reserved.finish()
        for numbers in self._numbers.values():
            numbers.finish()
        for integers in self._integers.values():
            integers.finish()
        for lexicon in self._lexicons.values():
            lexicon.finish()
        for scramble in self._scrambles.values():
            scramble.finish()
        for noise in self._noises.values():
            noise.finish()
        for column in self._dated:
            column.finish()
        for calendar in self._calendars.values():
            calendar.finish()


def _locales(rules: Rules) -> dict[str, str]:
    """Return the language of each domain of words."""
    found = {}
    for table, of in rules.tables.items():
        for column, rule in of.columns.items():
            if rule.kind == "replace" and "locale" in rule.options:
                domain = domain_of(table, column, rule, "words")
                found[domain] = str(rule.options["locale"])
    return found


def _largest(stored: pa.DataType) -> int:
    """Return the largest number that a type can store, without its decimal point."""
    if pa.types.is_integer(stored):
        bits: int = stored.bit_width - pa.types.is_signed_integer(stored)
        largest: int = 2**bits - 1
        return largest
    if pa.types.is_decimal(stored):
        digits: int = stored.precision
        return int(min(10**digits - 1, _LARGEST))
    return _LARGEST


def _coarse_map(column: ExportColumn, rule: ColumnRule) -> ColumnMap:
    if column.type == "text":
        first = option_of("generalize", "first", rule.options)
        return StatelessColumnMap(
            lambda values: generalize.to_beginning(as_texts(values), first)
        )
    step = option_of("generalize", "step", rule.options)
    return StatelessColumnMap(lambda values: generalize.to_step(values, step))


def _other_bytes(values: pa.Array, key: Key) -> pa.Array:
    """Return pseudorandom bytes of the same length for each value."""
    plain = values.cast(pa.binary()).to_pylist()
    others = [key.derived(value.hex()).stream(len(value)) for value in plain]
    return pa.array(others, pa.binary())
