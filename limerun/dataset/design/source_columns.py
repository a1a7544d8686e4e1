"""Turn the columns of a source into paths through the limetypes, or its own. Pure."""

from collections.abc import Mapping, Sequence

from limerun.dataset.design.column_kinds import KINDS
from limerun.dataset.design.column_options import ColumnRequest, decide_column
from limerun.dataset.design.layout import Column, Source, SourceColumn, Table
from limerun.dataset.design.mistakes import unknown
from limerun.errors import DatasetError
from limerun.records import SourcePlan
from limerun.storage import ID_COLUMN

COMMA = ","


def plan_source(name: str, plan: SourcePlan, tables: Mapping[str, Table]) -> Source:
    """Return a source as it will be made.

    Args:
        name: The source's.
        plan: What the user wants of it.
        tables: What the limetypes become, by limetype.

    Raises:
        DatasetError: A path leads nowhere, or there are too few rows to overlap.
    """
    where = f"sources.{name}"
    columns: list[SourceColumn] = []
    own: dict[str, Column] = {}
    limetype: str | None = None
    for column, said in plan.columns.items():
        if isinstance(said, str):
            first, path, end = _path(f"{where}.columns.{column}", said, tables)
            if limetype not in (None, first):
                raise DatasetError(
                    f"{where}.columns.{column}: {said} starts at {first}, but the "
                    f"columns before it at {limetype}; a row stands for one limetype"
                )
            limetype = first
            columns.append(_column(column, path, end, own=False))
            continue
        own[column] = _own(where, column, said, plan)
        columns.append(_column(column, (column,), own[column], own=True))
    shares = _shares(where, plan, columns)
    return Source(
        name=name,
        format=plan.format,
        delimiter=plan.delimiter or COMMA,
        rows=plan.rows,
        known=_known(where, plan, plan.rows - shares["duplicates"], limetype, tables),
        **shares,
        indexed=plan.http is not None,
        limetype=limetype,
        columns=tuple(columns),
        own=Table(name=where, rows=plan.rows, reach=plan.rows, columns=own),
    )


def _column(
    name: str, path: tuple[str, ...], end: Column | None, *, own: bool
) -> SourceColumn:
    """Return a column of a file; `end` is the one at the path's end, None: the id."""
    return SourceColumn(
        name=name,
        path=path,
        own=own,
        type="integer" if end is None else end.type,
        kind="id" if end is None else end.kind,
    )


def _check_start(where: str, said: str, tables: Mapping[str, Table]) -> None:
    """Refuse a path that begins at no limetype, or ends there."""
    limetype, *path = said.split(".")
    if limetype not in tables and said in KINDS:
        raise DatasetError(f"{where}: {said} is a kind; write it as {{kind: {said}}}")
    if limetype not in tables:
        raise unknown(where, "limetype", limetype, tables)
    if not path:
        raise DatasetError(f"{where}: {said}; write it like limetype.property")


def _path(
    where: str, said: str, tables: Mapping[str, Table]
) -> tuple[str, tuple[str, ...], Column | None]:
    """Return the limetype a path starts at, its properties, and the last one's column.

    None as the column stands for the limetype's own id.
    """
    limetype, *path = said.split(".")
    _check_start(where, said, tables)
    table = tables[limetype]
    for step in path[:-1]:
        if step not in table.columns:
            raise unknown(where, f"property of {table.name}", step, table.columns)
        if table.columns[step].type != "belongsto":
            raise DatasetError(
                f"{where}: {table.name}.{step} is no belongsto, "
                "so the path cannot go on from it"
            )
        related = table.columns[step].related
        if related is None:
            raise DatasetError(
                f"{where}: {table.name}.{step} is always null, so nothing follows it; "
                "give the limetype that it leads to some rows"
            )
        table = tables[related]
    last = path[-1]
    if last not in (ID_COLUMN, "_id") and last not in table.columns:
        raise unknown(where, f"property of {table.name}", last, table.columns)
    return limetype, tuple(path), table.columns.get(last)


def _own(where: str, name: str, said: Mapping[str, object], plan: SourcePlan) -> Column:
    column = decide_column(
        ColumnRequest(
            table=where,
            name=name,
            type="untyped",
            said=said,
            beside=plan.columns.keys(),
        )
    )
    if column.kind in ("belongsto", "user"):
        raise DatasetError(
            f"{where}.columns.{name}: kind {column.kind} needs a limetype; "
            "write a path such as contract.company"
        )
    return column


def _shares(
    where: str, plan: SourcePlan, columns: Sequence[SourceColumn]
) -> dict[str, int]:
    """Return how many rows repeat others, miss a value or hold a malformed one.

    The first row of a file is none of these.
    """
    said = {
        "duplicates": plan.duplicates,
        "missing": plan.missing,
        "malformed": plan.malformed,
    }
    if sum(said.values()) > 1:
        raise DatasetError(
            f"{where}: duplicates and dirty rows are more than all rows together"
        )
    typed = plan.format == "parquet"
    if typed and plan.malformed and not any(column.is_text for column in columns):
        raise DatasetError(
            f"{where}.dirty.malformed: has no effect, as a column of a Parquet file "
            "holds one type, and none of these is text"
        )
    left = max(plan.rows - 1, 0)
    counts = {}
    for name, share in said.items():
        counts[name] = min(round(share * plan.rows), left)
        left -= counts[name]
    return counts


def _known(
    where: str,
    plan: SourcePlan,
    rows: int,
    limetype: str | None,
    tables: Mapping[str, Table],
) -> int:
    """Return how many rows of a source, repeats apart, are in the database."""
    known = round(plan.overlap * rows)
    if limetype is None:
        if known:
            raise DatasetError(
                f"{where}.overlap: has no effect, as no column is a path such as "
                "contract.number"
            )
        return 0
    held = tables[limetype].rows
    if known > held:
        raise DatasetError(
            f"{where}.overlap: {plan.overlap} of {rows:,} rows are {known:,}, "
            f"but {limetype} has {held:,} rows"
        )
    return known
