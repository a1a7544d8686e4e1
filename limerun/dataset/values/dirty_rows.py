"""Make some rows of a source dirty: with a missing or a malformed value."""

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
"""The text that spreadsheets write for a value that is not available."""
TOO_LONG = 5_000
"""Length in characters, more than any string property allows."""
_FIRST_DAY = date(1899, 12, 30)
"""The date that spreadsheets count as day 0."""
_MOST_DIGITS = 18

Corruption = Callable[[Any], str | int]
"""A function that turns a value into a malformed one."""
Indices = npt.NDArray[np.intp]


class DirtyRows:
    """Replaces one value in each dirty row with a missing or malformed one."""

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
        """Return the columns with missing and malformed values in dirty rows.

        Args:
            columns: The clean values.
            rows: The rows of the file that the values are in.
            numbers: The number of each row: first those with a missing value, then
                those with a malformed value, then the clean ones.
        """
        if not self._missing + self._malformed:
            return columns
        missing = np.flatnonzero(numbers < self._missing)
        wrong = np.flatnonzero(
            (numbers >= self._missing) & (numbers < self._missing + self._malformed)
        )
        drawn = random_words(self._way_key, rows)
        starts = random_words(self._column_key, rows)
        all_columns = self._source.columns
        able = [
            column for column in all_columns if can_be_malformed(column, self._source)
        ]
        missing_in = _chosen(columns, all_columns, missing, starts[missing])
        wrong_in = _chosen(columns, able, wrong, starts[wrong])
        made = {}
        for column in all_columns:
            array = columns[column.name]
            without = missing[missing_in == all_columns.index(column)]
            replaced = np.empty(0, np.intp)
            if column in able:
                replaced = wrong[wrong_in == able.index(column)]
            made[column.name] = self._dirty(column, array, without, replaced, drawn)
        return made

    def _dirty(
        self,
        column: SourceColumn,
        array: pa.Array,
        without: Indices,
        wrong: Indices,
        drawn: Words,
    ) -> pa.Array:
        """Return a column with some missing and some malformed values."""
        others: dict[int, str | int] = {}
        if column.is_text:
            # Half of the missing values are empty text, the others null.
            empty = without[drawn[without] & np.uint64(1) == 0]
            others.update(dict.fromkeys(empty.tolist(), ""))
            without = np.setdiff1d(without, empty, assume_unique=True)
        values = array.take(pa.array(wrong)).to_pylist()
        for at, value in zip(wrong.tolist(), values, strict=True):
            others[at] = malformed(value, column, int(drawn[at]), mixed=self._mixed)
        nulls: Mask = np.zeros(len(array), np.bool_)
        nulls[without] = True
        array = masked(array, nulls)
        if self._may_differ(column):
            return _union(array, others)
        return array

    def _may_differ(self, column: SourceColumn) -> bool:
        """Return whether the column may contain values of another type."""
        wrong = self._malformed and can_be_malformed(column, self._source)
        return bool(wrong or (self._missing and column.is_text))


def can_be_malformed(column: SourceColumn, source: Source) -> bool:
    """Return whether the source's format allows malformed values in a column.

    A column of a Parquet file has one type, so only text can be malformed.
    """
    return source.format != "parquet" or column.is_text


def _chosen(
    columns: Mapping[str, pa.Array],
    able: list[SourceColumn] | tuple[SourceColumn, ...],
    rows: Indices,
    drawn: Words,
) -> Indices:
    """Choose a column for each dirty row, if possible one that is not null there."""
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
    """Return an array with some values replaced by texts or whole numbers."""
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
    """Return a malformed form of a value.

    Args:
        value: The correct value.
        column: Its column.
        drawn: Random bits, which choose the corruption.
        mixed: True if a number may replace a text, and a text a number.
    """
    if value is None:
        return PLACEHOLDER
    corruptions = _corruptions(column, mixed=mixed)
    made = corruptions[drawn % len(corruptions)](value)
    return PLACEHOLDER if made == value else made


def _corruptions(column: SourceColumn, *, mixed: bool) -> tuple[Corruption, ...]:
    if column.type in TIME_TYPES:
        return _TIME_CORRUPTIONS
    if column.type == "yesno":
        return _YESNO_CORRUPTIONS
    if not column.is_text:
        return (*_NUMBER_CORRUPTIONS, str) if mixed else _NUMBER_CORRUPTIONS
    if column.kind == "email":
        return _EMAIL_CORRUPTIONS
    return (*_TEXT_CORRUPTIONS, _digits) if mixed else _TEXT_CORRUPTIONS


def _spreadsheet_day(moment: date) -> str:
    day = moment.date() if isinstance(moment, datetime) else moment
    return str((day - _FIRST_DAY).days)


def _english(number: Any) -> str:
    return f"{Decimal(str(number)):,.2f}"


def _continental(number: Any) -> str:
    return _english(number).translate(str.maketrans(",.", " ,"))


def _mojibake(text: str) -> str:
    """Return UTF-8 decoded as Latin-1; ASCII gets spaces around it instead."""
    decoded = text.encode().decode("latin-1")
    return f" {text} " if decoded == text else decoded


def _too_long(text: str) -> str:
    return (f"{text} " * (TOO_LONG // (len(text) + 1) + 1))[:TOO_LONG]


def _digits(text: str) -> int:
    """Return the digits of a text as a number, without leading zeros and dashes."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    return int(digits[:_MOST_DIGITS] or 0)


_TIME_CORRUPTIONS: tuple[Corruption, ...] = (
    lambda moment: f"{moment:%d/%m/%Y}",
    lambda moment: f"{moment:%d.%m.%y}",
    lambda moment: f"{moment:%Y%m%d}",
    _spreadsheet_day,
    lambda _: "0000-00-00",
)
_NUMBER_CORRUPTIONS: tuple[Corruption, ...] = (
    _continental,
    lambda number: f"{number} kr",
    lambda number: f"SEK {_english(number)}",
    lambda _: PLACEHOLDER,
)
_YESNO_CORRUPTIONS: tuple[Corruption, ...] = (
    lambda yes: "J" if yes else "N",
    lambda yes: "X" if yes else "-",
    lambda _: PLACEHOLDER,
)
_EMAIL_CORRUPTIONS: tuple[Corruption, ...] = (
    lambda email: email.replace("@", "(at)"),
    lambda email: email.replace("@", "@@"),
    lambda email: email.replace("@", " @ "),
    lambda email: email.partition("@")[0],
    lambda email: f"{email};{email}",
)
_TEXT_CORRUPTIONS: tuple[Corruption, ...] = (
    _mojibake,
    _too_long,
    lambda text: f"\t{text}\u00a0",
    lambda _: PLACEHOLDER,
)
