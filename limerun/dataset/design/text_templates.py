"""Templates that make a text out of a row's other columns: what they mean. Pure."""

import re
import string
from collections.abc import Iterator
from typing import Any, NamedTuple

ROW = "row"
"""Stands for the row's number, from 1, unless a column has this name."""
FILTERS = ("slug", "lower", "upper", "initial")
_ADVICE = (
    'write it like "{firstname|slug}.{lastname|slug}@example.com"; filters are '
    f"{', '.join(FILTERS)}; a number may have a format such as {{number:05d}}, a date "
    "one such as {day:%Y}, a text one such as {name:.3}"
)
_DIRECTIVES = frozenset("YymdHMj%")
_CUT = re.compile(r"\.\d{1,4}")
_NUMBER = re.compile(r"[<>^=]?[+ ]?0?\d{0,3}[,_]?(\.\d{1,2})?[dxXf]?")


class TemplatePart(NamedTuple):
    """A piece of a template: a text that stands as it is, or a column."""

    text: str
    """As it stands; empty where there is a column."""
    column: str = ""
    filters: tuple[str, ...] = ()
    form: str = ""


Pattern = tuple[TemplatePart, ...]


def read_pattern(value: Any) -> Pattern:
    """Read a template.

    Raises:
        ValueError: It is none, or has no column.
    """
    if not isinstance(value, str):
        raise ValueError(f"must be a text: {_ADVICE}")
    try:
        parsed = list(string.Formatter().parse(value))
    except ValueError as error:
        raise ValueError(f"cannot be read ({error}): {_ADVICE}") from None
    pieces: list[TemplatePart] = []
    for text, field, form, conversion in parsed:
        if text:
            pieces.append(TemplatePart(text))
        if field is not None:
            if conversion is not None or not field:
                raise ValueError(f"must name its columns: {_ADVICE}")
            pieces.append(_column(field, form or ""))
    if not any(piece.column for piece in pieces):
        raise ValueError(f"has no column, so it is a constant: {_ADVICE}")
    return tuple(pieces)


def _column(field: str, form: str) -> TemplatePart:
    column, *filters = (part.strip() for part in field.split("|"))
    for name in filters:
        if name not in FILTERS:
            raise ValueError(f'has an unknown filter "{name}": {_ADVICE}')
    if not column or len(set(filters)) < len(filters):
        raise ValueError(f"names a filter twice, or no column: {_ADVICE}")
    if form and not (
        _CUT.fullmatch(form) or _NUMBER.fullmatch(form) or is_date_form(form)
    ):
        raise ValueError(f'has an unknown format "{form}": {_ADVICE}')
    return TemplatePart("", column, tuple(filters), form)


def is_date_form(form: str) -> bool:
    """Return whether a format is a date's, made of digits alone in any language."""
    return "%" in form and all(
        directive in _DIRECTIVES for directive in re.findall(r"%(.?)", form, re.DOTALL)
    )


def is_cut(form: str) -> bool:
    """Return whether a format is a text's, which says how many characters to keep."""
    return _CUT.fullmatch(form) is not None


def columns_of(pattern: Pattern) -> Iterator[TemplatePart]:
    """Yield the columns of a template."""
    return (piece for piece in pattern if piece.column)


def pattern_text(pattern: Pattern) -> str:
    """Return a template as it is written."""
    return "".join(
        piece.text.replace("{", "{{").replace("}", "}}")
        if not piece.column
        else "{" + "|".join((piece.column, *piece.filters)) + _colon(piece.form) + "}"
        for piece in pattern
    )


def _colon(form: str) -> str:
    return f":{form}" if form else ""


def tells_apart(pattern: Pattern, at: int, *, digits: bool) -> bool:
    """Return whether texts differ wherever the column at a place does.

    They do if all else is fixed. A number may also stand beside a column, as long as
    a fixed sign that is no digit parts them, and all on its other side is fixed.

    Args:
        pattern: The template.
        at: The place of a column of which no value comes twice.
        digits: It is written in digits alone, always without zeros before them, or
            always as many.
    """
    before, after = pattern[:at], pattern[at + 1 :]
    if not any(piece.column for piece in before + after):
        return True
    if not digits:
        return False
    ends = not any(piece.column for piece in after) and _parts(before, -1)
    begins = not any(piece.column for piece in before) and _parts(after, 0)
    return ends or begins


def _parts(pieces: Pattern, at: int) -> bool:
    """Return whether a number's neighbour is fixed, and no digit."""
    return not pieces[at].column and not pieces[at].text[at].isdigit()
