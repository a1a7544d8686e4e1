"""Turn the plan of a dataset into the tables, sources and columns to be made. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from limerun.dataset.columns import Wanted, decide_column
from limerun.dataset.guesses import is_end, is_start
from limerun.dataset.layout import LARGEST_TABLE, Column, Schema, Source, Table
from limerun.dataset.limits import check_reach
from limerun.dataset.locales import LOCALES
from limerun.dataset.naming import unknown
from limerun.dataset.source_columns import plan_source
from limerun.errors import DatasetError
from limerun.records import DatasetPlan, SourcePlan
from limerun.storage import (
    PROPERTY_TYPES,
    RELATION_TYPES,
    TIME_TYPES,
    column_type,
    link_table,
)

DEFAULT_SEED = 2026
DEFAULT_LOCALE = "sv_SE"
"""Of sources that are made without a dataset."""


def check_plan(plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]) -> Schema:
    """Return everything that a plan makes, down to each column's kind and options.

    Raises:
        DatasetError: Something is misspelt, contradicts itself or cannot be made.
    """
    seed = DEFAULT_SEED if plan is None else plan.seed
    locale = DEFAULT_LOCALE if plan is None else plan.locale
    if locale not in LOCALES:
        raise unknown("dataset.locale", "locale", locale, LOCALES)
    dsl = {} if plan is None else _read_dsl(plan.limetypes)
    rows = {} if plan is None else plan.rows
    for name, count in rows.items():
        if name not in dsl:
            raise unknown("dataset.rows", "limetype", name, dsl)
        _check_rows(f"dataset.rows.{name}", count)
    said = {} if plan is None else _said(plan.properties, dsl)
    tables = {name: _table(name, dsl, rows, said.get(name, {})) for name in dsl}
    made = {name: plan_source(name, source, tables) for name, source in sources.items()}
    for name, source in sources.items():
        _check_rows(f"sources.{name}.rows", source.rows)
    schema = Schema(
        seed=seed,
        locale=locale,
        tables={name: _reached(table, made) for name, table in tables.items()},
        pairs=dict(_pairs(dsl)),
        sources=made,
    )
    _check_schema(schema)
    return schema


def _check_rows(where: str, count: int) -> None:
    if not 0 <= count <= LARGEST_TABLE:
        raise DatasetError(
            f"{where}: {count:,} rows; 0 to {LARGEST_TABLE:,} can be made"
        )


def _read_dsl(
    limetypes: Mapping[str, Mapping[str, object]],
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the properties by limetype, without what only the platform reads."""
    dsl: dict[str, dict[str, Mapping[str, Any]]] = {}
    for limetype, properties in limetypes.items():
        if not isinstance(properties or {}, Mapping):
            raise DatasetError(f"{limetype}: must be a mapping of properties")
        dsl[limetype] = {}
        for name, said in (properties or {}).items():
            if name != "_label":
                dsl[limetype][name] = _read_property(f"{limetype}.{name}", said)
    for limetype, named in dsl.items():
        for name, said in named.items():
            related = said.get("related")
            if said["type"] in RELATION_TYPES and related not in dsl:
                raise unknown(f"{limetype}.{name}.related", "limetype", related, dsl)
    return dsl


def _read_property(where: str, said: object) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        raise DatasetError(f"{where}: {said!r}; write it like {{type: string}}")
    type = said.get("type")
    if type not in PROPERTY_TYPES:
        raise unknown(where, "type", type, PROPERTY_TYPES)
    if type in ("option", "set") and not isinstance(said.get("options"), list | tuple):
        raise DatasetError(f"{where}: needs options, a list of keys")
    return said


def _said(
    properties: Mapping[str, Mapping[str, object]],
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> dict[str, dict[str, Mapping[str, object]]]:
    """Return what the config says of properties, by limetype and property."""
    said: dict[str, dict[str, Mapping[str, object]]] = {}
    for path, options in properties.items():
        where = f"dataset.properties.{path}"
        limetype, dot, name = path.partition(".")
        if not dot:
            raise DatasetError(f"{where}: write it like limetype.property")
        if limetype not in dsl:
            raise unknown(where, "limetype", limetype, dsl)
        if name not in dsl[limetype]:
            raise unknown(where, "property", name, dsl[limetype])
        type = dsl[limetype][name]["type"]
        if column_type(type) is None:
            raise DatasetError(f"{where}: a {type} has no values of its own")
        said.setdefault(limetype, {})[name] = options
    return said


def _table(
    limetype: str,
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
    rows: Mapping[str, int],
    said: Mapping[str, Mapping[str, object]],
) -> Table:
    properties = dsl[limetype]
    start = _start(properties)
    columns = {}
    for name, of in properties.items():
        if column_type(of["type"]) is None:
            continue
        column = decide_column(
            Wanted(
                table=limetype,
                name=name,
                type=of["type"],
                said=said.get(name, {}),
                beside=properties.keys(),
                label=str(of.get("label") or "none"),
                required=of.get("required") is True,
                length=of.get("length"),
                choices=tuple(str(key) for key in of.get("options") or ()),
                related=of.get("related"),
                start=start if of["type"] in TIME_TYPES and is_end(name) else None,
            )
        )
        columns[name] = _linked(limetype, column, rows, of, said.get(name, {}))
    count = rows.get(limetype, 0)
    return Table(name=limetype, rows=count, reach=count, columns=columns)


def _start(properties: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the first time at which something begins."""
    times = (name for name, of in properties.items() if of["type"] in TIME_TYPES)
    return next(filter(is_start, times), None)


def _linked(
    limetype: str,
    column: Column,
    rows: Mapping[str, int],
    of: Mapping[str, Any],
    said: Mapping[str, object],
) -> Column:
    """Return a column; a link to a limetype without rows becomes null."""
    if column.related is None:
        return column
    where = f"{limetype}.{column.name}"
    if column.related == limetype:
        for option in ("skew", "children"):
            if option in said:
                raise DatasetError(
                    f"{where}: {option} has no effect on a link to the same limetype"
                )
        if "null_rate" not in said and of.get("required") is not True:
            return replace(column, null_rate=0.2)
        return column
    if rows.get(column.related, 0) > 0:
        return column
    if of.get("required") is True and rows.get(limetype, 0) > 0:
        raise DatasetError(
            f"{where}: is required, but {column.related} has no rows; "
            f"add {column.related} to dataset.rows"
        )
    return replace(column, kind="null", options={}, null_rate=0.0, related=None)


def _pairs(
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for limetype, properties in dsl.items():
        for name, of in properties.items():
            backref = of.get("backref")
            if of["type"] == "hasandbelongstomany" and backref:
                near, far = f"{limetype}_{name}", f"{of['related']}_{backref}"
                table = link_table(limetype, name, of["related"], backref)
                yield table, tuple(sorted({near, far}))


def _reached(table: Table, sources: Mapping[str, Source]) -> Table:
    """Return a table with the rows that sources invent beyond its end."""
    beyond = (
        source.rows - source.known
        for source in sources.values()
        if source.limetype == table.name
    )
    return replace(table, reach=table.rows + max(beyond, default=0))


def _check_schema(schema: Schema) -> None:
    own = [source.own for source in schema.sources.values()]
    for table in (*schema.tables.values(), *own):
        for column in table.columns.values():
            where = f"{table.name}.{column.name}"
            check_reach(where, column, table.reach, schema.locale)
            _check_children(where, column, table, schema)
            _check_after(where, column, table)


def _check_children(where: str, column: Column, table: Table, schema: Schema) -> None:
    children: Any = column.options.get("children")
    if column.related is None or children is None:
        return
    parents = schema.tables[column.related].rows
    least, most = children[0] * parents, children[1] * parents
    if not least <= table.rows <= most:
        raise DatasetError(
            f"{where}: {parents:,} rows of {column.related} with {children[0]} to "
            f"{children[1]} children each make {least:,} to {most:,} rows, "
            f"not {table.rows:,}"
        )


def _check_after(where: str, column: Column, table: Table) -> None:
    seen = [column.name]
    after: Any = column.options.get("after")
    while after is not None:
        times = [
            each.name for each in table.columns.values() if each.type in TIME_TYPES
        ]
        if after not in times:
            raise unknown(f"{where}: after", "date or time", after, times)
        if after in seen:
            raise DatasetError(f"{where}: after: {after} waits for itself")
        seen.append(after)
        after = table.columns[after].options.get("after")
