"""Check columns that depend on other columns. Pure."""

from collections.abc import Mapping
from typing import Any

from limerun.dataset.design.layout import Column, Table
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.design.text_templates import (
    ROW,
    TemplatePart,
    columns_of,
    is_cut,
    is_date_form,
)
from limerun.errors import DatasetError
from limerun.storage import OPTION_TYPES, REAL_TYPES, TEXT_TYPES, TIME_TYPES


def check_after(where: str, column: Column, table: Table) -> None:
    """Reject a date or time whose `after` is unknown, or leads back to itself.

    Raises:
        DatasetError: The column in `after` cannot be used.
    """
    seen = [column.name]
    after: Any = column.options.get("after")
    while after is not None:
        times = [
            each.name for each in table.columns.values() if each.type in TIME_TYPES
        ]
        if after not in times:
            raise unknown(f"{where}: after", "date or time", after, times)
        if after in seen:
            raise DatasetError(
                f"{where}: after: {after} would come after itself; remove an `after`"
            )
        seen.append(after)
        after = table.columns[after].options.get("after")


def check_template(
    where: str, column: Column, table: Table, outer: tuple[str, ...] = ()
) -> None:
    """Reject a template that uses unknown columns, or itself.

    Args:
        where: The column, for messages.
        column: The column; kinds other than template pass.
        table: Its table.
        outer: The templates that use this one.

    Raises:
        DatasetError: The template is not valid.
    """
    if column.kind != "template":
        return
    pattern: Any = column.options["template"]
    for piece in columns_of(pattern):
        if piece.column in (*outer, column.name):
            raise DatasetError(
                f"{where}: template: {piece.column} uses itself; remove it from one "
                "template"
            )
        used = table.columns.get(piece.column)
        if used is not None:
            _check_piece(f"{where}: template", piece, used)
            check_template(where, used, table, (*outer, column.name))
        elif piece.column == ROW:
            _check_number(f"{where}: template", piece, 1)
        else:
            known = (*table.columns, ROW)
            raise unknown(f"{where}: template", "column", piece.column, known)


def _check_piece(where: str, piece: TemplatePart, column: Column) -> None:
    """Reject filters and formats that do not fit a column's values."""
    if column.type in TEXT_TYPES | OPTION_TYPES:
        if piece.form and not is_cut(piece.form):
            raise DatasetError(
                f'{where}: format "{piece.form}" does not fit {piece.column}, which is '
                "text; use one such as .3, which keeps three characters"
            )
    elif column.type in TIME_TYPES:
        _check_unfiltered(where, piece, column.type)
        if piece.form and not is_date_form(piece.form):
            raise DatasetError(
                f'{where}: format "{piece.form}" does not fit {piece.column}, which is '
                f"a {column.type}; use one such as %Y-%m"
            )
    elif column.type == "yesno":
        _check_unfiltered(where, piece, column.type)
        if piece.form:
            raise DatasetError(
                f'{where}: format "{piece.form}" does not fit {piece.column}, which is '
                "a yesno; remove it"
            )
    else:
        _check_number(where, piece, 1.5 if column.type in REAL_TYPES else 1)


def _check_unfiltered(where: str, piece: TemplatePart, type: str) -> None:
    if piece.filters:
        raise DatasetError(
            f"{where}: the filter {piece.filters[0]} does not apply to {piece.column}, "
            f"which is {type}; filters are for text only"
        )


def _check_number(where: str, piece: TemplatePart, example: float) -> None:
    _check_unfiltered(where, piece, "a number")
    try:
        if is_cut(piece.form) and isinstance(example, int):
            raise ValueError("a whole number cannot be truncated")
        format(example, piece.form)
    except ValueError as error:
        raise DatasetError(
            f'{where}: format "{piece.form}" does not fit {piece.column}, which is a '
            f"number: {error}"
        ) from None


def check_required(where: str, column: Column, columns: Mapping[str, Column]) -> None:
    """Reject a required template that uses columns which may be null.

    Raises:
        DatasetError: A column may be null.
    """
    if column.kind != "template":
        return
    pattern: Any = column.options["template"]
    for piece in columns_of(pattern):
        used = columns.get(piece.column)
        if used is not None and (used.null_rate or used.kind in ("null", "user")):
            raise DatasetError(
                f"{where}: the property is required, but its template uses "
                f"{piece.column}, which may be null; remove it from the template"
            )
