"""Turn a source's columns into paths through limetypes, or generated columns. Pure."""

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
    """Decide how a source is generated.

    Args:
        name: The source's name.
        plan: The source's settings in the config.
        tables: The tables by limetype.

    Raises:
        DatasetError: A path is not valid, or there are too few rows to overlap.
    """
    where = f"sources.{name}"
    columns: list[SourceColumn] = []
    own: dict[str, Column] = {}
    limetype: str | None = None
    for column, settings in plan.columns.items():
        if isinstance(settings, str):
            first, path, end = _path(f"{where}.columns.{column}", settings, tables)
            if limetype not in (None, first):
                raise DatasetError(
                    f"{where}.columns.{column}: {settings} starts at {first}, but the "
                    f"columns before it start at {limetype}; start all at one limetype"
                )
            limetype = first
            columns.append(_column(column, path, end, own=False))
            continue
        own[column] = _own(where, column, settings, plan)
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
        own=Table(name=where, rows=plan.rows, value_rows=plan.rows, columns=own),
    )


def _column(
    name: str, path: tuple[str, ...], end: Column | None, *, own: bool
) -> SourceColumn:
    """Return a column of a file; `end` is the path's last column, None for the id."""
    return SourceColumn(
        name=name,
        path=path,
        own=own,
        type="integer" if end is None else end.type,
        kind="id" if end is None else end.kind,
    )


def _check_start(where: str, text: str, tables: Mapping[str, Table]) -> None:
    """Reject a path that does not start with a limetype, or has no property."""
    limetype, *path = text.split(".")
    if limetype not in tables and text in KINDS:
        raise DatasetError(f"{where}: {text} is a kind; write it as {{kind: {text}}}")
    if limetype not in tables:
        raise unknown(where, "limetype", limetype, tables)
    if not path:
        raise DatasetError(
            f"{where}: {text} names no property; write it like limetype.property"
        )


def _path(
    where: str, text: str, tables: Mapping[str, Table]
) -> tuple[str, tuple[str, ...], Column | None]:
    """Return the limetype of a path, its properties, and the last column.

    None as the column stands for the id of the limetype.
    """
    limetype, *path = text.split(".")
    _check_start(where, text, tables)
    table = tables[limetype]
    for step in path[:-1]:
        if step not in table.columns:
            raise unknown(where, f"property of {table.name}", step, table.columns)
        if table.columns[step].type != "belongsto":
            raise DatasetError(
                f"{where}: {table.name}.{step} is not a belongsto, so a path can only "
                "end with it"
            )
        related = table.columns[step].related
        if related is None:
            raise DatasetError(
                f"{where}: {table.name}.{step} is always null, because its limetype has "
                "no rows; add the limetype to dataset.rows"
            )
        table = tables[related]
    last = path[-1]
    if last not in (ID_COLUMN, "_id") and last not in table.columns:
        raise unknown(where, f"property of {table.name}", last, table.columns)
    return limetype, tuple(path), table.columns.get(last)


def _own(
    where: str, name: str, settings: Mapping[str, object], plan: SourcePlan
) -> Column:
    column = decide_column(
        ColumnRequest(
            table=where,
            name=name,
            type="untyped",
            settings=settings,
            table_columns=plan.columns.keys(),
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
    """Return how many rows are duplicates, have a missing value, or a malformed one.

    The first row of a file always remains clean.
    """
    shares = {
        "duplicates": plan.duplicates,
        "missing": plan.missing,
        "malformed": plan.malformed,
    }
    if sum(shares.values()) > 1:
        raise DatasetError(
            f"{where}: duplicates, missing and malformed add up to "
            f"{sum(shares.values()):g}; their sum must be at most 1"
        )
    typed = plan.format == "parquet"
    if typed and plan.malformed and not any(column.is_text for column in columns):
        raise DatasetError(
            f"{where}.dirty.malformed: has no effect on a Parquet file without text "
            "columns, because each column has one type; remove it"
        )
    left = max(plan.rows - 1, 0)
    counts = {}
    for name, share in shares.items():
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
    """Return how many rows of a source, without duplicates, are in the database."""
    known = round(plan.overlap * rows)
    if limetype is None:
        if known:
            raise DatasetError(
                f"{where}.overlap: has no effect without a column that is a path, such "
                "as contract.number; add one or remove overlap"
            )
        return 0
    existing = tables[limetype].rows
    if known > existing:
        raise DatasetError(
            f"{where}.overlap: {plan.overlap} of {rows:,} rows are {known:,}, but "
            f"{limetype} has {existing:,} rows; reduce overlap"
        )
    return known
