"""What writers of tables have in common."""

from collections.abc import Callable

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types

Write = Callable[[pa.RecordBatch], None]
"""Writes some rows after those before."""


def written_plainly(array: pa.Array) -> pa.Array:
    """Return an array in a type that texts are made of: bytes as hexadecimals."""
    type = array.type
    if pa.types.is_binary(type) or pa.types.is_fixed_size_binary(type):
        texts = [None if one is None else one.hex() for one in array.to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_dictionary(type) or pa.types.is_large_string(type):
        return array.cast(pa.string())
    return array
