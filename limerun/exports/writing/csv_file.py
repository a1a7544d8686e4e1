"""Write CSV as another file is written: its separator, quotes, line ends and mark."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]  # ships no types
import pyarrow.compute as pc  # type: ignore[import-untyped]  # as above

from limerun.dataset.formats.cells import Style, cells, joined_bytes
from limerun.dataset.wording import join
from limerun.exports.csv_files import sniff_dialect
from limerun.exports.writing.tables import Write, written_plainly

_BOM = "\ufeff"
_LOOKED_AT_BYTES = 65_536
_LOOKED_AT_LINES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvStyle:
    """How a CSV file is written."""

    separator: str = ","
    line_end: str = "\r\n"
    quotes_all: bool = False
    """Whether every value that is not null has quotes, or only those that need them."""
    quotes_names: bool = False
    mark: bool = False
    """Whether a byte order mark comes first."""


def style_of(path: Path) -> CsvStyle:
    """Return how a CSV file is written, by its beginning."""
    dialect = sniff_dialect(path)
    with path.open("rb") as file:
        start = file.read(_LOOKED_AT_BYTES).decode("utf-8", "replace")
    text = start.removeprefix(_BOM)
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
    return CsvStyle(
        separator=dialect.separator,
        line_end="\r\n" if re.search(r"\r\n", text) else "\n",
        quotes_all=bool(written) and all(value.startswith('"') for value in written),
        quotes_names=all(name.startswith('"') for name in names if name),
        mark=start.startswith(_BOM),
    )


@contextmanager
def opened_csv(path: Path, schema: pa.Schema, style: CsvStyle) -> Iterator[Write]:
    """Give a function that writes rows into a new file."""
    with path.open("wb") as file:
        file.write(_head(schema.names, style))
        quoting = Style(nothing="", text=_quoting(style))

        def write(rows: pa.RecordBatch) -> None:
            if not len(rows):
                return
            parts: list[pa.Array | str] = []
            for array in rows.columns:
                parts += (cells(written_plainly(array), quoting), style.separator)
            file.write(joined_bytes(join(*parts[:-1], style.line_end)))

        yield write


def _head(names: list[str], style: CsvStyle) -> bytes:
    line = io.StringIO()
    csv.writer(
        line,
        delimiter=style.separator,
        lineterminator=style.line_end,
        quoting=csv.QUOTE_ALL if style.quotes_names else csv.QUOTE_MINIMAL,
    ).writerow(names)
    return (_BOM * style.mark + line.getvalue()).encode()


def _quoting(style: CsvStyle) -> Callable[[pa.Array], pa.Array]:
    special = rf'[{re.escape(style.separator)}"\r\n]|^$'

    def quote(texts: pa.Array) -> pa.Array:
        doubled = pc.replace_substring(texts, '"', '""')
        quoted = pc.binary_join_element_wise('"', doubled, '"', "")
        if style.quotes_all:
            return quoted
        return pc.if_else(pc.match_substring_regex(texts, special), quoted, texts)

    return quote
