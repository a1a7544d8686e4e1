"""Statements of SQLAlchemy are counted by text and line, without values."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    Engine,
    column,
    create_engine,
    event,
    insert,
    select,
    table,
    text,
)
from sqlalchemy.exc import IntegrityError

from limerun.lime.install import install
from limerun.worker.callsite import CallSites
from limerun.worker.counters import (
    COMMITS,
    DATABASE_NS,
    FAILED,
    HAS_STATEMENTS,
    MAX_OBJECTS,
    READS,
    STATEMENTS_UNSEEN,
    TRANSACTIONS,
    WRITES,
)
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements import database_time
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.statements.text import is_page, kind_of
from limerun.worker.task_thread import TaskThread

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
    counters: "memoryview[int]",
    engine: Engine,
    listen: Callable[[StatementRecorder], None],
) -> StatementRecorder:
    made = StatementRecorder(
        counters, CallSites(str(Path(__file__).parent)), TaskThread()
    )
    listen(made)
    return made


def test_reads_writes_and_commits_are_counted_separately(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), [{"number": str(i)} for i in range(50)])
    with engine.connect() as connection:
        connection.execute(select(CONTRACT)).all()
    assert counters[HAS_STATEMENTS] == 1
    assert (counters[READS], counters[WRITES], counters[COMMITS]) == (1, 1, 1)
    assert (counters[TRANSACTIONS], counters[MAX_OBJECTS]) == (1, 50)


def test_a_statement_is_attributed_to_the_line_in_the_users_code_that_sent_it(
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
    assert (
        site[2]
        == "test_a_statement_is_attributed_to_the_line_in_the_users_code_that_sent_it"
    )
    assert seconds > 0
    assert "WHERE" in sent


def test_a_statement_from_several_places_is_attributed_to_each(
    engine: Engine, recorder: StatementRecorder
) -> None:
    def ask(depth: int) -> None:
        if depth:
            ask(depth - 1)
        else:
            connection.execute(query)

    def answer(*_: object) -> None:
        """Called by SQLAlchemy, as deep in the stack as `ask` is."""
        if len(calls) == 1:
            calls.append("answer")
            connection.execute(query)

    query = select(CONTRACT)
    calls = ["ask"]
    with engine.connect() as connection:
        for depth in (0, 0, 3, 0, 1, 1):
            ask(depth)
        connection.execute(query)
        event.listen(engine, "before_cursor_execute", answer)
        connection.execute(query)
        event.remove(engine, "before_cursor_execute", answer)
    told: Any = recorder.summary()
    counts: dict[str, int] = {}
    for sent in told["statements"]:
        counts[sent[1][2]] = counts.get(sent[1][2], 0) + sent[2]
    name = "test_a_statement_from_several_places_is_attributed_to_each"
    assert counts == {"ask": 6, name: 2, "answer": 1}


def test_parameter_values_are_never_stored(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), {"number": "19121212-1212"})
    assert "19121212" not in str(recorder.summary())


def test_statements_that_differ_only_in_their_values_are_counted_together(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.connect() as connection:
        for number in range(2_000):
            connection.execute(text(f"SELECT * FROM contract WHERE number='{number}'"))
    told: Any = recorder.summary()
    [[sent, _, calls, _, _]] = told["statements"]
    assert (sent, calls) == ("SELECT * FROM contract WHERE number=?", 2_000)
    assert told["distinct"] == 1


def test_a_rollback_does_not_count_as_a_transaction(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT), {"number": "1"})
        connection.rollback()
    assert (counters[TRANSACTIONS], counters[COMMITS]) == (0, 0)


def test_savepoints_and_pragmas_do_not_count_as_queries(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection, connection.begin_nested():
        connection.execute(text("PRAGMA user_version"))
    assert (counters[READS], counters[WRITES]) == (0, 0)


def test_the_line_of_a_commit_is_recorded(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT), {"number": "1"})
        connection.commit()
    site: Any = recorder.summary()["commit_site"]
    assert site[2] == "test_the_line_of_a_commit_is_recorded"


@pytest.mark.parametrize("times", [1, 3])
def test_a_statement_refused_by_the_database_is_counted_with_its_line(
    engine: Engine,
    recorder: StatementRecorder,
    counters: "memoryview[int]",
    times: int,
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), {"id": 1})
        for _ in range(times):
            with pytest.raises(IntegrityError):
                connection.execute(insert(CONTRACT), {"id": 1})
    assert (counters[WRITES], counters[FAILED]) == (1 + times, times)
    statements: Any = recorder.summary()["statements"]
    assert sorted(each[2] for each in statements) == [1, times]
    assert {each[1][0] for each in statements} == {__file__}


def test_many_rows_refused_together_count_as_one_statement(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(insert(CONTRACT), [{"id": 1}, {"id": 2}, {"id": 1}])
    assert (counters[WRITES], counters[FAILED]) == (1, 1)


def test_a_statement_interrupted_by_an_exception_is_counted(
    recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.create_function("interrupt", 0, interrupt)
        # SQLite raises another error instead; the statement is still counted.
        with pytest.raises(Exception, match="raised exception"):
            connection.execute(text("SELECT interrupt()")).all()
    engine.dispose()
    assert counters[READS] == 1


def test_a_failure_of_an_engine_created_before_the_recorder_is_counted(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.connect() as connection, pytest.raises(Exception, match="no such"):
        connection.execute(text("SELECT * FROM nowhere"))
    assert (counters[READS], counters[FAILED]) == (1, 1)


def test_the_rows_of_a_read_are_counted_whichever_way_they_are_fetched(
    engine: Engine, recorder: StatementRecorder
) -> None:
    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), [{"number": str(i)} for i in range(9)])
        connection.execute(select(CONTRACT)).all()
        list(connection.execute(select(CONTRACT)))
        connection.execute(select(CONTRACT)).fetchmany(4)
        connection.execute(select(CONTRACT)).first()
        result = connection.execute(select(CONTRACT))
        next(iter(result))
        result.close()
    told: Any = recorder.summary()
    fetched = {
        sent[1][1]: read[0]
        for sent, read in zip(told["statements"], told["statement_reads"], strict=True)
        if sent[4] is None
    }
    assert [fetched[line] for line in sorted(fetched)] == [9, 9, 4, 1, 1]


def test_a_read_inside_a_loop_over_another_read_is_counted_as_nested(
    engine: Engine, recorder: StatementRecorder
) -> None:
    def ask(connection: Any) -> None:
        connection.execute(select(CONTRACT.c.number)).all()

    with engine.begin() as connection:
        connection.execute(insert(CONTRACT), [{"number": str(i)} for i in range(5)])
        for _ in connection.execute(select(CONTRACT)):
            ask(connection)
        ask(connection)
    told: Any = recorder.summary()
    [[calls, (_, nested, _, _, chain)]] = [
        (sent[2], read)
        for sent, read in zip(told["statements"], told["statement_reads"], strict=True)
        if sent[1][2] == "ask"
    ]
    assert (calls, nested) == (6, 5)
    name = "test_a_read_inside_a_loop_over_another_read_is_counted_as_nested"
    assert next(function for _, _, function in chain) == name


def test_a_forked_child_counts_nothing_but_reports_unseen_statements(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    recorder.leave_to_parent()
    assert not counters[STATEMENTS_UNSEEN]
    with engine.begin() as connection:
        connection.execute(text("PRAGMA user_version"))
        assert not counters[STATEMENTS_UNSEEN]
        connection.execute(select(CONTRACT)).all()
    assert counters[STATEMENTS_UNSEEN] == 1
    assert (counters[READS], counters[COMMITS]) == (0, 0)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("select 1", READS),
        ("  (SELECT 1)", READS),
        ("/* who */ SELECT 1", READS),
        ("-- who\nselect 1", READS),
        ("WITH a AS (SELECT 1) SELECT * FROM a", READS),
        ("WITH a AS (SELECT 1)\nINSERT  INTO b SELECT * FROM a", WRITES),
        ("VALUES (1)", READS),
        ("insert into a values (1)", WRITES),
        ("CALL refresh()", WRITES),
        ("COPY a FROM STDIN", WRITES),
        ("selec 1", WRITES),
        ("CREATE TABLE a (b int)", None),
        ("SAVEPOINT a", None),
        ("PRAGMA user_version", None),
        ("SET search_path = a", None),
        ("", None),
    ],
)
def test_the_first_word_determines_the_kind_of_a_statement(
    statement: str, kind: int | None
) -> None:
    assert kind_of(statement) == kind


@pytest.mark.parametrize(
    ("statement", "paged"),
    [
        ("SELECT a FROM b LIMIT ? OFFSET ?", True),
        ("select top 5 a from b", True),
        ("SELECT a FROM b FETCH FIRST 5 ROWS ONLY", True),
        ("SELECT a FROM limits", False),
    ],
)
def test_a_paged_read_is_recognized_by_its_keywords(
    statement: str, paged: bool
) -> None:
    assert is_page(statement) is paged


def test_rows_returned_by_an_insert_count_as_written_objects(
    engine: Engine, recorder: StatementRecorder, counters: "memoryview[int]"
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO contract (number) VALUES ('1'), ('2') RETURNING id")
        ).all()
    assert counters[TRANSACTIONS] == 1
    assert counters[MAX_OBJECTS] >= 1


def test_the_latency_of_the_stand_in_counts_as_database_time(
    recorder: StatementRecorder,
    counters: "memoryview[int]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install()
    from lime_application.database import make_engine

    seconds = [5.0]

    def sleep(more: float) -> None:
        seconds[0] += more

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(database_time, "now", lambda: seconds[0])
    engine = make_engine("sqlite://", 3.0)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.commit()
    engine.dispose()
    assert round(counters[DATABASE_NS] / 1e9) == 6
