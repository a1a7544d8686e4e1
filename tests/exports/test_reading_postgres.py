"""PostgreSQL databases, on a real server: every type, and a lost connection."""

import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from limerun.errors import ExportError
from limerun.exports.reading.open_export import opened_export
from limerun.progress import Progress
from tests.exports.reading import opened, rows_of

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
pytestmark = pytest.mark.services
SERVER = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
).replace("+psycopg", "")
NAME = f"limerun_reading_{os.getpid()}"


@pytest.fixture
def url() -> Iterator[str]:
    with psycopg.connect(SERVER, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
        try:
            yield SERVER.rpartition("/")[0] + f"/{NAME}"
        finally:
            admin.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def test_every_postgresql_type_can_be_read(url: str) -> None:
    run(
        url,
        "CREATE TABLE t (id int, name text, amount numeric(10,2), free numeric, "
        "key uuid, doc jsonb, list int[], raw bytea, born date, seen timestamptz, "
        "local timestamp, share float8, ok bool, far date, odd numeric(4,1))",
        "INSERT INTO t VALUES (1, E'x\\n\"y\",', 1.10, 1.5, "
        "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{\"a\": 1}', '{1,2}', '\\x00ff', "
        "'2024-02-29', '2024-01-01 12:00+02', '2024-01-01 12:00', 0.1, true, "
        "'infinity', 'NaN')",
        "INSERT INTO t VALUES (2, '')",
    )
    with opened(url) as export:
        types = {each.name: each.type for each in export.tables["t"].columns}
        arrow = export.connection.sql("SELECT * FROM t").to_arrow_table()
        first, second = arrow.to_pylist()
    assert types == {
        "id": "integer",
        "name": "text",
        "amount": "decimal",
        "free": "decimal",
        "key": "text",
        "doc": "json",
        "list": "json",
        "raw": "binary",
        "born": "date",
        "seen": "time",
        "local": "time",
        "share": "decimal",
        "ok": "boolean",
        "far": "text",
        "odd": "text",
    }
    seen = first.pop("seen")
    assert seen.replace(tzinfo=None) == datetime(2024, 1, 1, 10)
    assert list(first.values()) == [
        *(1, 'x\n"y",', "1.10", "1.5", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        *('{"a": 1}', "[1, 2]", b"\x00\xff", date(2024, 2, 29)),
        *(datetime(2024, 1, 1, 12), 0.1, True, "infinity", "NaN"),
    ]
    assert second["name"] == ""
    assert {value for key, value in second.items() if key not in ("id", "name")} == {
        None
    }


def test_numeric_values_stay_exact(url: str) -> None:
    run(
        url,
        "CREATE TABLE t (a numeric(20,4))",
        "INSERT INTO t VALUES (1234567890123.4567)",
    )
    with opened(url) as export:
        assert rows_of(export, "t") == [(Decimal("1234567890123.4567"),)]


def test_tables_in_other_schemas_are_named_with_their_schema(url: str) -> None:
    run(
        url,
        "CREATE TABLE person (x int)",
        "CREATE SCHEMA old",
        "CREATE TABLE old.person (x int)",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE parts (x int) PARTITION BY RANGE (x)",
        "CREATE TABLE first PARTITION OF parts FOR VALUES FROM (0) TO (10)",
        "INSERT INTO parts VALUES (3)",
    )
    with opened(url) as export:
        assert list(export.tables) == ["parts", "person", "old.person"]
        assert rows_of(export, "parts") == [(3,)]
        assert rows_of(export, "old.person") == []
        assert NAME in export.tables["person"].origin


def test_an_empty_database_is_refused(url: str) -> None:
    with pytest.raises(ExportError, match="has no tables"), opened(url):
        pass


def test_an_unreachable_server_is_reported_without_the_password() -> None:
    place = "postgresql://eva:secret@127.0.0.1:1/crm"
    with pytest.raises(ExportError, match="cannot be read") as caught, opened(place):
        pass
    assert "secret" not in str(caught.value)


def test_a_lost_connection_is_reported(url: str) -> None:
    run(
        url,
        "CREATE TABLE t (a text)",
        "INSERT INTO t SELECT repeat('x', 200) FROM generate_series(1, 200000)",
    )

    class Ending(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            with psycopg.connect(SERVER, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = %s",
                    (NAME,),
                )

    places: list[Any] = [url]
    with (
        pytest.raises(ExportError, match=f"{NAME}: the database cannot be read"),
        opened_export(places, progress=Ending()),
    ):
        pass
