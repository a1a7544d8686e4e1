"""Compare the rows of a copy with the rows of its source by position."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from limerun.exports.duckdb_engine import one_row, parts_in_sql
from limerun.exports.proof.cells import stored_type
from limerun.exports.proof.notation import comparable_sql, detect_notation
from limerun.exports.reading.value_types import typed
from limerun.exports.tables import Export, ExportTable
from limerun.storage import name_in_sql

_WRITTEN_ONE_WAY = ("text", "json", "binary", "integer", "date")
"""Types in which equal values always have the same text."""

_NO_MEMBER = r"\s*(\[\s*\]|\{\s*\})\s*"

Pair = tuple[ExportTable, ExportTable]
"""A table of the source, and the copy's table of the same name."""


def sql_to_compare(export: Export, pair: Pair, name: str) -> tuple[str, str]:
    """Return SQL for a column of the source and of the copy, as values of one type.

    If the column types or the date formats differ, values are compared by their
    meaning. The exception is times that became dates, because dates contain less
    information.
    """
    before, after = pair[0].column(name), pair[1].column(name)
    if (before.type, after.type) != ("time", "date") and (
        before.type != after.type or before.type == "text"
    ):
        notations = [
            detect_notation(export, (table, table.column(name))) for table in pair
        ]
        alike = comparable_sql(*notations)
        is_date = all(notation.day is not None for notation in notations)
        if alike is not None and (before.type != after.type or is_date):
            return alike
    return sql_as_written(pair, name)


def is_rewritten(export: Export, pair: Pair, name: str) -> bool:
    """Return whether a column is compared by meaning instead of by text."""
    return sql_to_compare(export, pair, name) != sql_as_written(pair, name)


def sql_as_written(pair: Pair, name: str) -> tuple[str, str]:
    """Return SQL for a column of the source and of the copy, compared as text.

    Empty JSON objects and arrays become null: they contain no value that could survive.
    """
    if pair[0].column(name).type == pair[1].column(name).type == "json":
        text = f"CAST({name_in_sql(name)} AS VARCHAR)"
        document = (
            f"CASE WHEN NOT regexp_full_match({text}, '{_NO_MEMBER}') THEN {text} END"
        )
        return document, document
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
    """Return each column's number of rows with the source's value, without nulls."""
    if not columns:
        return {}
    befores, afters, counts = [], [], []
    for at, name in enumerate(columns):
        before, after = sql_to_compare(export, pair, name)
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
    """Return how many values both exports have, and the rows unchanged by chance.

    Returns:
        The number of different values; and the expected number of unchanged rows if the
        copy's values were assigned to its rows at random.
    """
    befores, afters = sql_to_compare(export, pair, name)
    counted = (  # GROUP BY 1: a column of the table may itself be called value
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
    """Return how many values of a domain were replaced by several different values."""
    selected = []
    for table, name in domain:
        before, after = pairs[table]
        old, new = sql_as_written(pairs[table], name)
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
    """Return the size of the smallest group with equal values in some columns.

    Returns:
        None if the table is empty.
    """
    names = ", ".join(name_in_sql(name) for name in columns)
    row = one_row(
        export.connection,
        f"SELECT min(size) FROM (SELECT count(*) AS size "
        f"FROM {parts_in_sql(table.parts)} GROUP BY {names})",
    )
    return None if row[0] is None else int(row[0])
