"""A dataset on a real PostgreSQL server: the same values, and no leftovers."""

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.databases import places_on
from limerun.dataset.postgres.scratch_database import check_names, opened_server
from limerun.effects.changes import DatabaseChange
from limerun.effects.reading import NO_ID, REFERENCE
from limerun.effects.snapshot import LinkTable, SnapshotSchema, read_snapshot
from limerun.errors import DatasetError
from limerun.progress import Progress
from tests.dataset.plans import plan_of

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
SERVER = os.environ.get(
    "LIMERUN_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/test"
)
NAME = f"test_dataset_{os.getpid()}"
URL = f"{SERVER.rpartition('/')[0]}/{NAME}"
"""A database of this process alone: those that limerun makes have its number in
their names, and tests that run beside these make others."""
services = pytest.mark.services
TEXTS = [
    "",
    None,
    "\\.",
    "\\N",
    'a "quoted" word',
    "a\tb\r\nc\rd",
    "Åkeri 数",
    " x ",
    ",",
]
POOR = f"test_poor_{os.getpid()}"


@pytest.fixture(scope="module")
def database() -> Iterator[None]:
    """The database that the URL names."""
    try:
        connection = Address.parse(SERVER).connect()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL answers at {SERVER}")
    with closing(connection):
        connection.execute(f"CREATE DATABASE {NAME}")
        try:
            yield
        finally:
            connection.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@pytest.fixture
def admin(database: None) -> Iterator[Any]:
    """A connection to the database that the URL names."""
    with closing(Address.parse(URL).connect()) as connection:
        yield connection


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite file in the layout of `limerun.dataset.output.sqlite_database`."""
    path = tmp_path / "made.sqlite"
    numbers = random.Random(1)
    rows = [
        (n, TEXTS[n % len(TEXTS)], numbers.randint(-(2**63), 2**63 - 1), value, n % 7)
        for n in range(1, 12_001)
        for value in [numbers.uniform(-1, 1) * 10.0 ** numbers.randint(-300, 300)]
    ]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE "Order" ("id" INTEGER PRIMARY KEY, "select" TEXT,
                "number" INTEGER, "value" REAL, "company" INTEGER);
            CREATE TABLE "empty" ("id" INTEGER PRIMARY KEY, "name" TEXT);
            CREATE TABLE "a__b" ("a" INTEGER, "b" INTEGER);
            INSERT INTO a__b VALUES (1, 2), (NULL, 3);
            """
        )
        connection.executemany('INSERT INTO "Order" VALUES (?, ?, ?, ?, ?)', rows)
        connection.executescript(
            """
            CREATE UNIQUE INDEX "Order__number" ON "Order" ("number");
            CREATE INDEX "Order__company" ON "Order" ("company");
            CREATE INDEX "a__b__a" ON "a__b" ("a");
            ANALYZE;
            """
        )
    return path


def table_contents(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite%' ORDER BY name"
        ).fetchall()
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for (name,) in names
        }


def limerun_databases(admin: Any) -> set[str]:
    """Return the databases and schemas that limerun created."""
    found = admin.execute(
        "SELECT made.datname::text FROM pg_database made, pg_database home "
        "WHERE home.datname = current_database() "
        "AND starts_with(made.datname, 'limerun_' || home.oid || '_') "
        "UNION SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^limerun_[0-9]'"
    )
    return {name for (name,) in found.fetchall()}


def name_in(url: str) -> str:
    return Address.parse(url).options["application_name"]


@services
def test_every_value_has_the_same_hash_as_in_a_file(admin: Any, file: Path) -> None:
    kinds = {"select": "TEXT", "number": "INTEGER", "value": "REAL"}
    model = SnapshotSchema(
        columns={"Order": {**kinds, "company": REFERENCE, "no column": "TEXT"}}
        | {"empty": {"name": "TEXT"}, "no table": {"name": "TEXT"}},
        relations={"Order": {"company": "company"}, "empty": {}, "no table": {}},
        links=(
            LinkTable(
                table="a__b",
                limetype="Order",
                property="b",
                related="empty",
                columns=("a", "b"),
            ),
        ),
    )
    with opened_server(URL, Progress()) as server:
        url = server.fresh(file)
        before, after = read_snapshot(file, model), read_snapshot(url, model)
        assert not any(
            each.created or each.updated or each.deleted
            for each in DatabaseChange(before, after).effect().values()
        )
        assert len(after.tables["Order"].ids) == 12_000
        assert after.pairs["a__b"][0].tolist() == [1, NO_ID]
        with closing(Address.parse(url).connect()) as connection:
            connection.execute('UPDATE "Order" SET "select" = \'\' WHERE id = 1')
            connection.execute('ALTER TABLE "Order" ALTER company TYPE text')
        changed = DatabaseChange(before, read_snapshot(url, model)).effect()
    assert changed["Order"].updated == 1


@services
def test_every_value_survives_copying_to_the_server_and_back(
    admin: Any, file: Path, tmp_path: Path
) -> None:
    with opened_server(URL, Progress()) as server:
        server.fresh(file)
        server.copy_back(tmp_path / "back.sqlite")
    assert table_contents(tmp_path / "back.sqlite") == table_contents(file)


@services
def test_indexes_are_created_and_a_row_without_an_id_gets_the_next_id(
    admin: Any, file: Path
) -> None:
    with (
        opened_server(URL, Progress()) as server,
        closing(Address.parse(server.fresh(file)).connect()) as connection,
    ):
        found = connection.execute("SELECT indexdef FROM pg_indexes").fetchall()
        shapes = [text.partition(" ON ")[2] for (text,) in found]
        for shape in ("(id)", "(number)", "(company)", "(a)"):
            assert any(each.endswith(shape) for each in shapes), shapes
        insert = 'INSERT INTO "Order" (number) VALUES (1) RETURNING id'
        assert connection.execute(insert).fetchone() == (12_001,)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(insert)


@services
def test_each_run_gets_a_fresh_copy(admin: Any, file: Path, tmp_path: Path) -> None:
    with opened_server(URL, Progress()) as server:
        first = server.fresh(file)
        with closing(Address.parse(first).connect()) as connection:
            connection.execute('DELETE FROM "Order"')
        server.drop()
        assert server.fresh(file) != first
        server.copy_back(tmp_path / "second.sqlite")
    assert table_contents(tmp_path / "second.sqlite") == table_contents(file)


@services
def test_each_run_gets_the_content_of_its_own_file(
    admin: Any, file: Path, tmp_path: Path
) -> None:
    before = limerun_databases(admin)
    smaller = tmp_path / "smaller.sqlite"
    shutil.copy(file, smaller)
    with closing(sqlite3.connect(smaller)) as database, database:
        database.execute('DELETE FROM "Order" WHERE id % 2 = 0')
    with opened_server(URL, Progress()) as server:
        for each in (file, smaller, file, smaller):
            server.fresh(each)
            server.copy_back(tmp_path / "back.sqlite")
            assert table_contents(tmp_path / "back.sqlite") == table_contents(each)
            (tmp_path / "back.sqlite").unlink()
            server.drop()
    assert limerun_databases(admin) <= before


@services
def test_the_database_is_dropped_even_if_a_worker_is_still_connected(
    admin: Any, file: Path
) -> None:
    before = limerun_databases(admin)
    with opened_server(URL, Progress()) as server:
        worker = Address.parse(server.fresh(file)).connect()
        worker.execute("BEGIN")
        worker.execute('LOCK TABLE "Order"')
        assert len(limerun_databases(admin) - before) == 2
    assert limerun_databases(admin) <= before
    with pytest.raises(psycopg.OperationalError):
        worker.execute("SELECT 1")
    worker.close()


@services
def test_the_database_is_dropped_after_an_error(admin: Any) -> None:
    before = limerun_databases(admin)

    def fail() -> None:
        with opened_server(URL, Progress()) as server:
            server.fresh(None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert limerun_databases(admin) <= before


@services
def test_leftovers_of_a_killed_limerun_are_dropped_but_databases_in_use_are_kept(
    admin: Any,
) -> None:
    address = Address.parse(URL)
    with closing(address.connect()) as home:
        places = places_on(home, address)
        left = places.claim()
        places.create(left)
    with opened_server(URL, Progress()) as living:
        used = name_in(living.fresh(None))
        with opened_server(URL, Progress()):
            assert used in limerun_databases(admin)
        assert used in limerun_databases(admin)
        assert left not in limerun_databases(admin)


@services
def test_leftovers_with_open_connections_are_kept(admin: Any) -> None:
    address = Address.parse(URL)
    with closing(address.connect()) as home:
        places = places_on(home, address)
        left = places.claim()
        places.create(left)
        inside = places.address(left).connect()
    with closing(inside), opened_server(URL, Progress()):
        assert left in limerun_databases(admin)
    with opened_server(URL, Progress()):
        assert left not in limerun_databases(admin)


@services
def test_the_database_of_a_run_that_connected_through_another_database_is_kept(
    admin: Any,
) -> None:
    other = Address.parse(URL).within("x", database="postgres", schema="public")
    with opened_server(URL, Progress()) as living:
        used = name_in(living.fresh(None))
        with opened_server(other.url(), Progress()):
            assert used in limerun_databases(admin)
        assert used in limerun_databases(admin)


@pytest.fixture
def restricted_url(admin: Any) -> Iterator[str]:
    """The URL of an empty database, for a role that may only create schemas in it."""
    try:
        admin.execute(f"CREATE ROLE {POOR} LOGIN PASSWORD 'poor'")
    except psycopg.errors.InsufficientPrivilege:
        pytest.skip("the server's role may not create roles")
    try:
        admin.execute(f"CREATE DATABASE {POOR}")
        admin.execute(f"GRANT CREATE ON DATABASE {POOR} TO {POOR}")
        scheme, _, server = URL.partition("://")
        host = server.rpartition("@")[2].rpartition("/")[0]
        yield f"{scheme}://{POOR}:poor@{host}/{POOR}"
    finally:
        admin.execute(f"DROP DATABASE IF EXISTS {POOR} WITH (FORCE)")
        admin.execute(f"DROP ROLE {POOR}")


def schemas(url: str, *statements: str) -> set[str]:
    """Run statements as the owner of the server; return the schemas of limerun."""
    database = Address.parse(url).database
    as_admin = Address.parse(URL).within("x", database=database, schema="public")
    with closing(as_admin.connect()) as connection:
        for statement in statements:
            connection.execute(statement)
        return limerun_databases(connection)


@services
def test_a_role_that_may_not_create_databases_gets_schemas_in_its_empty_database(
    restricted_url: str, file: Path, tmp_path: Path
) -> None:
    with opened_server(restricted_url, Progress()) as server:
        for run in ("first", "second"):
            url = server.fresh(file)
            with closing(Address.parse(url).connect()) as worker:
                server.copy_back(tmp_path / run)
                worker.execute("BEGIN")
                worker.execute('DELETE FROM "Order"')
                server.drop()
            assert table_contents(tmp_path / run) == table_contents(file)
        assert Address.parse(url).database == POOR
        with opened_server(restricted_url, Progress()):
            pass
    assert not schemas(restricted_url)


@services
def test_no_schema_is_created_in_a_database_with_tables_of_others(
    restricted_url: str,
) -> None:
    schemas(restricted_url, "CREATE TABLE mine (a int)")
    with (
        pytest.raises(
            DatasetError, match=r"such as public\.mine; name an empty database"
        ),
        opened_server(restricted_url, Progress()),
    ):
        pass
    assert not schemas(restricted_url)


@services
def test_a_role_without_create_permissions_is_refused(restricted_url: str) -> None:
    schemas(restricted_url, f"REVOKE CREATE ON DATABASE {POOR} FROM {POOR}")
    with (
        pytest.raises(DatasetError, match="may create neither databases nor schemas"),
        opened_server(restricted_url, Progress()),
    ):
        pass


def test_an_unreachable_server_is_reported_without_the_password() -> None:
    url = "postgresql+psycopg://me:s3cr%40t@127.0.0.1:1/db"
    with (
        pytest.raises(DatasetError, match=r"me@127\.0\.0\.1:1/db") as refused,
        opened_server(url, Progress()),
    ):
        pass
    assert "s3cr" not in str(refused.value)


def test_names_too_long_for_postgresql_are_refused() -> None:
    name = "a" * 60 + "åä"
    plan = plan_of({"company": {name: {"type": "string"}}}, {"company": 1})
    with pytest.raises(DatasetError, match=name):
        check_names(check_plan(plan, {}))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://me:p%40%2Fw%3A@[::1]:5433/d%C3%A5?sslmode=require",
        "postgresql://host/db",
        "postgresql+psycopg2:///db?host=%2Ftmp",
    ],
)
def test_a_url_is_the_same_after_parsing_and_building(url: str) -> None:
    address = Address.parse(url)
    assert address.url() == url
    assert Address.parse(address.url()) == address


def test_the_schema_is_added_to_any_existing_search_path() -> None:
    address = Address.parse("postgresql://host/db?options=-csearch_path%3Dmine")
    place = address.within("limerun_1", database="other", schema="public")
    assert place.options["options"] == "-csearch_path=mine -csearch_path=public"
    assert "%20-csearch_path%3Dpublic" in place.url()
