"""Read CSV files: values stay as written; an unquoted empty field is null."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from limerun.errors import ExportError
from limerun.exports.reading.csv_faults import fault_of, undecodable
from limerun.exports.reading.csv_header import columns_of_values, titles_above
from limerun.exports.reading.parquet_parts import PartWriter
from limerun.exports.reading.table_names import check_names
from limerun.progress import Progress

SEPARATORS = ",;\t|"
_SNIFFED_BYTES = 262_144
_SNIFFED_ROWS = 200
_FITS = 0.9
_MOST_NAMED = 5
_BLOCK_BYTES = 4_000_000
_LARGE_BLOCK_BYTES = 128_000_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The separator and the column names of a CSV file."""

    separator: str
    names: tuple[str, ...]


def sniff_dialect(path: Path, *, named: bool = False) -> Dialect:
    """Return the dialect of a CSV file, detected from its beginning.

    If `named`, the first row is known to hold names, because limerun wrote the file.

    Raises:
        ExportError: The file is empty, is not text, or has no row of names.
    """
    with path.open("rb") as file:
        start = file.read(_SNIFFED_BYTES)
        whole = len(start) < _SNIFFED_BYTES
    if not start.removeprefix(_BOM).strip():
        raise ExportError(
            f"{path}: the file is empty; a CSV file begins with a row of names"
        )
    text = _decoded(path, start, whole)
    candidates = {each: _records(text, each, whole) for each in SEPARATORS}
    best = max(SEPARATORS, key=lambda each: _fitness(candidates[each]))
    names = candidates[best][0] if candidates[best] else []
    if not named:
        _check_header(path, text, candidates, best)
    check_names(str(path), "column", names)
    return Dialect(separator=best, names=tuple(names))


def _decoded(path: Path, start: bytes, whole: bool) -> str:
    try:
        return start.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        if not whole and error.start > len(start) - 4:
            return start[: error.start].removeprefix(_BOM).decode()
        raise undecodable(path) from None


def _records(text: str, separator: str, whole: bool) -> list[list[str]]:
    """Return the first rows; drop the last one if it may be incomplete."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    records: list[list[str]] = []
    try:
        for record in reader:
            if record:
                records.append(record)
            if len(records) > _SNIFFED_ROWS:
                break
        else:
            if not whole and len(records) > 1:
                records.pop()
    except csv.Error:
        pass
    return records


def _fitness(records: Sequence[list[str]]) -> tuple[float, int]:
    """Return the share of rows as long as the header, and the header's length."""
    if not records or len(records[0]) < 2:
        return 0.0, 1
    width = len(records[0])
    alike = sum(len(record) == width for record in records) / len(records)
    return round(alike, 1), width


def _check_header(
    path: Path, text: str, candidates: Mapping[str, Sequence[list[str]]], best: str
) -> None:
    """Reject files whose first row has values, or titles above the column names."""
    fits, _ = _fitness(candidates[best])
    for separator in (best,) if fits >= _FITS else candidates:
        records = candidates[separator]
        titles = titles_above(records) if records else 0
        if titles:
            line = _line_of(text, separator, titles)
            raise ExportError(
                f"{path}, line 1: these are not column names; line {line} seems to "
                "have the names. Remove the lines above it"
            )
    values = columns_of_values(candidates[best]) if candidates[best] else []
    if values:
        which = ", ".join(str(at + 1) for at in values[:_MOST_NAMED])
        more = ", …" if len(values) > _MOST_NAMED else ""
        raise ExportError(
            f"{path}, line 1: there are values instead of column names in column "
            f"{which}{more}; add a line with the names above them (if these are the "
            "names, rename these columns)"
        )


def _line_of(text: str, separator: str, row: int) -> int:
    """Return the line on which a row begins; empty lines do not count as rows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before = 0
    for record in reader:
        row -= bool(record)
        if row < 0:
            break
        before = reader.line_num
    return before + 1


def stage_csv(
    path: Path, part: Path, progress: Progress, *, named: bool = False
) -> int:
    """Write the rows of a CSV file to a part; return their number.

    If `named`, the first row is known to hold names, because limerun wrote the file.

    Raises:
        ExportError: A row has too many or too few values, a quote is not closed, or a
            byte is not UTF-8.
    """
    dialect = sniff_dialect(path, named=named)
    try:
        return _staged(path, part, dialect, progress, _BLOCK_BYTES)
    except (pa.ArrowInvalid, _QuotesError) as error:
        fault = fault_of(path, dialect.separator, len(dialect.names))
        if fault is not None:
            raise fault from error
    # No fault: a value was larger than a block, or unquoted values contain quotes.
    try:
        return _staged(
            path, part, dialect, progress, _LARGE_BLOCK_BYTES, check_quotes=False
        )
    except pa.ArrowInvalid as error:
        raise ExportError(f"{path}: cannot be read as CSV: {error}") from error


def _staged(
    path: Path,
    part: Path,
    dialect: Dialect,
    progress: Progress,
    block_bytes: int,
    *,
    check_quotes: bool = True,
) -> int:
    schema = pa.schema([(name, pa.string()) for name in dialect.names])
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw, PartWriter(part, schema) as writer:
        file = CheckedCsvFile(raw, dialect.separator, check_quotes=check_quotes)
        reader = pacsv.open_csv(
            file,
            read_options=pacsv.ReadOptions(block_size=block_bytes),
            parse_options=pacsv.ParseOptions(
                delimiter=dialect.separator,
                newlines_in_values=True,
                # If there is only one column, an empty line is a null.
                ignore_empty_lines=len(dialect.names) > 1,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=schema,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
        for batch in reader:
            writer.write(batch)
            share = min(raw.tell() / size, 1.0)
            total = max(round(writer.rows / share), writer.rows) if share else 0
            progress.rows_made(path.name, writer.rows, total)
        file.check_end()
    return writer.rows


class _QuotesError(Exception):
    """A quote where the format does not allow it."""


class CheckedCsvFile(io.RawIOBase):
    """A CSV file for Arrow: with a final line end, and its quotes checked.

    Without a final line end, Arrow reads an empty last field as empty text. It also
    reads `"abc"def` as one value, and reads from an unclosed quote to the next quote,
    across any number of rows. So odd quotes (first, third, ...) must begin a value, and
    even quotes must end it; a doubled quote inside a value satisfies both.
    """

    def __init__(
        self, file: io.BufferedReader, separator: str, *, check_quotes: bool
    ) -> None:
        self._file = file
        self._checked = check_quotes
        self._open = False
        self._before = ord("\n")
        self._ended = False
        around = np.zeros(256, np.bool_)
        around[[ord(separator), ord("\n"), ord("\r"), ord('"')]] = True
        self._around = around
        self._start = True

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read and check some bytes.

        Raises:
            _QuotesError: A quote is inside a value.
        """
        data = self._file.read(size)
        if not data and self._before != ord("\n") and not self._open:
            data = b"\n"
        if self._checked:
            self._check(data)
        elif data:
            self._before = data[-1]
        return data

    def _check(self, data: bytes) -> None:
        if self._start:
            self._start = False
            data = data.removeprefix(_BOM)
        if not data:
            return
        cells = np.frombuffer(data, np.uint8)
        if self._ended and not self._around[cells[0]]:
            raise _QuotesError
        places = np.flatnonzero(cells == ord('"'))
        opening, closing = (
            places[int(self._open) :: 2],
            places[1 - int(self._open) :: 2],
        )
        before = cells[opening - 1]
        if len(opening) and opening[0] == 0:
            before[0] = self._before
        self._ended = bool(len(closing)) and int(closing[-1]) == len(cells) - 1
        after = cells[closing[:-1] + 1 if self._ended else closing + 1]
        if not (self._around[before].all() and self._around[after].all()):
            raise _QuotesError
        self._open ^= bool(len(places) % 2)
        self._before = int(cells[-1])

    def check_end(self) -> None:
        """Reject a quote that is still open at the end.

        Raises:
            _QuotesError: A quote is open.
        """
        if self._open:
            raise _QuotesError
