"""Turn the plan of a dataset into the tables, sources and columns to be made. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from limerun.dataset.design.column_options import ColumnRequest, decide_column
from limerun.dataset.design.dependencies import (
    check_after,
    check_required,
    check_template,
)
from limerun.dataset.design.distinct_limits import check_births, check_reach
from limerun.dataset.design.kind_guesses import is_end, is_start
from limerun.dataset.design.layout import (
    DEFAULT_LOCALE,
    DEFAULT_SEED,
    LARGEST_TABLE,
    Column,
    DatasetDesign,
    Schema,
    Source,
    Table,
)
from limerun.dataset.design.links import (
    check_children,
    plan_pairs,
    settle_link,
    widened,
)
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.design.shape_columns import like_column
from limerun.dataset.design.source_columns import plan_source
from limerun.errors import DatasetError
from limerun.records import DatasetPlan, SourcePlan
from limerun.records.shape import Shape
from limerun.storage import (
    PROPERTY_TYPES,
    RELATION_TYPES,
    TIME_TYPES,
    column_type,
)

_LONGEST = 2**31 - 1


def design_of(
    plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]
) -> DatasetDesign:
    """Return a plan and its sources, checked by `check_plan`, with their schema."""
    return DatasetDesign(plan=plan, sources=sources, schema=check_plan(plan, sources))


def check_plan(plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]) -> Schema:
    """Return everything that a plan makes, down to each column's kind and options.

    The plan is one that `config` has checked: its limetypes and properties are there,
    and its numbers are within their bounds.

    Raises:
        DatasetError: Something is misspelt, contradicts itself or cannot be made.
    """
    seed = DEFAULT_SEED if plan is None else plan.seed
    locale = DEFAULT_LOCALE if plan is None else plan.locale
    dsl = {} if plan is None else _read_dsl(plan.limetypes)
    rows = {} if plan is None else plan.rows
    for name, count in rows.items():
        _check_rows(f"dataset.rows.{name}", count)
    said = {} if plan is None else _said(plan.properties, dsl)
    shape = None if plan is None else plan.like
    tables = {
        name: _table(name, dsl, rows, said.get(name, {}), shape, locale) for name in dsl
    }
    trimmed = plan is not None and plan.trimmed
    if trimmed:
        tables = {name: widened(table, rows) for name, table in tables.items()}
    made = {name: plan_source(name, source, tables) for name, source in sources.items()}
    for name, source in sources.items():
        _check_rows(f"sources.{name}.rows", source.rows)
    schema = Schema(
        seed=seed,
        locale=locale,
        tables={name: _reached(table, made) for name, table in tables.items()},
        pairs=plan_pairs(dsl, rows, said, trimmed=trimmed),
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
        dsl[limetype] = {}
        for name, said in properties.items():
            if name != "_label" and isinstance(said, Mapping):
                dsl[limetype][name] = _read_property(f"{limetype}.{name}", said)
    for limetype, named in dsl.items():
        for name, said in named.items():
            related = said.get("related")
            if said["type"] in RELATION_TYPES and (
                not isinstance(related, str) or related not in dsl
            ):
                raise unknown(f"{limetype}.{name}.related", "limetype", related, dsl)
    return dsl


def _read_property(where: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    if "type" not in said:
        raise DatasetError(f"{where}: {_without_type(said)}")
    type = said["type"]
    if not isinstance(type, str) or type not in PROPERTY_TYPES:
        raise unknown(where, "type", type, PROPERTY_TYPES)
    _check_length(f"{where}.length", said.get("length"))
    if type in ("option", "set") and not _are_keys(said.get("options")):
        raise DatasetError(f"{where}: needs options, a list of keys")
    if not isinstance(said.get("required", False), bool | None):
        raise DatasetError(f"{where}.required: must be true or false")
    return said


def _are_keys(options: object) -> bool:
    """Return whether options are a list of scalars: a key may look like a number."""
    return isinstance(options, list | tuple) and not any(
        isinstance(each, Mapping | list | tuple) for each in options
    )


def _check_length(where: str, length: object) -> None:
    whole = isinstance(length, int) and not isinstance(length, bool)
    if length is not None and not (whole and 0 < int(str(length)) <= _LONGEST):
        raise DatasetError(
            f"{where}: must be a whole number of characters from 1 to {_LONGEST:,}"
        )


def _without_type(said: Mapping[str, object]) -> str:
    if said and all(isinstance(each, Mapping) for each in said.values()):
        return "no property; a limetype's properties stand right under its name"
    return "has no type; write it like {type: string}"


def _said(
    properties: Mapping[str, Mapping[str, object]],
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> dict[str, dict[str, Mapping[str, object]]]:
    """Return what the config says of properties, by limetype and property."""
    said: dict[str, dict[str, Mapping[str, object]]] = {}
    for path, options in properties.items():
        where = f"dataset.properties.{path}"
        limetype, _, name = path.partition(".")
        type = dsl[limetype][name]["type"]
        if column_type(type) is None and type != "hasandbelongstomany":
            raise DatasetError(f"{where}: a {type} has no values of its own")
        said.setdefault(limetype, {})[name] = options
    return said


def _table(
    limetype: str,
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
    rows: Mapping[str, int],
    said: Mapping[str, Mapping[str, object]],
    shape: Shape | None,
    locale: str,
) -> Table:
    properties = dsl[limetype]
    start = _start(properties)
    columns: dict[str, Column] = {}
    needed: list[str] = []
    for name, of in properties.items():
        if column_type(of["type"]) is None:
            continue
        request = ColumnRequest(
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
            locale=locale,
        )
        like = like_column(request, shape) if shape and not request.said else None
        column = like or decide_column(request)
        columns[name] = settle_link(limetype, column, rows, dsl, said.get(name, {}))
        if request.required:
            needed.append(name)
    for name in needed:
        check_required(f"{limetype}.{name}", columns[name], columns)
    count = rows.get(limetype, 0)
    return Table(name=limetype, rows=count, reach=count, columns=columns)


def _start(properties: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the first time at which something begins."""
    times = (name for name, of in properties.items() if of["type"] in TIME_TYPES)
    return next(filter(is_start, times), None)


def _reached(table: Table, sources: Mapping[str, Source]) -> Table:
    """Return a table with the rows that sources invent beyond its end."""
    beyond = (
        source.invented for source in sources.values() if source.limetype == table.name
    )
    return replace(table, reach=table.rows + max(beyond, default=0))


def _check_schema(schema: Schema) -> None:
    own = [source.own for source in schema.sources.values()]
    for table in (*schema.tables.values(), *own):
        for column in table.columns.values():
            where = f"{table.name}.{column.name}"
            check_after(where, column, table)
            check_template(where, column, table)
            check_births(where, column, table, schema.locale)
            check_reach(where, column, table, schema.locale)
            check_children(where, column, table, schema)
