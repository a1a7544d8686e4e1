"""Turn the plan of a dataset into a schema of tables, sources and columns. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from limerun.dataset.design.column_options import ColumnRequest, decide_column
from limerun.dataset.design.dependencies import (
    check_after,
    check_required,
    check_template,
)
from limerun.dataset.design.distinct_limits import check_birthdates, check_distinct
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
    decide_link,
    loosened,
    plan_pairs,
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
    """Return a plan and its sources with their schema, all checked by `check_plan`."""
    return DatasetDesign(plan=plan, sources=sources, schema=check_plan(plan, sources))


def check_plan(plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]) -> Schema:
    """Turn a plan into a schema, down to each column's kind and options.

    `config` has checked the plan before: its limetypes and properties exist, and its
    numbers are within their bounds.

    Raises:
        DatasetError: A name is unknown, or settings contradict each other.
    """
    seed = DEFAULT_SEED if plan is None else plan.seed
    locale = DEFAULT_LOCALE if plan is None else plan.locale
    dsl = {} if plan is None else _read_dsl(plan.limetypes)
    rows = {} if plan is None else plan.rows
    for name, count in rows.items():
        _check_rows(f"dataset.rows.{name}", count)
    settings = {} if plan is None else _settings(plan.properties, dsl)
    shape = None if plan is None else plan.like
    tables = {
        name: _table(name, dsl, rows, settings.get(name, {}), shape, locale)
        for name in dsl
    }
    trimmed = plan is not None and plan.trimmed
    if trimmed:
        tables = {name: loosened(table, rows) for name, table in tables.items()}
    made = {name: plan_source(name, source, tables) for name, source in sources.items()}
    for name, source in sources.items():
        _check_rows(f"sources.{name}.rows", source.rows)
    schema = Schema(
        seed=seed,
        locale=locale,
        tables={name: _with_invented(table, made) for name, table in tables.items()},
        pairs=plan_pairs(dsl, rows, settings, trimmed=trimmed),
        sources=made,
    )
    _check_schema(schema)
    return schema


def _check_rows(where: str, count: int) -> None:
    if not 0 <= count <= LARGEST_TABLE:
        raise DatasetError(f"{where}: {count:,}: must be from 0 to {LARGEST_TABLE:,}")


def _read_dsl(
    limetypes: Mapping[str, Mapping[str, object]],
) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Return the properties by limetype, without keys that only the platform uses."""
    dsl: dict[str, dict[str, Mapping[str, Any]]] = {}
    for limetype, properties in limetypes.items():
        dsl[limetype] = {}
        for name, keys in properties.items():
            if name != "_label" and isinstance(keys, Mapping):
                dsl[limetype][name] = _read_property(f"{limetype}.{name}", keys)
    for limetype, named in dsl.items():
        for name, keys in named.items():
            related = keys.get("related")
            if keys["type"] in RELATION_TYPES and (
                not isinstance(related, str) or related not in dsl
            ):
                raise unknown(f"{limetype}.{name}.related", "limetype", related, dsl)
    return dsl


def _read_property(where: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    if "type" not in keys:
        raise DatasetError(f"{where}: {_without_type(keys)}")
    type = keys["type"]
    if not isinstance(type, str) or type not in PROPERTY_TYPES:
        raise unknown(where, "type", type, PROPERTY_TYPES)
    _check_length(f"{where}.length", keys.get("length"))
    if type in ("option", "set") and not _are_keys(keys.get("options")):
        raise DatasetError(f"{where}: type {type} needs options; add a list of keys")
    required = keys.get("required", False)
    if not isinstance(required, bool | None):
        raise DatasetError(f"{where}.required: {required!r}: must be true or false")
    return keys


def _are_keys(options: object) -> bool:
    """Return whether options are a list of scalars; a key may be a number in YAML."""
    return isinstance(options, list | tuple) and not any(
        isinstance(each, Mapping | list | tuple) for each in options
    )


def _check_length(where: str, length: object) -> None:
    whole = isinstance(length, int) and not isinstance(length, bool)
    if length is not None and not (whole and 0 < int(str(length)) <= _LONGEST):
        raise DatasetError(
            f"{where}: {length!r}: must be a number of characters from 1 to "
            f"{_LONGEST:,}"
        )


def _without_type(keys: Mapping[str, object]) -> str:
    if keys and all(isinstance(each, Mapping) for each in keys.values()):
        return "is not a property; write properties directly under the limetype's name"
    return "has no type; write it like {type: string}"


def _settings(
    properties: Mapping[str, Mapping[str, object]],
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
) -> dict[str, dict[str, Mapping[str, object]]]:
    """Return the settings in dataset.properties, by limetype and property."""
    settings: dict[str, dict[str, Mapping[str, object]]] = {}
    for path, options in properties.items():
        where = f"dataset.properties.{path}"
        limetype, _, name = path.partition(".")
        type = dsl[limetype][name]["type"]
        if column_type(type) is None and type != "hasandbelongstomany":
            raise DatasetError(
                f"{where}: a property of type {type} has no values; remove it"
            )
        settings.setdefault(limetype, {})[name] = options
    return settings


def _table(
    limetype: str,
    dsl: Mapping[str, Mapping[str, Mapping[str, Any]]],
    rows: Mapping[str, int],
    settings: Mapping[str, Mapping[str, object]],
    shape: Shape | None,
    locale: str,
) -> Table:
    properties = dsl[limetype]
    start = _start(properties)
    columns: dict[str, Column] = {}
    needed: list[str] = []
    for name, keys in properties.items():
        if column_type(keys["type"]) is None:
            continue
        request = ColumnRequest(
            table=limetype,
            name=name,
            type=keys["type"],
            settings=settings.get(name, {}),
            table_columns=properties.keys(),
            label=str(keys.get("label") or "none"),
            required=keys.get("required") is True,
            length=keys.get("length"),
            choices=tuple(str(key) for key in keys.get("options") or ()),
            related=keys.get("related"),
            start=start if keys["type"] in TIME_TYPES and is_end(name) else None,
            locale=locale,
        )
        like = like_column(request, shape) if shape and not request.settings else None
        column = like or decide_column(request)
        columns[name] = decide_link(limetype, column, rows, dsl, request.settings)
        if request.required:
            needed.append(name)
    for name in needed:
        check_required(f"{limetype}.{name}", columns[name], columns)
    count = rows.get(limetype, 0)
    return Table(name=limetype, rows=count, value_rows=count, columns=columns)


def _start(properties: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the first date or time whose name marks the start of a period."""
    times = (name for name, keys in properties.items() if keys["type"] in TIME_TYPES)
    return next(filter(is_start, times), None)


def _with_invented(table: Table, sources: Mapping[str, Source]) -> Table:
    """Return a table that also has values for rows that exist only in sources."""
    beyond = (
        source.invented for source in sources.values() if source.limetype == table.name
    )
    return replace(table, value_rows=table.rows + max(beyond, default=0))


def _check_schema(schema: Schema) -> None:
    own = [source.own for source in schema.sources.values()]
    for table in (*schema.tables.values(), *own):
        for column in table.columns.values():
            where = f"{table.name}.{column.name}"
            check_after(where, column, table)
            check_template(where, column, table)
            check_birthdates(where, column, table, schema.locale)
            check_distinct(where, column, table, schema.locale)
            check_children(where, column, table, schema)
