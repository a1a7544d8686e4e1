"""Decide how rows are linked: belongsto, hasone and hasandbelongstomany. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from limerun.dataset.design.child_counts import expected_children
from limerun.dataset.design.column_kinds import PairOptions, read_options
from limerun.dataset.design.layout import LARGEST_TABLE, Column, Schema, Table
from limerun.dataset.design.option_types import Children
from limerun.errors import DatasetError
from limerun.storage import link_table

Properties = Mapping[str, Mapping[str, Any]]
_SELF_NULL_RATE = 0.2
_DEFAULT_PAIRS = Children(0, 10, "zipf")
_DEFAULT_SKEW = 0.5


def decide_link(
    limetype: str,
    column: Column,
    rows: Mapping[str, int],
    dsl: Mapping[str, Properties],
    settings: Mapping[str, object],
) -> Column:
    """Complete a link; a link to a limetype without rows becomes null.

    Args:
        limetype: The column's limetype.
        column: The column as decided so far, without regard to links.
        rows: Number of rows by limetype.
        dsl: The properties by limetype.
        settings: The column's settings in the config.

    Raises:
        DatasetError: An option has no effect, or a required link has no target.
    """
    if column.related is None:
        return column
    where = f"{limetype}.{column.name}"
    keys = dsl[limetype][column.name]
    column = _with_one_child(where, column, dsl, settings)
    if column.related == limetype:
        return _self_link(where, column, keys, settings)
    if rows.get(column.related or "", 0) > 0:
        return column
    if keys.get("required") is True and rows.get(limetype, 0) > 0:
        raise DatasetError(
            f"{where}: the property is required, but {column.related} has no rows; "
            f"add {column.related} to dataset.rows"
        )
    return replace(
        column, kind="null", options={}, null_rate=0.0, related=None, because="empty"
    )


def _with_one_child(
    where: str,
    column: Column,
    dsl: Mapping[str, Properties],
    settings: Mapping[str, Any],
) -> Column:
    """Limit a link to one child per parent if the other end is a hasone."""
    limetype = where.partition(".")[0]
    assert column.related is not None
    hasone = next(
        (
            name
            for name, keys in dsl[column.related].items()
            if keys["type"] == "hasone"
            and (keys.get("related"), keys.get("backref")) == (limetype, column.name)
        ),
        None,
    )
    if hasone is None or column.kind != "belongsto":
        return column
    children: Any = column.options["children"]
    if "skew" in settings or (children is not None and children.most > 1):
        raise DatasetError(
            f"{where}: {column.related}.{hasone} is a hasone, so each "
            f"{column.related} has at most one {limetype}; remove "
            f"{'skew' if 'skew' in settings else 'children'}"
        )
    return replace(column, options={**column.options, "children": Children(0, 1)})


def _self_link(
    where: str, column: Column, keys: Mapping[str, Any], settings: Mapping[str, object]
) -> Column:
    if column.kind == "like":
        return column
    for option in ("skew", "children"):
        if option in settings:
            raise DatasetError(
                f"{where}: {option} has no effect on a link to the same limetype, "
                "which leads to a random earlier row; remove it"
            )
    if "null_rate" not in settings and keys.get("required") is not True:
        return replace(column, null_rate=_SELF_NULL_RATE)
    return column


def check_children(where: str, column: Column, table: Table, schema: Schema) -> None:
    """Reject bounds of children that do not fit the numbers of rows.

    Raises:
        DatasetError: The parents have too few or too many children.
    """
    children: Any = column.options.get("children")
    if column.related in (None, table.name) or children is None:
        return
    parents = schema.tables[column.related].rows
    least, most = children.least * parents, children.most * parents
    if not least <= table.rows <= most:
        raise DatasetError(
            f"{where}: {parents:,} rows of {column.related} with {children.least} to "
            f"{children.most} children each result in {least:,} to {most:,} rows, but "
            f"{table.name} has {table.rows:,}; change children or dataset.rows"
        )


def loosened(table: Table, rows: Mapping[str, int]) -> Table:
    """Relax a table's limits of children so that its changed row count is possible.

    A maximum of one child does not change.
    """
    columns = {**table.columns}
    for name, column in table.columns.items():
        children: Any = column.options.get("children")
        parents = rows.get(column.related or "", 0)
        if children is None or not parents or column.related == table.name:
            continue
        wider = children._replace(
            least=min(children.least, table.rows // parents),
            most=max(children.most, -(-table.rows // parents))
            if children.most > 1
            else 1,
        )
        options = {**column.options, "children": wider}
        columns[name] = replace(column, options=options)
    return replace(table, columns=columns)


def plan_pairs(
    dsl: Mapping[str, Properties],
    rows: Mapping[str, int],
    settings: Mapping[str, Mapping[str, Mapping[str, object]]],
    *,
    trimmed: bool = False,
) -> dict[str, Table]:
    """Return the table behind each hasandbelongstomany, with its number of pairs.

    Args:
        dsl: The properties by limetype.
        rows: Number of rows by limetype.
        settings: The settings in the config, by limetype and property.
        trimmed: True if `--rows` or `--scale` changed the rows, so that options are
            adapted to them.

    Raises:
        DatasetError: An option is unknown, has no effect or is impossible.
    """
    tables: dict[str, Table] = {}
    for near, far in _ends(dsl):
        name = link_table(*near, *far)
        if name in tables:
            continue
        here, there = (settings.get(end[0], {}).get(end[1], {}) for end in (near, far))
        if here and there and near != far:
            raise DatasetError(
                f"{'.'.join(near)}: {'.'.join(far)} is the other end of the same pairs; "
                "set the options at one end only"
            )
        if there and near != far:
            near, far, here = far, near, there
        options = _pair_options(".".join(near), here)
        counts = rows.get(near[0], 0), rows.get(far[0], 0)
        if trimmed:
            options = _adapted(options, *counts)
        tables[name] = _pair_table(name, (near, far), counts, options)
    return tables


End = tuple[str, str]
"""One end of a relation: a limetype and its property."""


def _ends(dsl: Mapping[str, Properties]) -> Iterator[tuple[End, End]]:
    for limetype, properties in dsl.items():
        for name, keys in properties.items():
            if keys["type"] == "hasandbelongstomany" and keys.get("backref"):
                yield (limetype, name), (keys["related"], keys["backref"])


def _adapted(options: Mapping[str, Any], parents: int, others: int) -> dict[str, Any]:
    """Adapt the options of pairs to the numbers of rows."""
    adapted = dict(options)
    children = adapted.get("children", _DEFAULT_PAIRS)
    room = max(others - 1, 0)
    children = children._replace(
        least=min(children.least, room), most=min(children.most, max(room, 1))
    )
    if "children" in adapted:
        adapted["children"] = children
    if "pairs" in adapted:
        least, most = children.least * parents, children.most * parents * bool(room)
        adapted["pairs"] = min(max(adapted["pairs"], least), most)
    return adapted


def _pair_table(
    name: str, pair: tuple[End, End], rows: tuple[int, int], options: Mapping[str, Any]
) -> Table:
    near, far = pair
    where = ".".join(near)
    parents, others = rows
    room = others - (near[0] == far[0])  # a row is never paired with itself
    bounds: Any = options.get("children", _DEFAULT_PAIRS)
    count = 0
    if parents and room > 0 and near != far:
        bounds, count = _pair_count(where, bounds, options.get("pairs"), parents, room)
    elif options.get("pairs"):
        raise DatasetError(
            f"{where}: pairs of {near[0]} and {far[0]} need rows of both; add both to "
            "dataset.rows"
        )
    shared = {
        "children": bounds,
        "skew": options.get("skew", _DEFAULT_SKEW),
        "near": f"{near[0]}_{near[1]}",
    }
    ends = {f"{end[0]}_{end[1]}": end[0] for end in sorted((near, far), key="_".join)}
    columns = {
        end: Column(
            name=end,
            type="belongsto",
            kind="pair",
            options=shared,
            null_rate=0.0,
            unique=False,
            length=None,
            related=limetype,
        )
        for end, limetype in ends.items()
    }
    return Table(name=name, rows=count, value_rows=count, columns=columns)


def _pair_options(where: str, settings: Mapping[str, object]) -> dict[str, object]:
    what = "a hasandbelongstomany"
    options = read_options(PairOptions, settings, where=where, what=what).by_name()
    return {name: value for name, value in options.items() if value is not None}


def _pair_count(
    where: str, bounds: Children, pairs: object, parents: int, room: int
) -> tuple[Children, int]:
    """Return the bounds of related rows per row, and the number of pairs."""
    if bounds.least > room:
        raise DatasetError(
            f"{where}: each row needs at least {bounds.least:,} related rows, but "
            f"there are only {room:,}; change children or dataset.rows"
        )
    bounds = bounds._replace(most=min(bounds.most, room))
    if pairs is None:
        return bounds, min(expected_children(parents, bounds), LARGEST_TABLE)
    least, most = bounds.least * parents, bounds.most * parents
    count = int(str(pairs))
    if not least <= count <= most:
        raise DatasetError(
            f"{where}: {parents:,} rows with {bounds.least:,} to {bounds.most:,} related "
            f"rows each result in {least:,} to {most:,} pairs, not {count:,}; change "
            f"pairs "
            "or children"
        )
    return bounds, count
