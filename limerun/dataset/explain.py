"""Explain a schema: each column with its kind, options and first values."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from limerun.dataset.design.column_kinds import KINDS
from limerun.dataset.design.layout import Column, Schema, Source, SourceColumn, Table
from limerun.dataset.design.option_types import Children
from limerun.dataset.design.text_templates import pattern_text
from limerun.dataset.values.block import Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.dataset.values.source_rows import SourceRows
from limerun.dataset.values.table_rows import rows_of
from limerun.records.explanation import ColumnExplained, TableExplained

SAMPLES = 3
_WHY = {
    "given": "set in the config",
    "name": "from its name",
    "label": "from its label",
    "type": "from its type",
    "empty": "its limetype has no rows",
}
_LONGEST = 60
_MOMENTS = ("from", "to")
_ALWAYS = ("min", "max", "from", "to", "length", "options", "template", "value", "rate")
"""Options that are shown even at their default value."""


def explain(schema: Schema) -> Sequence[TableExplained]:
    """Explain each limetype, table of pairs and source."""
    recipe = Recipe(schema, MAKERS)
    tables = [
        TableExplained(
            name=table.name,
            what="pairs" if name in schema.pairs else "limetype",
            rows=table.rows,
            columns=[*_columns(recipe, table)],
        )
        for name, table in schema.stored.items()
    ]
    sources = [
        TableExplained(
            name=source.name,
            what="source",
            rows=source.rows,
            columns=[*_source_columns(recipe, source)],
        )
        for source in schema.sources.values()
    ]
    return [*tables, *sources]


def _columns(recipe: Recipe, table: Table) -> Iterator[ColumnExplained]:
    made = rows_of(recipe, table, stored=False).columns(_first_rows(table.rows))
    for column in table.columns.values():
        yield ColumnExplained(
            name=column.name,
            type=column.type,
            kind=column.kind,
            because=_why(column),
            options=[*_options(column)],
            samples=_texts(made[column.name]),
        )


def _why(column: Column) -> str:
    if column.kind == "pair":
        return f"id of a {column.related}"
    if column.kind == "like":
        return "as in the shape"
    return _WHY[column.because]


def _source_columns(recipe: Recipe, source: Source) -> Iterator[ColumnExplained]:
    made = SourceRows(recipe, source).columns(_first_rows(source.rows))
    for column in source.columns:
        own = source.own.columns[column.name] if column.own else None
        yield ColumnExplained(
            name=column.name,
            type=column.type,
            kind=column.kind,
            because=_path(source, column) if own is None else _why(own),
            options=[] if own is None else [*_options(own)],
            samples=_texts(made[column.name]),
        )


def _path(source: Source, column: SourceColumn) -> str:
    return ".".join((source.limetype or "", *column.path))


def _first_rows(rows: int) -> Any:
    return np.arange(min(rows, SAMPLES), dtype=np.uint64)


def _texts(array: pa.Array) -> list[str]:
    return [_value(value) for value in array.to_pylist()]


def _value(value: object) -> str:
    if value is None:
        return "(null)"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value[:200] if isinstance(value, str) else str(value)


def _options(column: Column) -> Iterator[str]:
    """Yield the options that have an effect."""
    options: Mapping[str, Any] = column.options
    if column.related is not None and column.kind != "pair":
        yield f"to {column.related}"
    if column.kind in KINDS:
        for name, default in KINDS[column.kind].defaults().items():
            value = options.get(name)
            if _is_shown(name, value, default, options):
                yield _option(name, value)
    elif column.kind == "pair" and column.name == options["near"]:
        yield _option("children", options["children"])
    if column.null_rate:
        yield f"null_rate {column.null_rate:g}"
    if column.unique:
        yield "unique"


def _is_shown(
    name: str, value: object, default: object, options: Mapping[str, Any]
) -> bool:
    if value is None or (name == "skew" and "cardinality" in options and not value):
        return False
    if options.get("after") is not None and name in _MOMENTS:
        return False
    if name == "within_days":
        return options.get("after") is not None
    if name == "skew" and options.get("children") is not None:
        return False
    return value != default or name in _ALWAYS or name == "skew"


def _option(name: str, value: Any) -> str:
    if name in _MOMENTS:
        told = _moment(value)
    elif name == "template":
        told = pattern_text(value)
    elif name == "format":
        before, form, after = value
        told = f"{before}{{{':' if form else ''}{form}}}{after}"
    elif isinstance(value, Children):
        told = f"{value.least} to {value.most}, {value.distribution}"
    elif name == "weights":
        told = ", ".join(f"{weight / 1_000_000:g}" for weight in value)
    elif isinstance(value, tuple):
        told = ", ".join(map(str, value))
    else:
        told = _value(value)
    return f"{name} {told if len(told) <= _LONGEST else told[: _LONGEST - 3] + '...'}"


def _moment(seconds: int) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    is_day = moment.time() == datetime.min.time()
    shown: date = moment.date() if is_day else moment.replace(tzinfo=None)
    return str(shown)
