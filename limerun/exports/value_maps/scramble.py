"""Replace whole values with others of the same shape that do not occur in the export.

The result depends only on the value and the key, unless it is a value of the column or
another value's result. Then it is drawn again, in sorted order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from limerun.exports.text_folding import WORD_GAP, fold_bytes
from limerun.exports.value_maps.key import Key
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.exports.value_maps.same_shape import scramble_texts
from limerun.exports.value_maps.texts import flatten_texts, string_array

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH_ROWS = 65_536
_TURNS = 64
_SAFE_LETTERS = 20
"""With this many letters and digits or more, results never collide by chance.
"""


class Scramble:
    """Maps the values of one domain."""

    def __init__(
        self,
        key: Key,
        connection: "DuckDBPyConnection",
        table: str,
        reserved: ReservedWords,
    ) -> None:
        """Create a table for the values in DuckDB, which spills to disk."""
        self._key = key
        self._connection = connection
        self._table = table
        self._reserved = reserved
        self._redrawn: dict[str, str] = {}
        self._redrawn_from = self._redrawn_to = pa.array([], pa.string())
        connection.execute(f"CREATE TABLE {table} (value VARCHAR)")

    def learn(self, texts: pa.StringArray) -> None:
        """Learn texts that will be replaced; they contain no null."""
        unique_texts = texts.unique()
        self._reserved.learn(unique_texts)
        short = unique_texts.filter(
            pc.less(pc.utf8_length(unique_texts), _SAFE_LETTERS)
        )
        self._insert(self._table, {"value": short})

    def _insert(self, table: str, columns: dict[str, pa.Array]) -> None:
        batch = pa.table(columns)  # noqa: F841 - named in the query below
        self._connection.execute(f"INSERT INTO {table} SELECT * FROM batch")

    def finish(self) -> None:
        """Find the values that must be drawn again, after all were learned."""
        results, execute = f"{self._table}_made", self._connection.execute
        execute(
            f"CREATE TABLE {results} (value VARCHAR, before VARCHAR, after VARCHAR)"
        )
        for values in self._read(f"SELECT DISTINCT value FROM {self._table}"):
            self._insert(
                results, self._row(values, scramble_texts(values, self._seeds(values)))
            )
        found = execute(
            f"SELECT value FROM {results} WHERE after <> '' AND ("
            f"after IN (SELECT before FROM {results}) OR after IN "
            f"(SELECT after FROM {results} GROUP BY after HAVING count(*) > 1)"
            ") ORDER BY value"
        ).fetchall()
        self._place(
            {value for [value] in found} | self._with_reserved_words(results), results
        )
        self._redrawn_from = pa.array(self._redrawn.keys(), pa.string())
        self._redrawn_to = pa.array(self._redrawn.values(), pa.string())
        execute(f"DROP TABLE {results}")
        execute(f"DROP TABLE {self._table}")

    def _read(self, query: str) -> Iterator[pa.StringArray]:
        """Yield the texts of a query on a second cursor, so that other queries may run."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(_BATCH_ROWS):
                yield pa.array([value for [value] in rows], pa.string())

    def _row(self, values: pa.Array, others: pa.Array) -> dict[str, pa.Array]:
        return {"value": values, "before": folded(values), "after": folded(others)}

    def _with_reserved_words(self, results: str) -> set[str]:
        """Return the values whose results contain a word from the export."""
        found: set[str] = set()
        for values in self._read(f"SELECT value FROM {results}"):
            others = scramble_texts(values, self._seeds(values))
            which = self._reserved.found_in(others.to_pylist())
            found.update(values.filter(pa.array(which, pa.bool_())).to_pylist())
        return found

    def _place(self, values: Iterable[str], results: str) -> None:
        """Draw until results are free; values without a free result are exchanged."""
        left = sorted(values)
        self._drop(results, left)
        for turn in range(1, _TURNS):
            if not left:
                return
            texts = pa.array(left, pa.string())
            others = scramble_texts(texts, self._seeds(texts, turn))
            left = self._take_free(left, others, results)
        self._exchange(left)

    def _drop(self, results: str, values: list[str]) -> None:
        """Forget the results of some values; the values stay reserved."""
        drawn_again = pa.table({"value": pa.array(values, pa.string())})  # noqa: F841 - named below
        self._connection.execute(
            f"UPDATE {results} SET after = NULL WHERE value IN (SELECT value FROM drawn_again)"
        )

    def _take_free(
        self, values: list[str], others: pa.Array, results: str
    ) -> list[str]:
        tried = pa.table({"after": folded(others)})  # noqa: F841 - named below
        taken = self._connection.execute(
            f"SELECT after FROM tried WHERE after IN (SELECT before FROM {results}) "
            f"OR after IN (SELECT after FROM {results} WHERE after IS NOT NULL)"
        ).fetchall()
        used = {after for [after] in taken}
        left, kept = [], []
        words = self._reserved.found_in(others.to_pylist())
        after = folded(others).to_pylist()
        for at, (value, other) in enumerate(
            zip(values, others.to_pylist(), strict=True)
        ):
            if after[at] in used or words[at]:
                left.append(value)
                continue
            used.add(after[at])
            kept.append(at)
            self._redrawn[value] = other
        chosen = pa.array(kept, pa.int64())
        texts = pa.array(values, pa.string()).take(chosen)
        self._insert(results, self._row(texts, others.take(chosen)))
        return left

    def _exchange(self, values: list[str]) -> None:
        """Exchange the values of a shape that has no free results."""
        shapes = defaultdict(list)
        for value in values:
            shapes[_shape(value)].append(value)
        for shape, alike in shapes.items():
            if len(alike) == 1 and any(sign.isalnum() for sign in shape):
                alike = [alike[0], self._longer(alike[0])]
            self._redrawn.update(zip(alike, [*alike[1:], alike[0]], strict=True))

    def _longer(self, value: str) -> str:
        """Return a value that no other value has: one character longer."""
        longer = pa.array([value + ("0" if value[-1].isdigit() else "x")])
        return str(scramble_texts(longer, self._seeds(longer, _TURNS))[0])

    def _seeds(self, texts: pa.Array, turn: int = 0) -> npt.NDArray[np.uint64]:
        key = self._key.derived(turn)
        return key.words(text.encode() for text in texts.to_pylist())

    def __call__(self, texts: pa.StringArray) -> pa.StringArray:
        """Return replacements of the same shape for learned texts."""
        others = scramble_texts(texts, self._seeds(texts))
        if not self._redrawn:
            return others
        which = pc.index_in(texts, value_set=self._redrawn_from)
        return pc.coalesce(self._redrawn_to.take(which), others)


def folded(texts: pa.StringArray) -> pa.StringArray:
    """Fold texts to the letters and digits that the proof compares."""
    flat = flatten_texts(pc.utf8_lower(texts))
    with_gaps, offsets = fold_bytes(flat.data, flat.offsets)
    inside = with_gaps != WORD_GAP
    before = np.concatenate(([0], np.cumsum(inside)))
    return string_array(with_gaps[inside], before[offsets])


def _shape(text: str) -> str:
    """Return a text in which each character stands for the kind of letter."""
    return "".join(
        ("9" if sign.isdigit() else "A" if sign.isupper() else "a")
        if sign.isalnum()
        else sign
        for sign in text
    )
