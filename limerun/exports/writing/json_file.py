"""Write JSON Lines and JSON arrays; what was nested is nested again."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.formats.cells import JSON, cells, encode_json, joined_bytes
from limerun.dataset.wording import join
from limerun.exports.writing.tables import Write, written_plainly


@contextmanager
def opened_json(
    path: Path, schema: pa.Schema, documents: Collection[str], *, lines: bool
) -> Iterator[Write]:
    """Give a function that writes rows into a new file.

    Args:
        path: The file.
        schema: The columns.
        documents: Those that hold JSON, which is written as such.
        lines: One object a line, or a list of them.
    """
    between = "\n" if lines else ",\n"
    with path.open("wb") as file:
        file.write(b"" if lines else b"[\n")
        begun = False

        def write(rows: pa.RecordBatch) -> None:
            nonlocal begun
            if not len(rows):
                return
            parts: list[pa.Array | str] = []
            for name, array in zip(schema.names, rows.columns, strict=True):
                before = f"{',' if parts else '{'}{encode_json(name)}:"
                parts += (before, _cells(array, is_document=name in documents))
            file.write(between.encode() if begun else b"")
            file.write(joined_bytes(join(*parts, "}" + between))[: -len(between)])
            begun = True

        yield write
        file.write(b"\n" if begun and lines else b"" if lines else b"\n]\n")


def _cells(array: pa.Array, *, is_document: bool) -> pa.Array:
    if is_document:
        return pc.fill_null(array.cast(pa.string()), "null")
    return cells(written_plainly(array), JSON)
