"""What SQLAlchemy sends is counted by text and line, and never its values."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, create_engine, event, insert, select, table, text

from limerun.worker.callsite import CallSites
from limerun.worker.counters import (
    COMMITS,
    HAS_STATEMENTS,
    MAX_OBJECTS,
    READS,
    TRANSACTIONS,
    WRITES,
)
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements import StatementRecorder

CONTRACT = table("contract", column("id"), column("number"))


@pytest.fixture
def counters() -> "memoryview[int]":
    return memoryview(bytearray(8 * len(COUNTERS))).cast("Q")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path}/db.sqlite")
    with made.begin() as connection:
        connection.execute(
            text("CREATE TABLE contract (id INTEGER PRIMARY KEY, number TEXT)")
        )
    yield made
    made.dispose()


@pytest.fixture
def recorder(
    counters: "memoryview[int]", engine: Engine
) -> Iterator[StatementRecorder]:
    made = StatementRecorder(counters, CallSites(str(Path(__file__).parent)))
    made.listen()
    yield made
    for name, listener in (
        ("before_cursor_execute", made._before),
        ("after_cursor_execute", made._after),
        ("commit", made._committed),
        ("rollback", made._rolled_back),
    ):
        event.remove(Engine, name, listener)


def test_reads_writes_and_commits_are_told_apart(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), [{"number": str(i)} for i in range(50)])
    with engine.connect() as connection:
        connection.execute(select(CONTRACT)).all()
    assert counters[HAS_STATEMENTS] == 1
    assert (counters[READS], counters[WRITES], counters[COMMITS]) == (1, 1, 1)
    assert (counters[TRANSACTIONS], counters[MAX_OBJECTS]) == (1, 50)


def test_a_statement_is_known_by_the_user_s_line_that_sent_it(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.connect() as connection:
        for number in range(3):
            connection.execute(select(CONTRACT).where(CONTRACT.c.number == str(number)))
    summary = recorder.summary()
    statements: Any = summary["statements"]
    [[sent, site, calls, seconds, _]] = statements
    assert calls == 3
    assert site[0] == __file__
    assert site[2] == "test_a_statement_is_known_by_the_user_s_line_that_sent_it"
    assert seconds > 0
    assert "WHERE" in sent


def test_parameters_are_never_kept(engine: Engine, recorder: StatementRecorder) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), {"number": "19121212-1212"})
    assert "19121212" not in str(recorder.summary())


def test_a_rollback_is_no_transaction(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT), {"number": "1"})
        connection.rollback()
    assert (counters[TRANSACTIONS], counters[COMMITS]) == (0, 0)


def test_savepoints_and_pragmas_are_not_the_task_s_queries(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection, connection.begin_nested():
        connection.execute(text("PRAGMA user_version"))
    assert (counters[READS], counters[WRITES]) == (0, 0)


def test_the_line_that_commits_is_known(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT), {"number": "1"})
        connection.commit()
    site: Any = recorder.summary()["commit_site"]
    assert site[2] == "test_the_line_that_commits_is_known"
