"""Decide how the rows of limetypes are linked: belongsto, hasone and pairs. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from limerun.dataset.design.child_counts import fitting
from limerun.dataset.design.column_kinds import PairOptions, read_options
from limerun.dataset.design.layout import LARGEST_TABLE, Column, Schema, Table
from limerun.dataset.design.option_types import Children
from limerun.errors import DatasetError
from limerun.storage import link_table

Properties = Mapping[str, Mapping[str, Any]]
_SELF_NULL_RATE = 0.2
_USUAL_PAIRS = Children(0, 10, "zipf")
_USUAL_SKEW = 0.5


def settle_link(
    limetype: str,
    column: Column,
    rows: Mapping[str, int],
    dsl: Mapping[str, Properties],
    said: Mapping[str, object],
) -> Column:
    """Return a column; a link to a limetype without rows becomes null.

    Args:
        limetype: The column's.
        column: As decided by itself.
        rows: By limetype.
        dsl: The properties by limetype.
        said: What the config says of the column.

    Raises:
        DatasetError: An option has no effect, or a link that must be cannot be.
    """
    if column.related is None:
        return column
    where = f"{limetype}.{column.name}"
    of = dsl[limetype][column.name]
    column = _with_one_child(where, column, dsl, said)
    if column.related == limetype:
        return _to_itself(where, column, of, said)
    if rows.get(column.related or "", 0) > 0:
        return column
    if of.get("required") is True and rows.get(limetype, 0) > 0:
        raise DatasetError(
            f"{where}: is required, but {column.related} has no rows; "
            f"add {column.related} to dataset.rows"
        )
    return replace(
        column, kind="null", options={}, null_rate=0.0, related=None, because="empty"
    )


def _with_one_child(
    where: str, column: Column, dsl: Mapping[str, Properties], said: Mapping[str, Any]
) -> Column:
    """Return a link of which a parent has one at most, if a hasone says so."""
    limetype = where.partition(".")[0]
    assert column.related is not None
    hasone = next(
        (
            name
            for name, of in dsl[column.related].items()
            if of["type"] == "hasone"
            and (of.get("related"), of.get("backref")) == (limetype, column.name)
        ),
        None,
    )
    if hasone is None or column.kind != "belongsto":
        return column
    children: Any = column.options["children"]
    if "skew" in said or (children is not None and children.most > 1):
        raise DatasetError(
            f"{where}: {column.related}.{hasone} is a hasone, so each "
            f"{column.related} has one {limetype} at most; leave out "
            f"{'skew' if 'skew' in said else 'children'}"
        )
    return replace(column, options={**column.options, "children": Children(0, 1)})


def _to_itself(
    where: str, column: Column, of: Mapping[str, Any], said: Mapping[str, object]
) -> Column:
    if column.kind == "like":
        return column
    for option in ("skew", "children"):
        if option in said:
            raise DatasetError(
                f"{where}: {option} has no effect on a link to the same limetype, "
                "which leads to any earlier row"
            )
    if "null_rate" not in said and of.get("required") is not True:
        return replace(column, null_rate=_SELF_NULL_RATE)
    return column


def check_children(where: str, column: Column, table: Table, schema: Schema) -> None:
    """Refuse bounds of children between which a table's rows do not lie.

    Raises:
        DatasetError: They do not.
    """
    children: Any = column.options.get("children")
    if column.related in (None, table.name) or children is None:
        return
    parents = schema.tables[column.related].rows
    least, most = children.least * parents, children.most * parents
    if not least <= table.rows <= most:
        raise DatasetError(
            f"{where}: {parents:,} rows of {column.related} with {children.least} to "
            f"{children.most} children each make {least:,} to {most:,} rows, "
            f"not {table.rows:,}"
        )


def widened(table: Table, rows: Mapping[str, int]) -> Table:
    """Return a table whose rows were changed, with bounds of children that suit them.

    Where a parent has one child at most, that stays.
    """
    columns = {**table.columns}
    for name, column in table.columns.items():
        children: Any = column.options.get("children")
        parents = rows.get(column.related or "", 0)
        if children is None or not parents or column.related == table.name:
            continue
        fitting_all = children._replace(
            least=min(children.least, table.rows // parents),
            most=max(children.most, -(-table.rows // parents))
            if children.most > 1
            else 1,
        )
        options = {**column.options, "children": fitting_all}
        columns[name] = replace(column, options=options)
    return replace(table, columns=columns)


def plan_pairs(
    dsl: Mapping[str, Properties],
    rows: Mapping[str, int],
    said: Mapping[str, Mapping[str, Mapping[str, object]]],
    *,
    trimmed: bool = False,
) -> dict[str, Table]:
    """Return the table of each hasandbelongstomany, with the pairs it will have.

    Args:
        dsl: The properties by limetype.
        rows: By limetype.
        said: What the config says, by limetype and property.
        trimmed: Whether rows were changed, so that what is said may not suit them.

    Raises:
        DatasetError: An option is unknown, has no effect or cannot be kept.
    """
    tables: dict[str, Table] = {}
    for near, far in _ends(dsl):
        name = link_table(*near, *far)
        if name in tables:
            continue
        here, there = (said.get(end[0], {}).get(end[1], {}) for end in (near, far))
        if here and there and near != far:
            raise DatasetError(
                f"{'.'.join(near)}: {'.'.join(far)} is the other end of the same pairs; "
                "say it of one of them"
            )
        if there and near != far:
            near, far, here = far, near, there
        options = _pair_options(".".join(near), here)
        counts = rows.get(near[0], 0), rows.get(far[0], 0)
        if trimmed:
            options = _suited(options, *counts)
        tables[name] = _pair_table(name, (near, far), counts, options)
    return tables


End = tuple[str, str]
"""A limetype and its property."""


def _ends(dsl: Mapping[str, Properties]) -> Iterator[tuple[End, End]]:
    for limetype, properties in dsl.items():
        for name, of in properties.items():
            if of["type"] == "hasandbelongstomany" and of.get("backref"):
                yield (limetype, name), (of["related"], of["backref"])


def _suited(options: Mapping[str, Any], parents: int, others: int) -> dict[str, Any]:
    """Return options of pairs as so many rows allow them."""
    suited = dict(options)
    children = suited.get("children", _USUAL_PAIRS)
    room = max(others - 1, 0)
    children = children._replace(
        least=min(children.least, room), most=min(children.most, max(room, 1))
    )
    if "children" in suited:
        suited["children"] = children
    if "pairs" in suited:
        least, most = children.least * parents, children.most * parents * bool(room)
        suited["pairs"] = min(max(suited["pairs"], least), most)
    return suited


def _pair_table(
    name: str, of: tuple[End, End], rows: tuple[int, int], options: Mapping[str, Any]
) -> Table:
    near, far = of
    where = ".".join(near)
    parents, others = rows
    room = others - (near[0] == far[0])  # nothing is paired with itself
    bounds: Any = options.get("children", _USUAL_PAIRS)
    count = 0
    if parents and room > 0 and near != far:
        bounds, count = _pair_count(where, bounds, options.get("pairs"), parents, room)
    elif options.get("pairs"):
        raise DatasetError(
            f"{where}: pairs of {near[0]} and {far[0]} need rows of both; add them to "
            "dataset.rows"
        )
    shared = {
        "children": bounds,
        "skew": options.get("skew", _USUAL_SKEW),
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
    return Table(name=name, rows=count, reach=count, columns=columns)


def _pair_options(where: str, said: Mapping[str, object]) -> dict[str, object]:
    what = "a hasandbelongstomany"
    options = read_options(PairOptions, said, where=where, what=what).by_name()
    return {name: value for name, value in options.items() if value is not None}


def _pair_count(
    where: str, bounds: Children, pairs: object, parents: int, room: int
) -> tuple[Children, int]:
    """Return how many others each has, and how many pairs that makes."""
    if bounds.least > room:
        raise DatasetError(
            f"{where}: each is to have at least {bounds.least:,}, but there are only "
            f"{room:,} others"
        )
    bounds = bounds._replace(most=min(bounds.most, room))
    if pairs is None:
        return bounds, min(fitting(parents, bounds), LARGEST_TABLE)
    least, most = bounds.least * parents, bounds.most * parents
    count = int(str(pairs))
    if not least <= count <= most:
        raise DatasetError(
            f"{where}: {parents:,} rows with {bounds.least:,} to {bounds.most:,} others "
            f"each make {least:,} to {most:,} pairs, not {count:,}; say the children"
        )
    return bounds, count
