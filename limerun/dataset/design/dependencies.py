"""Refuse columns that are made from others which cannot be. Pure."""

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
    """Refuse a time that comes after one that is not there, or after itself.

    Raises:
        DatasetError: It does.
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
            raise DatasetError(f"{where}: after: {after} waits for itself")
        seen.append(after)
        after = table.columns[after].options.get("after")


def check_template(
    where: str, column: Column, table: Table, above: tuple[str, ...] = ()
) -> None:
    """Refuse a template of columns that are not there, or that is made of itself.

    Args:
        where: The column, for the message.
        column: It; other kinds pass.
        table: Its table.
        above: The templates that it is a part of.

    Raises:
        DatasetError: The template cannot be.
    """
    if column.kind != "template":
        return
    pattern: Any = column.options["template"]
    for piece in columns_of(pattern):
        if piece.column in (*above, column.name):
            raise DatasetError(f"{where}: template: {piece.column} is made of itself")
        of = table.columns.get(piece.column)
        if of is not None:
            _check_piece(f"{where}: template", piece, of)
            check_template(where, of, table, (*above, column.name))
        elif piece.column == ROW:
            _check_number(f"{where}: template", piece, 1)
        else:
            known = (*table.columns, ROW)
            raise unknown(f"{where}: template", "column", piece.column, known)


def _check_piece(where: str, piece: TemplatePart, of: Column) -> None:
    """Refuse filters and formats that do not go with a column's values."""
    if of.type in TEXT_TYPES | OPTION_TYPES:
        if piece.form and not is_cut(piece.form):
            raise DatasetError(
                f"{where}: {piece.column} is text, for which there is no format "
                f'"{piece.form}"; one such as .3 keeps three characters'
            )
    elif of.type in TIME_TYPES:
        _check_unfiltered(where, piece, of.type)
        if piece.form and not is_date_form(piece.form):
            raise DatasetError(
                f"{where}: {piece.column} is a {of.type}, for which there is no format "
                f'"{piece.form}"; write one such as %Y-%m'
            )
    elif of.type == "yesno":
        _check_unfiltered(where, piece, of.type)
        if piece.form:
            raise DatasetError(f"{where}: a yesno has no format {piece.form}")
    else:
        _check_number(where, piece, 1.5 if of.type in REAL_TYPES else 1)


def _check_unfiltered(where: str, piece: TemplatePart, type: str) -> None:
    if piece.filters:
        raise DatasetError(
            f"{where}: {piece.filters[0]} has no effect on {piece.column}, which is "
            f"{type}; filters are for text"
        )


def _check_number(where: str, piece: TemplatePart, example: float) -> None:
    _check_unfiltered(where, piece, "a number")
    try:
        if is_cut(piece.form) and isinstance(example, int):
            raise ValueError("a whole number cannot be cut")
        format(example, piece.form)
    except ValueError as error:
        raise DatasetError(
            f'{where}: {piece.column} is a number, for which format "{piece.form}" '
            f"will not do: {error}"
        ) from None


def check_required(where: str, column: Column, columns: Mapping[str, Column]) -> None:
    """Refuse a required template of columns that may be null.

    Raises:
        DatasetError: One may.
    """
    if column.kind != "template":
        return
    pattern: Any = column.options["template"]
    for piece in columns_of(pattern):
        of = columns.get(piece.column)
        if of is not None and (of.null_rate or of.kind in ("null", "user")):
            raise DatasetError(
                f"{where}: the property is required, but {piece.column}, which its "
                "template is made of, may be null"
            )
