"""Numbers and dates that a column has in common with its source: survivors as well."""

from limerun.exports.engine import parts_in_sql
from limerun.exports.layout import Export
from limerun.exports.proof.alignment import Pair, comparable
from limerun.exports.proof.survivors import masked
from limerun.records.proof import Survivor

_EXAMPLES = 3


def number_survivors(export: Export, pair: Pair, name: str) -> Survivor | None:
    """Return the values of a column's source that its copy has, compared as numbers.

    Args:
        export: The source, for its connection.
        pair: The table before and after.
        name: The column.
    """
    before, after = comparable(export, pair, name)
    numbered = f"(SELECT {after} AS value, row_number() OVER () AS row FROM "
    found = (
        f"FROM {numbered}{parts_in_sql(pair[1].parts)}) WHERE value IN "
        f"(SELECT {before} FROM {parts_in_sql(pair[0].parts)})"
    )
    [[values, rows, first_row]] = export.connection.execute(
        f"SELECT count(DISTINCT value), count(*), min(row) {found}"
    ).fetchall()
    if not values:
        return None
    examples = export.connection.execute(
        f"SELECT CAST(value AS VARCHAR), min(row) {found} GROUP BY value "
        f"ORDER BY 2 LIMIT {_EXAMPLES}"
    ).fetchall()
    both = f"{pair[0].name}.{name}"
    return Survivor(
        source=both,
        copy=both,
        where="value",
        values=values,
        rows=rows,
        first_row=first_row,
        by_chance=0.0,
        counted=True,
        examples=tuple(masked(ord(text[0]), len(text)) for text, _ in examples),
    )
