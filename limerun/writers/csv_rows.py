"""Turn columns into lines of CSV, in any dialect. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from limerun.writers.cells import CellStyle, cells, contains_any, joined_bytes
from limerun.writers.text_joins import join

BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvDialect:
    """The style of a CSV file; text with special characters is always quoted."""

    separator: str = ","
    line_end: str = "\r\n"
    null: str = ""
    quotes_all: bool = False
    """True if all text except null is quoted; otherwise only text that needs it is."""
    quotes_empty: bool = False
    """True if empty text is quoted, to distinguish it from null."""
    quotes_backslash: bool = False
    quotes_names: bool = False
    mark: bool = False
    """True if the file starts with a byte order mark."""

    @property
    def special(self) -> str:
        """The characters for which a text needs quotes."""
        return f'"{self.separator}\r\n' + "\\" * self.quotes_backslash


def csv_header(names: Sequence[str], dialect: CsvDialect) -> bytes:
    """Return the header line."""
    line = io.StringIO()
    csv.writer(
        line,
        delimiter=dialect.separator,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_ALL if dialect.quotes_names else csv.QUOTE_MINIMAL,
    ).writerow(names)
    return (BYTE_ORDER_MARK * dialect.mark + line.getvalue()).encode()


def csv_rows(columns: Iterable[pa.Array], dialect: CsvDialect) -> memoryview:
    """Return one line per row."""
    style = CellStyle(null=dialect.null, text=lambda texts: _quoted(texts, dialect))
    parts: list[pa.Array | str] = []
    for column in columns:
        parts += (cells(column, style), dialect.separator)
    return joined_bytes(join(*parts[:-1], dialect.line_end))


def _quoted(texts: pa.Array, dialect: CsvDialect) -> pa.Array:
    """Quote the texts that need it."""
    has_empty = dialect.quotes_empty and pc.any(pc.equal(texts, "")).as_py()
    needed = has_empty or contains_any(texts, dialect.special.encode())
    if not needed and not dialect.quotes_all:
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    if dialect.quotes_all:
        return quoted
    pattern = f"[{re.escape(dialect.special)}]" + "|^$" * dialect.quotes_empty
    return pc.if_else(pc.match_substring_regex(texts, pattern), quoted, texts)
