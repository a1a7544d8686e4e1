"""Transactions as the database sees them, without rows rolled back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, create_engine, delete, insert, table, text
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from limerun.worker.callsite import CallSites
from limerun.worker.counters import ACTED_UNSEEN, COMMITS, MAX_OBJECTS, TRANSACTIONS
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.task_thread import TaskThread

CONTRACT = table("contract", column("id"), column("number"))
ROW = insert(CONTRACT).values(number="1")


@pytest.fixture
def counters() -> "memoryview[int]":
    return memoryview(bytearray(8 * len(COUNTERS))).cast("Q")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/db.sqlite")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE contract (id INTEGER, number TEXT)"))
    yield made
    made.dispose()


@pytest.fixture
def recorder(
    counters: "memoryview[int]",
    engine: Engine,
    listen: Callable[[StatementRecorder], None],
) -> StatementRecorder:
    made = StatementRecorder(
        counters, CallSites(str(Path(__file__).parent)), TaskThread()
    )
    listen(made)
    return made


def of_sqlalchemy(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def of_the_driver(engine: Engine) -> Engine:
    return create_engine(engine.url, connect_args={"isolation_level": None})


@pytest.mark.parametrize("autocommitting", [of_sqlalchemy, of_the_driver])
def test_with_autocommit_each_write_is_a_transaction(
    engine: Engine,
    recorder: StatementRecorder,
    counters: "memoryview[int]",
    autocommitting: Callable[[Engine], Engine],
) -> None:
    with autocommitting(engine).connect() as connection:
        for _ in range(3):
            connection.execute(ROW)
        connection.commit()
        connection.execute(ROW)
        connection.rollback()
    assert (counters[COMMITS], counters[TRANSACTIONS]) == (4, 4)
    assert counters[MAX_OBJECTS] == 1
    told: Any = recorder.summary()
    assert told["transaction_sizes"] == [(1, 4)]
    assert told["commit_site"][0] == __file__


def test_rows_rolled_back_to_a_savepoint_do_not_count_as_written(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection:
        connection.execute(ROW)
        with connection.begin_nested():
            connection.execute(ROW)
        savepoint = connection.begin_nested()
        connection.execute(ROW)
        connection.begin_nested()
        connection.execute(ROW)
        with pytest.warns(match="already deassociated"):
            savepoint.rollback()
    assert (counters[TRANSACTIONS], counters[MAX_OBJECTS]) == (1, 2)


def test_statements_that_change_no_rows_do_not_count_as_a_transaction(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(CONTRACT).where(CONTRACT.c.id == 5))
    assert (counters[COMMITS], counters[TRANSACTIONS]) == (1, 0)


def test_a_two_phase_commit_counts_as_one_transaction_though_it_calls_do_commit(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    class TwoPhase(SQLiteDialect_pysqlite):
        supports_statement_cache = True

        def do_begin_twophase(self, connection: Any, xid: Any) -> None: ...

        def do_commit_twophase(
            self, connection: Any, xid: Any, *_: Any, **__: Any
        ) -> None:
            self.do_commit(connection.connection)

        def do_commit(self, connection: Any) -> None:
            above: Any = super()
            above.do_commit(connection)

    engine.dialect.__class__ = TwoPhase
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(ROW)
        transaction.commit()
    assert counters[COMMITS] == 1
    assert (counters[TRANSACTIONS], counters[MAX_OBJECTS]) == (1, 1)


def test_a_commit_sent_as_text_may_be_an_effect(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.connect() as connection:
        connection.execute(ROW)
        assert not counters[ACTED_UNSEEN]
        connection.execute(text("COMMIT"))
    assert counters[ACTED_UNSEEN]
