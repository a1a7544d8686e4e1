"""Turn the columns of a source into paths through the limetypes, or its own. Pure."""

import re
from collections.abc import Mapping

from limerun.dataset.columns import Wanted, decide_column
from limerun.dataset.layout import Column, Source, SourceColumn, Table
from limerun.dataset.naming import unknown
from limerun.errors import DatasetError
from limerun.records import SourcePlan
from limerun.storage import ID_COLUMN

_FORMATS = ("jsonl", "csv")


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
    if not re.fullmatch(r"\w[\w-]*", name):
        raise DatasetError(f"{where}: a source's name is letters, digits, - and _")
    if plan.format not in _FORMATS:
        raise unknown(f"{where}.format", "format", plan.format, _FORMATS)
    columns: list[SourceColumn] = []
    own: dict[str, Column] = {}
    limetype: str | None = None
    for column, said in plan.columns.items():
        if isinstance(said, str):
            first, path = _path(f"{where}.columns.{column}", said, tables)
            if limetype not in (None, first):
                raise DatasetError(
                    f"{where}.columns.{column}: {said} starts at {first}, but the "
                    f"columns before it at {limetype}; a row stands for one limetype"
                )
            limetype = first
            columns.append(SourceColumn(name=column, path=path, own=False))
            continue
        own[column] = _own(where, column, said, plan)
        columns.append(SourceColumn(name=column, path=(column,), own=True))
    if not columns:
        raise DatasetError(f"{where}.columns: there is none")
    return Source(
        name=name,
        format=plan.format,
        rows=plan.rows,
        known=_known(where, plan, limetype, tables),
        limetype=limetype,
        columns=tuple(columns),
        own=Table(name=where, rows=plan.rows, reach=plan.rows, columns=own),
    )


def _path(
    where: str, said: str, tables: Mapping[str, Table]
) -> tuple[str, tuple[str, ...]]:
    """Return the limetype that a path starts at, and the properties after it."""
    limetype, *path = said.split(".")
    if limetype not in tables:
        raise unknown(where, "limetype", limetype, tables)
    if not path:
        raise DatasetError(f"{where}: {said}; write it like limetype.property")
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
    return limetype, tuple(path)


def _own(where: str, name: str, said: Mapping[str, object], plan: SourcePlan) -> Column:
    column = decide_column(
        Wanted(
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


def _known(
    where: str, plan: SourcePlan, limetype: str | None, tables: Mapping[str, Table]
) -> int:
    """Return how many rows of a source are in the database."""
    if not 0 <= plan.overlap <= 1:
        raise DatasetError(f"{where}.overlap: {plan.overlap}; must be from 0 to 1")
    known = round(plan.overlap * plan.rows)
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
            f"{where}.overlap: {plan.overlap} of {plan.rows:,} rows are {known:,}, "
            f"but {limetype} has {held:,} rows"
        )
    return known
