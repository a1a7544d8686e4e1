"""Read the tables of a PostgreSQL database in one consistent snapshot."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pacsv

from limerun.dataset.postgres.address import Address, check_psycopg
from limerun.errors import ExportError
from limerun.exports.reading.declared_keys import POSTGRESQL, server_keys
from limerun.exports.reading.parquet_parts import PartWriter
from limerun.exports.tables import ColumnType, ForeignKey
from limerun.progress import Progress
from limerun.storage import name_in_sql

if TYPE_CHECKING:
    from psycopg import Connection

_BLOCK_BYTES = 4_000_000
_LARGE_BLOCK_BYTES = 128_000_000
_TABLES = """
    SELECT n.nspname, c.relname, greatest(c.reltuples, 0)::bigint
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY n.nspname <> 'public', n.nspname, c.relname
"""
_COLUMNS = """
    SELECT a.attname, t.typname, t.typcategory,
           CASE WHEN t.typname = 'numeric' AND a.atttypmod > 4
                THEN a.atttypmod - 4 END
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
_ARROW: dict[str, pa.DataType] = {
    "int2": pa.int16(),
    "int4": pa.int32(),
    "int8": pa.int64(),
    "oid": pa.int64(),
    "float4": pa.float32(),
    "float8": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamptz": pa.timestamp("us", "UTC"),
    "bytea": pa.binary(),
}
_DATED = ("date", "timestamp", "timestamptz")
_MOST_DIGITS = 38


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """The SQL that selects a column, and the Arrow type of the result."""

    name: str
    selected: str
    arrow: pa.DataType
    known: ColumnType | None = None


@contextmanager
def opened_server(url: str, progress: Progress) -> Iterator["ServerReader"]:
    """Yield a reader of a database's tables, all in one consistent snapshot.

    Raises:
        ExportError: psycopg is not installed, or the server is or becomes unreachable.
    """
    check_psycopg("a PostgreSQL URL", ExportError)
    import psycopg

    address = Address.parse(url)
    try:
        with address.connect() as connection:
            connection.rollback()
            connection.autocommit = False
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            # Start at the first row, even if another query scans the table at the same
            # time.
            connection.execute("SET LOCAL synchronize_seqscans = off")
            connection.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            connection.execute("SET LOCAL DateStyle = ISO")
            connection.execute("SET LOCAL TimeZone = 'UTC'")
            connection.execute("SET LOCAL bytea_output = hex")
            connection.execute("SET LOCAL extra_float_digits = 1")
            connection.execute("SET LOCAL statement_timeout = 0")
            yield ServerReader(connection, str(address), progress)
            connection.rollback()
    except psycopg.Error as error:
        text = str(error).strip().splitlines()
        why = text[0] if text else type(error).__name__
        raise ExportError(f"{address}: the database cannot be read: {why}") from error


class ServerReader:
    """Reads tables over one connection."""

    def __init__(
        self, connection: "Connection[Any]", origin: str, progress: Progress
    ) -> None:
        self.origin = origin
        self._connection = connection
        self._progress = progress
        self._names: dict[str, tuple[str, int]] = {}

    def tables(self) -> tuple[str, ...]:
        """Return the table names, with the schema's name unless it is "public".

        Raises:
            ExportError: There is no table.
        """
        for schema, table, about in self._connection.execute(_TABLES).fetchall():
            name = table if schema == "public" else f"{schema}.{table}"
            quoted = f"{name_in_sql(schema)}.{name_in_sql(table)}"
            self._names[name] = quoted, about
        if not self._names:
            raise ExportError(f"{self.origin}: the database has no tables")
        return tuple(self._names)

    def stage(self, table: str, part: Path) -> Mapping[str, ColumnType]:
        """Write a table's rows to a part; return the columns that contain JSON.

        The rows come in the order in which the server stores them.
        """
        columns = self._columns(table)
        try:
            self._copy(table, columns, part, _BLOCK_BYTES)
        except pa.ArrowInvalid:
            # A value is larger than a block, or "NaN" in a numeric column.
            columns = [_decimal_as_text(each) for each in columns]
            try:
                self._copy(table, columns, part, _LARGE_BLOCK_BYTES)
            except pa.ArrowInvalid as error:
                raise ExportError(
                    f"{self.origin}, table {table}: cannot be read: {error}"
                ) from error
        return {each.name: each.known for each in columns if each.known is not None}

    def foreign_keys(self, table: str) -> tuple[ForeignKey, ...]:
        """Return the foreign keys that a table declares."""
        quoted, _ = self._names[table]
        return server_keys(self._connection.execute(POSTGRESQL, (quoted,)).fetchall())

    def _columns(self, table: str) -> list[_Column]:
        quoted, _ = self._names[table]
        found = self._connection.execute(_COLUMNS, (quoted,)).fetchall()
        if not found:
            raise ExportError(f"{self.origin}, table {table}: the table has no columns")
        unusual = self._unusual_dates(
            quoted, [name for name, type, *_ in found if type in _DATED]
        )
        return [
            _column(name, "text" if name in unusual else type, category, digits)
            for name, type, category, digits in found
        ]

    def _unusual_dates(self, quoted: str, names: list[str]) -> set[str]:
        """Return the columns with dates that are infinite or outside years 1 to 9999."""
        if not names:
            return set()
        tests = ", ".join(
            f"coalesce(bool_or({name_in_sql(name)} < '0001-01-01' "
            f"OR {name_in_sql(name)} >= '9999-12-31'), false)"
            for name in names
        )
        row = self._connection.execute(f"SELECT {tests} FROM {quoted}").fetchone()
        assert row is not None
        return {name for name, odd in zip(names, row, strict=True) if odd}

    def _copy(
        self, table: str, columns: list[_Column], part: Path, block_bytes: int
    ) -> None:
        quoted, about = self._names[table]
        selected = ", ".join(each.selected for each in columns)
        query = f"COPY (SELECT {selected} FROM {quoted}) TO STDOUT (FORMAT csv)"
        schema = pa.schema([(each.name, each.arrow) for each in columns])
        with (
            self._connection.cursor() as cursor,
            cursor.copy(query) as copy,
            PartWriter(part, schema) as writer,
        ):
            stream = _CopyStream(iter(copy))
            if not stream.has_data():
                return
            reader = pacsv.open_csv(
                stream,
                read_options=pacsv.ReadOptions(
                    block_size=block_bytes, column_names=schema.names
                ),
                parse_options=pacsv.ParseOptions(
                    newlines_in_values=True, ignore_empty_lines=len(columns) > 1
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types=schema,
                    null_values=[""],
                    true_values=["t"],
                    false_values=["f"],
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
            for batch in reader:
                writer.write(_with_bytes(batch))
                self._progress.rows_made(table, writer.rows, max(about, writer.rows))


def _column(name: str, type: str, category: str, digits: int | None) -> _Column:
    quoted = name_in_sql(name)
    if type == "numeric" and digits is not None:
        precision, scale = digits >> 16, digits & 0xFFFF
        if precision <= _MOST_DIGITS and scale <= precision:
            return _Column(
                name=name, selected=quoted, arrow=pa.decimal128(precision, scale)
            )
    if type in _ARROW:
        return _Column(name=name, selected=quoted, arrow=_ARROW[type])
    text = _Column(name=name, selected=f"{quoted}::text", arrow=pa.string())
    if type in ("json", "jsonb"):
        return _Column(
            name=name, selected=text.selected, arrow=text.arrow, known="json"
        )
    if category in ("A", "C"):  # arrays and rows
        selected = f"to_jsonb({quoted})::text"
        return _Column(name=name, selected=selected, arrow=text.arrow, known="json")
    return text


def _decimal_as_text(column: _Column) -> _Column:
    if not pa.types.is_decimal(column.arrow):
        return column
    selected = f"{column.selected}::text"
    return _Column(name=column.name, selected=selected, arrow=pa.string())


def _with_bytes(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch with binary columns decoded from the server's hexadecimal."""
    arrays = [
        pa.array((_from_hex(each.as_py()) for each in array), pa.binary())
        if pa.types.is_binary(array.type)
        else array
        for array in batch.columns
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def _from_hex(written: bytes | None) -> bytes | None:
    return None if written is None else bytes.fromhex(written[2:].decode("ascii"))


class _CopyStream(io.RawIOBase):
    """The output of COPY as a readable file."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces
        self._buffered = b""

    def has_data(self) -> bool:
        """Read the first piece; return whether there is any data."""
        self._buffered = bytes(next(self._pieces, b""))
        return bool(self._buffered)

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; empty at the end."""
        pieces, length = [self._buffered], len(self._buffered)
        while size < 0 or length < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            pieces.append(bytes(piece))
            length += len(piece)
        joined = b"".join(pieces)
        self._buffered = joined[size:] if size >= 0 else b""
        return joined[:size] if size >= 0 else joined
