"""Collect the columns of a table, as hashes of its values and as ids."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from limerun.dataset.words.randomness import Words
from limerun.effects.hashing import hash_column

Ids = npt.NDArray[np.int64]
NO_ID = -1
"""In relations: no related object. Ids of the platform start at 1."""
REFERENCE = "REFERENCE"
"""The type of a column that contains ids; others have SQL types."""


class Reader(ABC):
    """Reads tables as one array per column."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def read(
        self, table: str, columns: Mapping[str, str]
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes of a table's values, and the ids in it, by column.

        A column that does not exist is empty; a table that does not exist has no rows.

        Args:
            table: The name of the table.
            columns: The type of each column: an SQL type, or REFERENCE for ids.
        """


class Collector:
    """Collects the hashes and ids of a table's batches."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self._columns = columns
        self._parts: dict[str, list[Any]] = {name: [] for name in columns}

    def add(
        self, values: Mapping[str, pa.Array], rows: int, odd: Mapping[str, pa.Array]
    ) -> None:
        """Add a batch of rows.

        Args:
            values: The columns that exist.
            rows: The number of rows.
            odd: For columns with values of other types: those values as text.
        """
        for name, type in self._columns.items():
            column = values.get(name, pa.nulls(rows))
            part = _ids_of(column) if type == REFERENCE else hash_column(column)
            if name in odd and odd[name].null_count < rows:
                part = _with_odd(part, odd[name])
            self._parts[name].append(part)

    def collected(self) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes and the ids of all rows."""
        hashes: dict[str, Words] = {}
        ids: dict[str, Ids] = {}
        for name, type in self._columns.items():
            kind: Any = np.int64 if type == REFERENCE else np.uint64
            whole = np.concatenate([np.zeros(0, kind), *self._parts.pop(name)])
            found: dict[str, Any] = ids if type == REFERENCE else hashes
            found[name] = whole
        return hashes, ids


def _ids_of(column: pa.Array) -> Any:
    if pa.types.is_null(column.type):
        return np.full(len(column), NO_ID, np.int64)
    return (
        column.cast(pa.int64()).fill_null(NO_ID).to_numpy(zero_copy_only=False).copy()
    )


def _with_odd(part: Any, odd: pa.Array) -> Any:
    """Replace the values of another type; a reference to such an id is negative."""
    hashes = hash_column(odd)
    if part.dtype == np.int64:
        hashes = (hashes >> np.uint64(2)).astype(np.int64)
        hashes = -2 - hashes
    else:
        hashes = ~hashes
    return np.where(odd.is_valid().to_numpy(zero_copy_only=False), hashes, part)
