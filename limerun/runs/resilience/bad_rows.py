"""Make one row of a source bad, in a way that its columns allow. Pure."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from limerun.dataset.design.layout import Schema, Source, SourceColumn
from limerun.records import FaultName
from limerun.runs.resilience.source_rows import InputRows, Row
from limerun.storage import TIME_TYPES

_NUMBERS = frozenset({"integer", "decimal", "percent"})
_TYPED = _NUMBERS | TIME_TYPES | {"yesno"}
_CANDIDATES = 3
WRONG_TYPE = "not a value of this type"
UNKNOWN_TEXT, UNKNOWN_NUMBER = "no-such-object", 2**31 - 7
_EXTRA = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row to replace a good one, or two of them."""

    fault: FaultName
    rows: tuple[Row, ...]


def candidate_rows(rows: int, seed: int) -> list[int]:
    """Return the numbers of rows to try, from the middle third of a file."""
    middle = range(rows // 3 + 1, max(rows // 3 + 2, 2 * rows // 3 + 1))
    chance = random.Random(f"{seed}/bad row")
    return chance.sample(middle, min(_CANDIDATES, len(middle)))


def bad_rows(
    file: InputRows,
    number: int,
    source: Source,
    schema: Schema,
    limetypes: Mapping[str, Mapping[str, object]],
) -> Iterator[BadRow]:
    """Yield each bad form of a row that its columns allow."""
    row = file.parse(number)
    columns = [column for column in source.columns if row.get(column.name) is not None]
    for fault, change in _CHANGES.items():
        changed = change(row, columns, _Knowledge(source, schema, limetypes))
        if changed is not None:
            yield BadRow(fault=fault, rows=({**row, **changed},))
    yield BadRow(fault="duplicate", rows=(row, row))


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """What is known about the properties that the columns are meant for."""

    source: Source
    schema: Schema
    limetypes: Mapping[str, Mapping[str, object]]

    def is_required(self, column: SourceColumn) -> bool:
        """Return whether the data model requires a value."""
        if self.source.limetype is None or len(column.path) > 1:
            return False
        properties = self.limetypes.get(self.source.limetype, {})
        definition = properties.get(column.path[0])
        return isinstance(definition, Mapping) and definition.get("required") is True

    def length(self, column: SourceColumn) -> int | None:
        """Return the length that the data model allows for a text."""
        if self.source.limetype is None or len(column.path) > 1:
            return None
        table = self.schema.tables[self.source.limetype]
        known = table.columns.get(column.path[0])
        return known.length if known is not None and column.is_text else None


_Columns = list[SourceColumn]


def _without_value(row: Row, columns: _Columns, known: _Knowledge) -> Row | None:
    required = [column for column in columns if known.is_required(column)]
    # The first one is usually the key, without which a row cannot be named in the log.
    return {required[-1].name: None} if required else None


def _with_wrong_type(row: Row, columns: _Columns, known: _Knowledge) -> Row | None:
    typed = [each for each in columns if each.type in _TYPED and len(each.path) == 1]
    return {typed[-1].name: WRONG_TYPE} if typed else None


def _too_long(row: Row, columns: _Columns, known: _Knowledge) -> Row | None:
    limited = [column for column in columns if known.length(column) is not None]
    if not limited:
        return None
    column = limited[-1]
    missing = (known.length(column) or 0) + _EXTRA - len(str(row[column.name]))
    return {column.name: str(row[column.name]) + "x" * max(missing, _EXTRA)}


def _unknown_reference(row: Row, columns: _Columns, known: _Knowledge) -> Row | None:
    for column in columns:
        if len(column.path) > 1 and not column.own:
            is_text = isinstance(row[column.name], str)
            return {column.name: UNKNOWN_TEXT if is_text else UNKNOWN_NUMBER}
    return None


_CHANGES: Mapping[FaultName, Callable[[Row, _Columns, _Knowledge], Row | None]] = {
    "missing": _without_value,
    "wrong_type": _with_wrong_type,
    "too_long": _too_long,
    "reference": _unknown_reference,
}
