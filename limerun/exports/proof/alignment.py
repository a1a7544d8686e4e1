"""Compare a copy's rows with the source's by position."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.proof.cells import stored_type
from limerun.exports.proof.notation import compared_as, read_notation
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportTable
from limerun.storage import name_in_sql

_WRITTEN_ONE_WAY = ("text", "json", "binary", "integer", "date")
"""Types whose values are the same only if their texts are."""

_NO_MEMBER = r"\s*(\[\s*\]|\{\s*\})\s*"

Pair = tuple[ExportTable, ExportTable]
"""A table of the source, and the same one of the copy."""


def comparable(export: Export, pair: Pair, name: str) -> tuple[str, str]:
    """Return SQL for a column of the source and of the copy, as values of one type.

    Where the copy has another type than the source, or dates in another form, values
    are compared by what they mean. Not a time by its day: a copy of days holds less.
    """
    before, after = pair[0].column(name), pair[1].column(name)
    if (before.type, after.type) != ("time", "date") and (
        before.type != after.type or before.type == "text"
    ):
        readings = [
            read_notation(export, (table, table.column(name))) for table in pair
        ]
        alike = compared_as(*readings)
        is_date = all(reading.day is not None for reading in readings)
        if alike is not None and (before.type != after.type or is_date):
            return alike
    return as_written(pair, name)


def is_rewritten(export: Export, pair: Pair, name: str) -> bool:
    """Say whether a column is to be compared by what its values mean."""
    return comparable(export, pair, name) != as_written(pair, name)


def as_written(pair: Pair, name: str) -> tuple[str, str]:
    """Return SQL for a column of the source and of the copy, as they are written.

    JSON without a member is null: it holds nothing that could survive.
    """
    if pair[0].column(name).type == pair[1].column(name).type == "json":
        text = f"CAST({name_in_sql(name)} AS VARCHAR)"
        held = (
            f"CASE WHEN NOT regexp_full_match({text}, '{_NO_MEMBER}') THEN {text} END"
        )
        return held, held
    before, after = pair[0].column(name), pair[1].column(name)
    stored = stored_type(pair[0], before), stored_type(pair[1], after)
    column = name_in_sql(name)
    if before.type == after.type:
        if stored[0] == stored[1] and (
            before.type in _WRITTEN_ONE_WAY or not pa.types.is_string(stored[0])
        ):
            return column, column
        if before.type not in ("text", "json"):
            return typed(before), typed(after)
    return f"CAST({column} AS VARCHAR)", f"CAST({column} AS VARCHAR)"


def count_unchanged(
    export: Export, pair: Pair, columns: Sequence[str]
) -> dict[str, int]:
    """Return in how many rows each column has the value that its source's row has.

    Args:
        export: The source, for its connection.
        pair: A table before and after, with as many rows.
        columns: Those of both; a null is no value.
    """
    if not columns:
        return {}
    befores, afters, counts = [], [], []
    for at, name in enumerate(columns):
        before, after = comparable(export, pair, name)
        befores.append(f"{before} AS before{at}")
        afters.append(f"{after} AS after{at}")
        counts.append(f"count(*) FILTER (before{at} = after{at})")
    row = one_row(
        export.connection,
        f"SELECT {', '.join(counts)} "
        f"FROM (SELECT {', '.join(befores)} FROM {parts_in_sql(pair[0].parts)}) "
        f"POSITIONAL JOIN (SELECT {', '.join(afters)} "
        f"FROM {parts_in_sql(pair[1].parts)})",
    )
    return dict(zip(columns, row, strict=True))


def count_common(export: Export, pair: Pair, name: str) -> tuple[int, float]:
    """Return how many values a column has in common with its source, and by chance.

    Returns:
        How many different ones; and how many rows would have the value that they had
        before if the copy's values were dealt out to the rows anew.
    """
    befores, afters = comparable(export, pair, name)
    counted = (  # by the position: a column of the table may itself be called value
        f"(SELECT {befores} AS value, count(*)::DOUBLE AS before "
        f"FROM {parts_in_sql(pair[0].parts)} GROUP BY 1)",
        f"(SELECT {afters} AS value, count(*)::DOUBLE AS after "
        f"FROM {parts_in_sql(pair[1].parts)} GROUP BY 1)",
    )
    row = one_row(
        export.connection,
        f"SELECT count(*), sum(before * after) FROM {counted[0]} JOIN {counted[1]} "
        "USING (value) WHERE value IS NOT NULL",
    )
    return row[0], float(row[1] or 0) / max(pair[1].rows, 1)


def count_inconsistent(
    export: Export, pairs: Mapping[str, Pair], domain: Sequence[tuple[str, str]]
) -> int:
    """Return how many values of a domain became more than one.

    Args:
        export: The source, for its connection.
        pairs: The tables before and after, by name.
        domain: Its columns: table and column.
    """
    selected = []
    for table, name in domain:
        before, after = pairs[table]
        old, new = as_written(pairs[table], name)
        selected.append(
            "SELECT before, after FROM "
            f"(SELECT CAST({old} AS VARCHAR) AS before "
            f"FROM {parts_in_sql(before.parts)}) POSITIONAL JOIN "
            f"(SELECT CAST({new} AS VARCHAR) AS after FROM {parts_in_sql(after.parts)})"
        )
    row = one_row(
        export.connection,
        f"SELECT count(*) FROM (SELECT before FROM ({' UNION ALL '.join(selected)}) "
        "WHERE before IS NOT NULL GROUP BY before "
        "HAVING min(after) IS DISTINCT FROM max(after) "
        "OR count(after) NOT IN (0, count(*)))",
    )
    return int(row[0])


def smallest_group(
    export: Export, table: ExportTable, columns: Sequence[str]
) -> int | None:
    """Return how few rows share the values of some columns; None of an empty table."""
    names = ", ".join(name_in_sql(name) for name in columns)
    row = one_row(
        export.connection,
        f"SELECT min(held) FROM (SELECT count(*) AS held "
        f"FROM {parts_in_sql(table.parts)} GROUP BY {names})",
    )
    return None if row[0] is None else int(row[0])


def count_lost(
    export: Export,
    child: tuple[ExportTable, Sequence[str]],
    parent: tuple[ExportTable, Sequence[str]],
) -> int:
    """Return how many rows of a child name no row of its parent, by several columns.

    A null among them names nothing.
    """
    sides = [
        ", ".join(
            f"CAST({name_in_sql(name)} AS VARCHAR) AS key{at}"
            for at, name in enumerate(names)
        )
        for _, names in (child, parent)
    ]
    keys = [f"key{at}" for at in range(len(child[1]))]
    whole = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    row = one_row(
        export.connection,
        f"SELECT count(*) FROM (SELECT {sides[0]} FROM {parts_in_sql(child[0].parts)}) "
        f"ANTI JOIN (SELECT {sides[1]} FROM {parts_in_sql(parent[0].parts)}) "
        f"USING ({', '.join(keys)}) WHERE {whole}",
    )
    return int(row[0])


def count_orphans(
    export: Export, child: tuple[ExportTable, str], parent: tuple[ExportTable, str]
) -> int:
    """Return how many rows of a child column name no row of its parent."""
    key, name = name_in_sql(child[1]), name_in_sql(parent[1])
    row = one_row(
        export.connection,
        f"SELECT count(*) FROM (SELECT CAST({key} AS VARCHAR) AS key "
        f"FROM {parts_in_sql(child[0].parts)}) AS child WHERE key IS NOT NULL "
        f"AND key NOT IN (SELECT CAST({name} AS VARCHAR) "
        f"FROM {parts_in_sql(parent[0].parts)} WHERE {name} IS NOT NULL)",
    )
    return int(row[0])
