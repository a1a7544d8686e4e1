"""Replace the values of a column, batch by batch.

Most columns are read twice: the map first learns all values, and then replaces them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa

from limerun.exports.value_maps.documents import json_numbers, json_texts, replaced
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.lexicon import Lexicon
from limerun.exports.value_maps.noise import (
    NoiseMaps,
    Scaled,
    decimal_texts,
    scaled_floats,
    scaled_texts,
)
from limerun.exports.value_maps.numbers import IntegerMap


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some rows of a table."""

    rows: pa.RecordBatch
    first: int
    """The index of the first row, from 0."""

    def column(self, name: str) -> pa.Array:
        """Return a column's values in the source."""
        return self.rows.column(name)


class ColumnMap(Protocol):
    """Replaces the values of a column."""

    @property
    def learns(self) -> bool:
        """True if it must learn all values before it replaces any."""

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the values that will be replaced."""

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return replacements, stored in the same type; nulls stay null."""


@dataclass(frozen=True, slots=True)
class StatelessColumnMap:
    """Replaces values one by one, independent of other values."""

    change: Callable[[pa.Array], pa.Array]
    learns: bool = False

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Do nothing: the map depends on no other value."""

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return the replacements."""
        return with_nulls_of(values, self.change(values.drop_null()))


class TextMap(Protocol):
    """A map for texts; it never receives null."""

    def learn(self, texts: pa.StringArray) -> None:
        """Learn the texts that will be replaced."""

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Return replacement texts."""


@dataclass(frozen=True, slots=True)
class TextColumnMap:
    """Replaces texts with a map that other columns may share."""

    map: TextMap
    repeated: bool
    """True if values are repeated, so that mapping each distinct value once is
    faster."""
    learns: bool = True

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the texts."""
        texts = as_texts(values)
        self.map.learn(texts.unique() if self.repeated else texts)

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return replacement texts."""
        texts = as_texts(values)
        if self.repeated:
            coded = texts.dictionary_encode()
            return with_nulls_of(values, self.map(coded.dictionary).take(coded.indices))
        return with_nulls_of(values, self.map(texts))


@dataclass(frozen=True, slots=True)
class LexiconForKind:
    """A lexicon, with the kind of words in one column."""

    lexicon: Lexicon
    name_kind: str

    def learn(self, texts: pa.StringArray) -> None:
        """Learn the texts."""
        self.lexicon.learn(texts, self.name_kind)

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Return replacement texts."""
        return self.lexicon(texts)


@dataclass(frozen=True, slots=True)
class FirstNameColumnMap:
    """Replaces first names; another column contains the gender."""

    texts: TextColumnMap
    lexicon: Lexicon
    gender: str
    learns: bool = True

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the names, and the gender group of each."""
        self.texts.learn(values, batch)
        genders = pa.table(
            {
                "name": values.cast(pa.string()),
                "group": batch.column(self.gender).cast(pa.string()),
            }
        ).drop_null()
        counted = genders.group_by(["name", "group"]).aggregate([([], "count_all")])
        rows = zip(*(counted.column(at).to_pylist() for at in range(3)), strict=True)
        self.lexicon.learn_genders(rows)

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return replacement names."""
        return self.texts(values, batch)


@dataclass(frozen=True, slots=True)
class JsonColumnMap:
    """Replaces the values in JSON documents with a lexicon."""

    lexicon: Lexicon
    key: Key
    learns: bool = True

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the texts and numbers; some member names must be replaced as well.

        Numbers in JSON are values, unlike numbers in notes: no result may be equal to
        one of them.
        """
        documents = as_texts(values)
        self.lexicon.learn(json_texts(documents, lambda _: True), "text")
        self.lexicon.numbers.learn(json_numbers(documents))

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return documents with replaced values."""
        lexicon = self.lexicon
        others = replaced(
            as_texts(values), lexicon.is_name, lexicon, lexicon.numbers, self.key
        )
        return with_nulls_of(values, others)


@dataclass(frozen=True, slots=True)
class IntegerColumnMap:
    """Replaces whole numbers by a permutation."""

    map: IntegerMap
    learns: bool = True

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the numbers."""
        self.map.learn(values.drop_null().cast(pa.int64()).to_numpy())

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return replacement numbers."""
        numbers = values.drop_null().cast(pa.int64()).to_numpy()
        return with_nulls_of(values, pa.array(self.map(numbers)))


def repeat_value(value: object, values: pa.Array) -> pa.Array:
    """Return an array of one value (None: nulls), with the length and type of `values`."""
    type = values.type
    if pa.types.is_dictionary(type):
        type = type.value_type
    return pa.repeat(pa.scalar(value).cast(type), len(values))


def as_texts(values: pa.Array) -> pa.StringArray:
    """Return the values that are not null as text."""
    return values.drop_null().cast(pa.string())


def with_nulls_of(values: pa.Array, others: pa.Array) -> pa.Array:
    """Restore the original nulls in the results, and store these in the same type."""
    if values.null_count:
        valid = values.is_valid().to_numpy(zero_copy_only=False)
        places = pa.array(np.cumsum(valid) - 1, mask=~valid)
        others = others.take(places)
    return stored_as(others, values.type)


def stored_as(values: pa.Array, type: pa.DataType) -> pa.Array:
    """Return values stored in another type of the same kind."""
    if pa.types.is_dictionary(type):
        return values.cast(type.value_type).dictionary_encode().cast(type)
    return values if values.type == type else values.cast(type)


class AmountColumnMap:
    """Adds noise to amounts, separately for each number of decimals."""

    learns = True

    def __init__(self, maps: NoiseMaps) -> None:
        """Store the maps, which other columns may share."""
        self._maps = maps

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """Learn the amounts."""
        for part in self._scaled(values.drop_null()):
            self._maps.learn(part.places, part.numbers)

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return replacement amounts near the original ones."""
        real = values.drop_null()
        parts = self._scaled(real)
        if pa.types.is_floating(values.type):
            return with_nulls_of(values, self._floats(real, parts))
        written = [
            decimal_texts(self._maps.of(part.places)(part.numbers), part.places)
            for part in parts
        ]
        if not written:
            return values
        order = np.argsort(np.concatenate([part.rows for part in parts]))
        return with_nulls_of(values, pa.concat_arrays(written).take(pa.array(order)))

    def _scaled(self, values: pa.Array) -> list[Scaled]:
        if pa.types.is_floating(values.type):
            return scaled_floats(values.cast(pa.float64()).to_numpy())
        return scaled_texts(values.cast(pa.string()))

    def _floats(self, values: pa.Array, parts: list[Scaled]) -> pa.Array:
        """Convert values to floating-point numbers; scale those with many decimals."""
        numbers = values.cast(pa.float64()).to_numpy().copy()
        fine = np.ones(len(numbers), np.bool_)
        for part in parts:
            fine[part.rows] = False
            moved = self._maps.of(part.places)(part.numbers)
            numbers[part.rows] = moved / 10.0**part.places
        numbers[fine] *= self._maps.of(0).factors(numbers[fine].view(np.int64))
        return pa.array(numbers)
