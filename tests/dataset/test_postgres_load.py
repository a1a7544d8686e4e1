"""Datasets loaded into a user's PostgreSQL database, by COPY."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.output.generate import PhaseClock
from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.load import load_server
from limerun.dataset.values.table_rows import TableRows
from limerun.errors import DatasetError
from limerun.progress import Progress
from tests.dataset.plans import plan_of, recipe_of, write_database

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
URL = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
pytestmark = pytest.mark.services

LIMETYPES: dict[str, dict[str, Any]] = {
    "company": {"name": {"type": "string"}},
    'odd "name"': {
        "text": {"type": "string"},
        "tags": {"type": "set", "options": ["a", "b"]},
        "value": {"type": "decimal"},
        "number": {"type": "string"},
        "born": {"type": "date"},
        "active": {"type": "yesno"},
        "company": {"type": "belongsto", "related": "company"},
    },
}
ROWS = {"company": 60, 'odd "name"': 1_000}
TEXTS = ["", "\\N", "\\", 'a "b"', "x,y", "two\nlines", "c\r\nd", "Å"]
PLAN = plan_of(
    LIMETYPES,
    ROWS,
    {
        'odd "name".text': {"kind": "choice", "options": TEXTS, "null_rate": 0.2},
        'odd "name".value': {"null_rate": 0.1},
        'odd "name".company': {"null_rate": 0.1},
    },
)
SCHEMA = check_plan(PLAN, {})


@pytest.fixture
def place() -> Iterator[Address]:
    """An empty database of the user."""
    address = Address.parse(URL)
    name = f"limerun_test_load_{secrets.token_hex(4)}"
    try:
        admin = address.connect()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {URL}")
    with closing(admin):
        admin.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0")
        yield replace(address, database=name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        TableRows, "at_once", lambda self, block_rows=50: min(block_rows, 50)
    )


def load(place: Address, progress: Progress | None = None, mark: str = "x") -> None:
    load_server(SCHEMA, place.url(), mark, 1, PhaseClock(progress or Progress()))


def rows_of(place: Address, table: str) -> list[Any]:
    with closing(place.connect()) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()


def test_the_tables_have_the_same_rows_as_the_sqlite_file(
    place: Address, tmp_path: Path
) -> None:
    load(place)
    write_database(recipe_of(PLAN), tmp_path / "a", Progress())
    with closing(sqlite3.connect(tmp_path / "a")) as connection:
        for table in ("company", '"odd ""name"""'):
            stored = connection.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()
            assert rows_of(place, table) == stored


def test_links_are_indexed_and_the_next_inserted_row_gets_the_next_id(
    place: Address,
) -> None:
    load(place)
    with closing(place.connect()) as connection:
        found = connection.execute(
            "SELECT tablename, count(*) FROM pg_indexes WHERE schemaname = 'public' "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert found == [("company", 1), ('odd "name"', 3)]
        new = connection.execute("INSERT INTO company (name) VALUES ('x') RETURNING id")
        assert new.fetchall() == [(61,)]
        comments = connection.execute(
            "SELECT count(*) FROM pg_description d JOIN pg_class c ON c.oid = d.objoid "
            "WHERE c.relname IN ('company', 'odd \"name\"')"
        )
        assert comments.fetchall() == [(0,)]


def test_a_unique_generated_value_can_be_inserted_again(place: Address) -> None:
    load(place)
    with closing(place.connect()) as connection:
        table = '"odd ""name"""'
        again = f"INSERT INTO {table} (number) SELECT number FROM {table} WHERE id = 1"
        assert connection.execute(again).rowcount == 1


def test_a_table_with_rows_is_refused_and_stays_unchanged(place: Address) -> None:
    with closing(place.connect()) as connection:
        connection.execute("CREATE TABLE company (mine text)")
        connection.execute("INSERT INTO company VALUES ('x')")
        with pytest.raises(DatasetError, match='"company" with rows'):
            load(place)
        assert connection.execute("TABLE company").fetchall() == [("x",)]
        other = connection.execute('SELECT to_regclass(\'"odd ""name"""\')')
        assert other.fetchall() == [(None,)]


def test_an_existing_empty_table_is_filled_without_changing_its_columns(
    place: Address,
) -> None:
    with closing(place.connect()) as connection:
        connection.execute(
            "CREATE TABLE company (name varchar, id int, extra int DEFAULT 7, "
            "_createdtime timestamp, _createduser int, _timestamp timestamp, "
            "_updateduser int)"
        )
        load(place)
        sql = "SELECT count(*), min(extra), count(DISTINCT name) > 30 FROM company"
        assert connection.execute(sql).fetchall() == [(60, 7, True)]


class Ending(Progress):
    """Runs an action when half of the larger table has been generated."""

    def __init__(self, act: Any) -> None:
        self._act = act

    def rows_made(self, what: str, done: int, total: int) -> None:
        if what == 'odd "name"' and done == 600:
            self._act()


def interrupt() -> None:
    raise KeyboardInterrupt


def test_an_interrupted_load_continues_with_the_next_table(place: Address) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(place, Ending(interrupt))
    with closing(place.connect()) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        assert names.fetchall() == [("company",)]

    heard: set[str] = set()

    class Listener(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            heard.add(what)

    with pytest.raises(DatasetError, match='"company" with rows'):
        load(place, mark="another plan")
    load(place, Listener())
    assert heard == {'odd "name"'}
    assert len(rows_of(place, '"odd ""name"""')) == 1_000


def test_a_lost_connection_is_reported(place: Address) -> None:
    def end_all() -> None:
        with closing(Address.parse(URL).connect()) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s",
                (place.database,),
            )

    with pytest.raises(DatasetError, match=r"run the same command again to continue"):
        load(place, Ending(end_all))
    load(place)
    assert len(rows_of(place, "company")) == 60


def test_names_too_long_for_postgresql_are_refused(place: Address) -> None:
    schema = check_plan(plan_of({"a" * 64: {"b": {"type": "string"}}}, {}), {})
    with pytest.raises(DatasetError, match="at most 63 bytes"):
        load_server(schema, place.url(), "x", 1, PhaseClock(Progress()))
