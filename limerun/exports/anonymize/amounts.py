"""Columns of amounts: near the real ones."""

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

from limerun.exports.anonymize.columns import Batch, filled
from limerun.exports.anonymize.noise import (
    Noises,
    Scaled,
    decimal_texts,
    scaled_floats,
    scaled_texts,
)


class Amounts:
    """Amounts by noise, those of as many decimals together."""

    learns = True

    def __init__(self, maps: Noises) -> None:
        """Take maps; they may be shared with other columns."""
        self._maps = maps

    def learn(self, values: pa.Array, batch: Batch) -> None:
        """See the amounts."""
        for part in self._scaled(values.drop_null()):
            self._maps.learn(part.places, part.numbers)

    def __call__(self, values: pa.Array, batch: Batch) -> pa.Array:
        """Return amounts near these."""
        real = values.drop_null()
        parts = self._scaled(real)
        if pa.types.is_floating(values.type):
            return filled(values, self._floats(real, parts))
        written = [
            decimal_texts(self._maps.of(part.places)(part.numbers), part.places)
            for part in parts
        ]
        if not written:
            return values
        order = np.argsort(np.concatenate([part.rows for part in parts]))
        return filled(values, pa.concat_arrays(written).take(pa.array(order)))

    def _scaled(self, values: pa.Array) -> list[Scaled]:
        if pa.types.is_floating(values.type):
            return scaled_floats(values.cast(pa.float64()).to_numpy())
        return scaled_texts(values.cast(pa.string()))

    def _floats(self, values: pa.Array, parts: list[Scaled]) -> pa.Array:
        """Return floating-point numbers; those of many decimals by a part of a part."""
        numbers = values.cast(pa.float64()).to_numpy().copy()
        fine = np.ones(len(numbers), np.bool_)
        for part in parts:
            fine[part.rows] = False
            moved = self._maps.of(part.places)(part.numbers)
            numbers[part.rows] = moved / 10.0**part.places
        numbers[fine] *= self._maps.of(0).factors(numbers[fine].view(np.int64))
        return pa.array(numbers)
