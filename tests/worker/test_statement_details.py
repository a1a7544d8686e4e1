"""Repeated statements are recognized by a digest that cannot be reversed."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

from limerun.worker.callsite import CallSites
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements import database_time
from limerun.worker.statements.details import DetailedRecorder
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.task_thread import TaskThread

FIND = text("SELECT id FROM contract WHERE number = :number")


class Clock:
    """Seconds that pass where a statement calls `a_second`."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def a_second(self, value: object) -> object:
        self.now += 1
        return value


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (database_time, sys.modules[DetailedRecorder.__module__]):
        monkeypatch.setattr(module, "now", made)
    monkeypatch.setattr(TaskThread, "delay_ns_alone", lambda _: None)
    return made


@pytest.fixture
def engine(tmp_path: Path, clock: Clock) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/db.sqlite")

    @event.listens_for(made, "connect")
    def add_function(connection: Any, _record: object) -> None:
        connection.create_function("a_second", 1, clock.a_second)

    with made.begin() as connection:
        for table in ("contract", "company"):
            connection.execute(
                text(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, number TEXT)")
            )
        rows = [{"number": str(number)} for number in range(10)]
        connection.execute(text("INSERT INTO contract (number) VALUES (:number)"), rows)
    yield made
    made.dispose()


@pytest.fixture
def recorder(
    engine: Engine, listen: Callable[[StatementRecorder], None], clock: Clock
) -> DetailedRecorder:
    counters = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    made = DetailedRecorder(
        counters, CallSites(str(Path(__file__).parent)), TaskThread()
    )
    listen(made)
    return made


@pytest.fixture
def connection(engine: Engine, recorder: DetailedRecorder) -> Iterator[Connection]:
    with engine.connect() as made:
        yield made


def details(recorder: DetailedRecorder, word: str) -> tuple[int, int, int]:
    """Return rows read, repeats and transactions of the statements with a word."""
    told: Any = recorder.summary()
    found = [
        each
        for statement, each in zip(
            told["statements"], told["statement_details"], strict=True
        )
        if word in statement[0]
    ]
    rows, repeats, transactions = (sum(each) for each in zip(*found, strict=True))
    return rows, repeats, transactions


def find(connection: Connection, *numbers: str) -> None:
    for number in numbers:
        connection.execute(FIND, {"number": number}).fetchall()


def test_a_statement_with_the_same_parameters_is_a_repeat(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    find(connection, "1", "2", "1", "1", "nobody")
    assert details(recorder, "WHERE number") == (4, 2, 1)


def test_a_statement_with_other_parameters_is_not_a_repeat(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    find(connection, "1", "2", "3")
    assert details(recorder, "WHERE number")[1] == 0


def test_a_write_to_the_same_table_ends_the_repeats(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    find(connection, "1")
    connection.execute(text("UPDATE contract SET number = '1' WHERE id = 3"))
    find(connection, "1")
    assert details(recorder, "WHERE number")[1] == 0


def test_a_write_to_another_table_does_not_end_the_repeats(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    find(connection, "1")
    connection.execute(text("INSERT INTO company (number) VALUES ('1')"))
    find(connection, "1")
    assert details(recorder, "WHERE number")[1] == 1


def test_fetched_rows_are_counted_whichever_way_they_are_fetched(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    everything = text("SELECT number FROM contract ORDER BY id")
    connection.execute(everything).fetchall()
    assert connection.execute(everything).fetchone() is not None
    connection.execute(everything).fetchmany(3)
    assert details(recorder, "ORDER BY id")[0] == 10 + 1 + 3


def test_the_time_of_a_statement_includes_fetching_its_rows(
    connection: Connection, recorder: DetailedRecorder, clock: Clock
) -> None:
    for _ in connection.execute(text("SELECT a_second(id) FROM contract")).fetchall():
        clock.now += 100  # the task's own
    told: Any = recorder.summary()
    [seconds] = [each[3] for each in told["statements"] if "a_second" in each[0]]
    assert seconds == 10


def test_the_transactions_in_which_a_statement_is_sent_are_counted(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    for number in range(3):
        find(connection, str(number), str(number + 1))
        connection.execute(text("INSERT INTO company (number) VALUES ('1')"))
        connection.commit()
    assert details(recorder, "WHERE number")[2] == 3


def test_neither_parameter_values_nor_their_digests_are_reported(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    find(connection, "19121212-1212")
    kept = repr([vars(recorder), recorder.summary()])
    assert "19121212" not in kept
    assert not any("digest" in name for name in recorder.summary())


def test_each_recorder_uses_a_different_key(engine: Engine) -> None:
    counters = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    sites = CallSites(None)
    one, other = (
        DetailedRecorder(counters, sites, TaskThread()),
        DetailedRecorder(counters, sites, TaskThread()),
    )
    assert one._key != other._key


def test_a_parameter_without_a_stable_text_is_never_a_repeat(
    connection: Connection, recorder: DetailedRecorder
) -> None:
    for _ in range(2):
        connection.execute(FIND, {"number": memoryview(b"1")}).fetchall()
    assert details(recorder, "WHERE number")[1] == 0
