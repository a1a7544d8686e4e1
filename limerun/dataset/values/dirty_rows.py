"""Make some rows of a source unclean: a value gone, or not as it should be."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.design.layout import Source, SourceColumn
from limerun.dataset.values.block import Mask, Recipe, masked
from limerun.dataset.words.randomness import Words, below, random_words
from limerun.storage import TIME_TYPES

PLACEHOLDER = "#N/A"
"""What a spreadsheet writes for a value that it could not work out."""
TOO_LONG = 5_000
"""Characters; more than any string property holds."""
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet."""
_MOST_DIGITS = 18

Way = Callable[[Any], str | int]
Indices = npt.NDArray[np.intp]


class DirtyRows:
    """Puts into each dirty row one value that is missing or malformed."""

    def __init__(self, recipe: Recipe, source: Source) -> None:
        self._source = source
        self._missing = np.uint64(source.missing)
        self._malformed = np.uint64(source.malformed)
        self._column_key = recipe.key(source.own.name, "", "dirty column")
        self._way_key = recipe.key(source.own.name, "", "dirty way")
        self._mixed = source.format in ("jsonl", "json")

    def on(
        self, columns: Mapping[str, pa.Array], rows: Words, numbers: Words
    ) -> Mapping[str, pa.Array]:
        """Return the columns with dirt in them.

        Args:
            columns: The clean values.
            rows: The rows of the file that they are the values of.
            numbers: From 0 on, those that miss a value; then the malformed ones.
        """
        if not self._missing + self._malformed:
            return columns
        gone = np.flatnonzero(numbers < self._missing)
        spoilt = np.flatnonzero(
            (numbers >= self._missing) & (numbers < self._missing + self._malformed)
        )
        drawn = random_words(self._way_key, rows)
        starts = random_words(self._column_key, rows)
        all_columns = self._source.columns
        able = [
            column for column in all_columns if can_be_malformed(column, self._source)
        ]
        at_gone = _chosen(columns, all_columns, gone, starts[gone])
        at_spoilt = _chosen(columns, able, spoilt, starts[spoilt])
        made = {}
        for column in all_columns:
            array = columns[column.name]
            without = gone[at_gone == all_columns.index(column)]
            wrong = np.empty(0, np.intp)
            if column in able:
                wrong = spoilt[at_spoilt == able.index(column)]
            made[column.name] = self._dirty(column, array, without, wrong, drawn)
        return made

    def _dirty(
        self,
        column: SourceColumn,
        array: pa.Array,
        without: Indices,
        wrong: Indices,
        drawn: Words,
    ) -> pa.Array:
        """Return a column without some values, and with some malformed ones."""
        others: dict[int, str | int] = {}
        if column.is_text:
            # Half of what is missing is empty text.
            empty = without[drawn[without] & np.uint64(1) == 0]
            others.update(dict.fromkeys(empty.tolist(), ""))
            without = np.setdiff1d(without, empty, assume_unique=True)
        values = array.take(pa.array(wrong)).to_pylist()
        for at, value in zip(wrong.tolist(), values, strict=True):
            way = int(drawn[at])
            others[at] = malformed(value, column, way, mixed=self._mixed)
        nowhere: Mask = np.zeros(len(array), np.bool_)
        nowhere[without] = True
        array = masked(array, nowhere)
        if self._may_differ(column):
            return _union(array, others)
        return array

    def _may_differ(self, column: SourceColumn) -> bool:
        """Return whether the column may hold what its own type cannot."""
        spoilt = self._malformed and can_be_malformed(column, self._source)
        return bool(spoilt or (self._missing and column.is_text))


def can_be_malformed(column: SourceColumn, source: Source) -> bool:
    """Return whether a format has room for malformed values in a column.

    A column of a Parquet file has one type, so only its text can be wrong.
    """
    return source.format != "parquet" or column.is_text


def _chosen(
    columns: Mapping[str, pa.Array],
    able: list[SourceColumn] | tuple[SourceColumn, ...],
    rows: Indices,
    drawn: Words,
) -> Indices:
    """Return which of the columns is dirty in each row: one that is not null there.

    Where all of them are null, it is any.
    """
    if not rows.size:
        return np.empty(0, np.intp)
    taken = pa.array(rows)
    nulls = np.stack(
        [
            columns[column.name].take(taken).is_null().to_numpy(zero_copy_only=False)
            for column in able
        ]
    )
    chosen = below(drawn, len(able)).astype(np.intp)
    each = np.arange(len(rows))
    for _ in range(len(able) - 1):
        null = nulls[chosen, each]
        chosen = np.where(null, (chosen + 1) % len(able), chosen)
    return chosen


def _union(array: pa.Array, others: Mapping[int, str | int]) -> pa.Array:
    """Return an array with other values in some places, as text or whole numbers."""
    codes = np.zeros(len(array), np.int8)
    offsets = np.arange(len(array), dtype=np.int32)
    texts: list[str] = []
    whole: list[int] = []
    for at, value in others.items():
        if isinstance(value, str):
            codes[at], offsets[at] = 1, len(texts)
            texts.append(value)
        else:
            codes[at], offsets[at] = 2, len(whole)
            whole.append(value)
    children = [array, pa.array(texts, pa.string()), pa.array(whole, pa.int64())]
    return pa.UnionArray.from_dense(pa.array(codes), pa.array(offsets), children)


def malformed(
    value: object, column: SourceColumn, drawn: int, *, mixed: bool
) -> str | int:
    """Return what stands in place of a value that should be otherwise.

    Args:
        value: The right one.
        column: The column that it is in.
        drawn: Random bits, which choose the way it is wrong.
        mixed: A number may stand in place of a text, and the other way round.
    """
    if value is None:
        return PLACEHOLDER
    ways = _ways(column, mixed=mixed)
    made = ways[drawn % len(ways)](value)
    return PLACEHOLDER if made == value else made


def _ways(column: SourceColumn, *, mixed: bool) -> tuple[Way, ...]:
    if column.type in TIME_TYPES:
        return _OF_TIME
    if column.type == "yesno":
        return _OF_YESNO
    if not column.is_text:
        return (*_OF_NUMBER, str) if mixed else _OF_NUMBER
    if column.kind == "email":
        return _OF_EMAIL
    return (*_OF_TEXT, _digits) if mixed else _OF_TEXT


def _spreadsheet_day(moment: date) -> str:
    day = moment.date() if isinstance(moment, datetime) else moment
    return str((day - _FIRST_DAY).days)


def _english(number: Any) -> str:
    return f"{Decimal(str(number)):,.2f}"


def _continental(number: Any) -> str:
    return _english(number).translate(str.maketrans(",.", " ,"))


def _mistaken(text: str) -> str:
    """Return UTF-8 that was read as Latin-1; text without accents, with blanks."""
    read = text.encode().decode("latin-1")
    return f" {text} " if read == text else read


def _too_long(text: str) -> str:
    return (f"{text} " * (TOO_LONG // (len(text) + 1) + 1))[:TOO_LONG]


def _digits(text: str) -> int:
    """Return a text's digits as a number: leading zeros and dashes are lost."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    return int(digits[:_MOST_DIGITS] or 0)


_OF_TIME: tuple[Way, ...] = (
    lambda moment: f"{moment:%d/%m/%Y}",
    lambda moment: f"{moment:%d.%m.%y}",
    lambda moment: f"{moment:%Y%m%d}",
    _spreadsheet_day,
    lambda _: "0000-00-00",
)
_OF_NUMBER: tuple[Way, ...] = (
    _continental,
    lambda number: f"{number} kr",
    lambda number: f"SEK {_english(number)}",
    lambda _: PLACEHOLDER,
)
_OF_YESNO: tuple[Way, ...] = (
    lambda yes: "J" if yes else "N",
    lambda yes: "X" if yes else "-",
    lambda _: PLACEHOLDER,
)
_OF_EMAIL: tuple[Way, ...] = (
    lambda email: email.replace("@", "(at)"),
    lambda email: email.replace("@", "@@"),
    lambda email: email.replace("@", " @ "),
    lambda email: email.partition("@")[0],
    lambda email: f"{email};{email}",
)
_OF_TEXT: tuple[Way, ...] = (
    _mistaken,
    _too_long,
    lambda text: f"\t{text}\u00a0",
    lambda _: PLACEHOLDER,
)
