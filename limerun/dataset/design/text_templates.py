"""Parse templates that combine a row's other columns into a text. Pure."""

import re
import string
from collections.abc import Iterator
from typing import Any, NamedTuple

ROW = "row"
"""The name that stands for the row's number, from 1, unless a column has it."""
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
    """A part of a template: literal text, or a column."""

    text: str
    """Literal text; empty for a column."""
    column: str = ""
    filters: tuple[str, ...] = ()
    form: str = ""


Pattern = tuple[TemplatePart, ...]


def read_pattern(value: Any) -> Pattern:
    """Parse a template.

    Raises:
        ValueError: It is not valid, or has no column.
    """
    if not isinstance(value, str):
        raise ValueError(f"must be text; {_ADVICE}")
    try:
        parsed = list(string.Formatter().parse(value))
    except ValueError as error:
        raise ValueError(f"cannot be parsed ({error}); {_ADVICE}") from None
    pieces: list[TemplatePart] = []
    for text, field, form, conversion in parsed:
        if text:
            pieces.append(TemplatePart(text))
        if field is not None:
            if conversion is not None or not field:
                raise ValueError(f"must name a column in each {{}}; {_ADVICE}")
            pieces.append(_column(field, form or ""))
    if not any(piece.column for piece in pieces):
        raise ValueError(f"has no column, so it is a constant; {_ADVICE}")
    return tuple(pieces)


def _column(field: str, form: str) -> TemplatePart:
    column, *filters = (part.strip() for part in field.split("|"))
    for name in filters:
        if name not in FILTERS:
            raise ValueError(f'has an unknown filter "{name}"; {_ADVICE}')
    if not column or len(set(filters)) < len(filters):
        raise ValueError(f"names a filter twice, or no column; {_ADVICE}")
    if form and not (
        _CUT.fullmatch(form) or _NUMBER.fullmatch(form) or is_date_form(form)
    ):
        raise ValueError(f'has an unknown format "{form}"; {_ADVICE}')
    return TemplatePart("", column, tuple(filters), form)


def is_date_form(form: str) -> bool:
    """Return whether a format is for dates and yields digits only."""
    return "%" in form and all(
        directive in _DIRECTIVES for directive in re.findall(r"%(.?)", form, re.DOTALL)
    )


def is_cut(form: str) -> bool:
    """Return whether a format truncates text to a number of characters."""
    return _CUT.fullmatch(form) is not None


def columns_of(pattern: Pattern) -> Iterator[TemplatePart]:
    """Yield the parts of a template that are columns."""
    return (piece for piece in pattern if piece.column)


def pattern_text(pattern: Pattern) -> str:
    """Return a template in the syntax of the config."""
    return "".join(
        piece.text.replace("{", "{{").replace("}", "}}")
        if not piece.column
        else "{" + "|".join((piece.column, *piece.filters)) + _colon(piece.form) + "}"
        for piece in pattern
    )


def _colon(form: str) -> str:
    return f":{form}" if form else ""


def makes_unique(pattern: Pattern, at: int, *, digits: bool) -> bool:
    """Return whether the unique column at a position makes all texts differ.

    It does if the rest of the template is literal text. A number may also be first or
    last in the template, if a literal character that is not a digit separates it from
    the other columns.

    Args:
        pattern: The template.
        at: The position of a column with unique values.
        digits: The column is written as digits, always without leading zeros or always
            with the same width.
    """
    before, after = pattern[:at], pattern[at + 1 :]
    if not any(piece.column for piece in before + after):
        return True
    if not digits:
        return False
    ends = not any(piece.column for piece in after) and _separates(before, -1)
    begins = not any(piece.column for piece in before) and _separates(after, 0)
    return ends or begins


def _separates(pieces: Pattern, at: int) -> bool:
    """Return whether a number's neighbour is literal text, and not a digit."""
    return not pieces[at].column and not pieces[at].text[at].isdigit()
