"""Connections whose statements are not recorded are noticed, without false alarms."""

import dbm
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from limerun.worker.counters import DRIVER_CONNECTIONS
from limerun.worker.listening import CONNECTS, count_connects
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.task_thread import TaskThread


@pytest.fixture
def counters(listen: Callable[[StatementRecorder], None]) -> "memoryview[int]":
    made = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    listen(StatementRecorder(made, None, TaskThread()))
    return made


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/db.sqlite")
    yield made
    made.dispose()


def by_a_cursor(proxy: Any) -> None:
    proxy.cursor().execute("SELECT 1")


def by_the_proxy(proxy: Any) -> None:
    proxy.execute("SELECT 1")


def by_the_driver(proxy: Any) -> None:
    proxy.driver_connection.execute("SELECT 1")


def by_the_dbapi(proxy: Any) -> None:
    proxy.dbapi_connection.execute("SELECT 1")


def by_a_commit(proxy: Any) -> None:
    proxy.commit()


USES = [by_a_cursor, by_the_proxy, by_the_driver, by_the_dbapi, by_a_commit]


@pytest.mark.parametrize("use", USES)
def test_a_driver_connection_used_by_the_task_is_noticed(
    engine: Engine, counters: "memoryview[int]", use: Callable[[Any], None]
) -> None:
    with engine.connect() as connection:
        use(connection.connection)
    assert counters[DRIVER_CONNECTIONS] > 0


@pytest.mark.parametrize(
    "take",
    [
        lambda engine: engine.raw_connection(),
        lambda engine: engine.pool.connect(),
        lambda engine: Session(engine).connection().connection,
    ],
    ids=["from an engine", "from a pool", "from a session"],
)
def test_any_way_of_getting_the_driver_connection_is_noticed(
    engine: Engine, counters: "memoryview[int]", take: Callable[[Engine], Any]
) -> None:
    proxy = take(engine)
    assert counters[DRIVER_CONNECTIONS] == 0
    by_a_cursor(proxy)
    assert counters[DRIVER_CONNECTIONS] > 0
    proxy.close()


def test_driver_use_without_statements_is_not_counted(
    engine: Engine, counters: "memoryview[int]"
) -> None:
    with engine.connect() as connection, connection.begin():
        proxy: Any = connection.connection
        proxy.create_function("twice", 1, lambda value: 2 * value)
        assert proxy.is_valid
        assert proxy.info == {}
        assert proxy.in_transaction in (True, False)
        assert connection.execute(text("SELECT twice(2)")).scalar() == 4
        with connection.begin_nested():
            inspect(connection).get_table_names()
    engine.raw_connection().close()
    assert counters[DRIVER_CONNECTIONS] == 0


def test_events_that_prepare_a_connection_are_not_counted(
    engine: Engine, counters: "memoryview[int]"
) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        connection.cursor().execute("PRAGMA foreign_keys=ON")

    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert counters[DRIVER_CONNECTIONS] == 0


def test_a_third_party_dialect_may_use_the_driver_connection(
    engine: Engine, counters: "memoryview[int]"
) -> None:
    class Dialect(DefaultDialect):
        def asks(self, connection: Any) -> None:
            connection.connection.cursor().execute("SELECT 1")

    with engine.connect() as connection:
        Dialect().asks(connection)
    assert counters[DRIVER_CONNECTIONS] == 0


@pytest.fixture
def watched(
    counters: "memoryview[int]", monkeypatch: pytest.MonkeyPatch
) -> "memoryview[int]":
    """Count the connections of sqlite3, as if it had just been imported."""
    for module in (sqlite3, sqlite3.dbapi2):
        monkeypatch.setattr(module, "connect", sqlite3.connect)
        count_connects(module, CONNECTS["sqlite3.dbapi2"], counters)
    return counters


def test_a_connection_opened_without_sqlalchemy_is_noticed(
    watched: "memoryview[int]",
) -> None:
    sqlite3.connect(":memory:").close()
    assert watched[DRIVER_CONNECTIONS] > 0


def test_connections_opened_by_sqlalchemy_are_not_counted(
    engine: Engine, watched: "memoryview[int]"
) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    with create_engine("sqlite://", creator=lambda: sqlite3.connect("")).connect():
        pass
    assert watched[DRIVER_CONNECTIONS] == 0


def test_connections_opened_by_the_standard_library_are_not_counted(
    watched: "memoryview[int]", tmp_path: Path
) -> None:
    with dbm.open(str(tmp_path / "names"), "c") as names:
        names["a"] = "b"
    assert watched[DRIVER_CONNECTIONS] == 0


@pytest.mark.parametrize("path", ["connect", "Connection.connect", "Absent.connect"])
def test_a_watched_driver_is_called_with_the_same_arguments(
    path: str, counters: "memoryview[int]"
) -> None:
    class Connection:
        @classmethod
        def connect(cls, *given: object, **named: object) -> object:
            return cls, given, named

    class Own(Connection):
        pass

    driver: Any = ModuleType("driver")
    driver.Connection = Connection
    driver.connect = lambda *given, **named: (Own, given, named)
    count_connects(driver, path, counters)
    called = driver.connect if path == "connect" else Own.connect
    assert called(1, a=2) == (Own, (1,), {"a": 2})
    assert counters[DRIVER_CONNECTIONS] == (path != "Absent.connect")
