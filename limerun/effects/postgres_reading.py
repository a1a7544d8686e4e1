"""Read tables of a PostgreSQL database with COPY."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pyarrow as pa

from limerun.dataset.postgres.address import Address
from limerun.dataset.words.randomness import Words
from limerun.effects.reading import Collector, Ids, Reader
from limerun.errors import DatasetError

if TYPE_CHECKING:
    from psycopg import Connection

Buffer = bytes | bytearray | memoryview
_BATCH_BYTES = 8_000_000
_POSTGRES = {
    "int2": "int8",
    "int4": "int8",
    "int8": "int8",
    "float4": "float8",
    "float8": "float8",
}
"""Types as which PostgreSQL's types are read; all others as text."""
_READ_AS = {"int8": pa.int64(), "float8": pa.float64(), "text": pa.binary()}


@contextmanager
def opened_postgres(url: str) -> Iterator[Reader]:
    """Yield a reader of a PostgreSQL database.

    Raises:
        DatasetError: The database cannot be read; without the URL's password.
    """
    import psycopg

    try:
        with closing(PostgresReader(url)) as reader:
            yield reader
    except (psycopg.Error, pa.ArrowException) as error:
        text = " ".join(str(error).split())
        raise DatasetError(Address.parse(url).without_password(text)) from None


class PostgresReader(Reader):
    """Reads a PostgreSQL database with COPY."""

    def __init__(self, url: str) -> None:
        self._database: Connection = Address.parse(url).connect()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def read(
        self, table: str, columns: Mapping[str, str]
    ) -> tuple[dict[str, Words], dict[str, Ids]]:
        """Return the hashes of a table's values, and the ids in it, by column."""
        there = self._types_of(table)
        known = {name: there[name] for name in columns if name in there}
        collector = Collector(columns)
        if known:
            for batch in _parsed(self._rows(table, known), known):
                collector.add(
                    dict(zip(known, batch.columns, strict=True)), len(batch), {}
                )
        return collector.collected()

    def _types_of(self, table: str) -> dict[str, str]:
        found = self._database.execute(
            "SELECT a.attname::text, t.typname::text FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND c.relname = %s "
            "AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped",
            (table,),
        )
        return {name: _POSTGRES.get(type, "text") for name, type in found}

    def _rows(self, table: str, known: Mapping[str, str]) -> Iterator[Buffer]:
        from psycopg import sql

        values = sql.SQL(", ").join(
            sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(type))
            for name, type in known.items()
        )
        query = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT csv)")
        statement = query.format(values, sql.Identifier(table))
        with self._database.cursor().copy(statement) as copy:
            yield from copy


def _parsed(
    rows: Iterable[Buffer], known: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a COPY in batches; each message has whole rows."""
    chunk = bytearray()
    for row in rows:
        chunk += row
        if len(chunk) > _BATCH_BYTES:
            yield from _parse(chunk, known)
            chunk = bytearray()
    if chunk:
        yield from _parse(chunk, known)


def _parse(chunk: bytearray, known: Mapping[str, str]) -> list[pa.RecordBatch]:
    from pyarrow import csv

    names = [str(number) for number in range(len(known))]
    types = (_READ_AS[type] for type in known.values())
    batches: list[pa.RecordBatch] = csv.read_csv(
        pa.BufferReader(bytes(chunk)),
        read_options=csv.ReadOptions(
            column_names=names, block_size=len(chunk) + 1, use_threads=False
        ),
        parse_options=csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ).to_batches()
    return batches
