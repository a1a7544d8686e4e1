"""Write CSV in the dialect of another file, and JSON with nested values."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from limerun.exports.reading.csv_files import sniff_dialect
from limerun.writers.csv_rows import BYTE_ORDER_MARK, CsvDialect, csv_header, csv_rows
from limerun.writers.json_rows import json_cells, json_rows

_LOOKED_AT_BYTES = 65_536
_LOOKED_AT_LINES = 20
PLAIN_CSV = CsvDialect(quotes_empty=True)


def csv_dialect_of(path: Path) -> CsvDialect:
    """Return the dialect of a CSV file, detected from its beginning."""
    dialect = sniff_dialect(path)
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT_BYTES).decode("utf-8", "replace")
    text = start.removeprefix(BYTE_ORDER_MARK)
    field = rf'("(?:[^"]|"")*"|[^{re.escape(dialect.separator)}\r\n"]*)'
    ends = re.compile(rf"{field}({re.escape(dialect.separator)}|\r?\n|$)")
    names: list[str] = []
    values: list[str] = []
    line = 0
    for match in ends.finditer(text):
        (values if line else names).append(match[1])
        line += match[2].endswith("\n")
        if line > _LOOKED_AT_LINES:
            break
    written = [value for value in values if value]
    return CsvDialect(
        separator=dialect.separator,
        line_end="\r\n" if re.search(r"\r\n", text) else "\n",
        quotes_all=bool(written) and all(value.startswith('"') for value in written),
        quotes_empty=True,
        quotes_names=all(name.startswith('"') for name in names if name),
        mark=start.startswith(BYTE_ORDER_MARK),
    )


@contextmanager
def opened_csv(
    path: Path, schema: pa.Schema, dialect: CsvDialect
) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Yield a function that writes rows to a new file."""
    with path.open("wb") as file:
        file.write(csv_header(schema.names, dialect))

        def write(rows: pa.RecordBatch) -> None:
            if len(rows):
                file.write(csv_rows(map(_as_plain_type, rows.columns), dialect))

        yield write


@contextmanager
def opened_json(
    path: Path, schema: pa.Schema, documents: Collection[str], *, lines: bool
) -> Iterator[Callable[[pa.RecordBatch], None]]:
    """Yield a function that writes rows to a new file: an object per line, or an array.

    Columns in `documents` contain JSON, which is written as nested values.
    """
    between = b"\n" if lines else b",\n"
    with path.open("wb") as file:
        file.write(b"" if lines else b"[\n")
        begun = False

        def cells_of(rows: pa.RecordBatch) -> Iterator[tuple[str, pa.Array]]:
            for name, array in zip(schema.names, rows.columns, strict=True):
                if name in documents:
                    yield name, pc.fill_null(array.cast(pa.string()), "null")
                else:
                    yield name, json_cells(_as_plain_type(array))

        def write(rows: pa.RecordBatch) -> None:
            nonlocal begun
            if not len(rows):
                return
            file.write(between if begun else b"")
            file.write(json_rows(cells_of(rows), between.decode())[: -len(between)])
            begun = True

        yield write
        file.write(b"\n" if begun and lines else b"" if lines else b"\n]\n")


def _as_plain_type(array: pa.Array) -> pa.Array:
    """Convert an array to a type that can be written as text: bytes as hexadecimal."""
    type = array.type
    if pa.types.is_binary(type) or pa.types.is_fixed_size_binary(type):
        texts = [None if one is None else one.hex() for one in array.to_pylist()]
        return pa.array(texts, pa.string())
    if pa.types.is_dictionary(type) or pa.types.is_large_string(type):
        return array.cast(pa.string())
    return array
