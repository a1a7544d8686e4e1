"""A fault happens once, at its point, and the database is left as by a real one."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, column, create_engine, insert, select, table, text
from sqlalchemy.exc import OperationalError

from limerun.worker.callsite import CallSites
from limerun.worker.counted_file import CountedFile, CountedSource, Counts
from limerun.worker.counters import FAILED, ROWS_COMMITTED
from limerun.worker.faults.injection import Faults
from limerun.worker.protocol import COUNTERS, INJECTED
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.task_thread import TaskThread

CONTRACT = table("contract", column("id"), column("number"))
MakeFault = Callable[[str, str, int], Faults]


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
def fault(
    counters: "memoryview[int]",
    engine: Engine,
    listen: Callable[[StatementRecorder], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MakeFault:
    """Return a function that injects a fault into this process."""
    monkeypatch.setattr(CountedFile, "readinto", CountedFile.readinto)

    def inject(kind: str, at: str, number: int) -> Faults:
        report = str(tmp_path / "report.json")
        request = {"kind": kind, "at": at, "number": number, "report": report}
        call_sites = CallSites(str(Path(__file__).parent))
        faults = Faults({"fault": request}, counters, call_sites)
        listen(faults.recorder(TaskThread()))
        return faults

    return inject


def insert_each(engine: Engine, *numbers: str) -> list[str]:
    """Insert rows, each in a transaction; return the numbers that failed."""
    failed = []
    for number in numbers:
        try:
            with engine.begin() as connection:
                connection.execute(insert(CONTRACT).values(number=number))
        except OperationalError as error:
            if INJECTED not in str(error):
                raise
            failed.append(number)
    return failed


def numbers_in(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(CONTRACT.c.number)).scalars())


@pytest.mark.parametrize(
    ("kind", "at"),
    [("connection", "statement"), ("lock", "write"), ("commit", "commit")],
)
def test_one_call_fails_and_the_next_one_works(
    engine: Engine,
    fault: MakeFault,
    counters: "memoryview[int]",
    tmp_path: Path,
    kind: str,
    at: str,
) -> None:
    fault(kind, at, 2)
    assert insert_each(engine, "a", "b", "c") == ["b"]
    assert numbers_in(engine) == ["a", "c"]
    assert counters[FAILED] == (kind != "commit")
    [place] = [
        function
        for file, _, function in json.loads((tmp_path / "report.json").read_bytes())
        if file == __file__ and function == "insert_each"
    ]
    assert place == "insert_each"


def test_a_lost_connection_loses_its_transaction_and_is_replaced(
    engine: Engine, fault: MakeFault
) -> None:
    fault("connection", "statement", 2)
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT).values(number="a"))
        with pytest.raises(OperationalError) as lost:
            connection.execute(insert(CONTRACT).values(number="b"))
        assert lost.value.connection_invalidated
        connection.rollback()
        connection.execute(insert(CONTRACT).values(number="c"))
        connection.commit()
    assert numbers_in(engine) == ["c"]


def test_other_errors_do_not_count_as_a_lost_connection(
    engine: Engine, fault: MakeFault
) -> None:
    fault("connection", "statement", 9)
    with engine.connect() as connection, pytest.raises(OperationalError) as wrong:
        connection.execute(text("SELECT no_such_column FROM contract"))
    assert not wrong.value.connection_invalidated


@pytest.mark.parametrize(
    ("at", "number", "left"),
    [
        ("write", 3, ["a", "b"]),
        ("commit", 3, ["a", "b"]),
        ("committed", 3, ["a", "b", "c"]),
        ("committed", 9, ["a", "b", "c", "d"]),
    ],
)
def test_a_kill_leaves_the_committed_rows(
    engine: Engine, fault: MakeFault, at: str, number: int, left: list[str]
) -> None:
    engine.dispose()  # a child must not use its parent's connections
    child = os.fork()
    if not child:
        fault("kill", at, number)
        insert_each(engine, "a", "b", "c", "d")
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) == (number < 9)
    assert numbers_in(engine) == left


def test_a_forked_child_has_no_fault(engine: Engine, fault: MakeFault) -> None:
    fault("kill", "write", 1)
    engine.dispose()
    child = os.fork()
    if not child:
        os._exit(len(insert_each(engine, "a")))
    assert os.waitpid(child, 0)[1] == 0
    assert numbers_in(engine) == ["a"]


def test_a_kill_at_a_row_happens_when_the_next_row_is_read(
    fault: MakeFault,
    counters: "memoryview[int]",
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("1\n2\n3\n4", encoding="utf-8")
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _, number: killed.append(number))
    fault("kill", "row", 2)
    source = CountedSource(str(path), 4, Counts(counters))
    file = CountedFile(str(path), "r", source, in_blocks=False)
    buffer = bytearray(100)
    assert [file.readinto(buffer) for _ in range(2)] == [2, 2]
    assert not killed
    with pytest.raises(AttributeError):  # the real signal would have ended it here
        file.readinto(buffer)
    assert killed == [signal.SIGKILL]
    assert [file.readinto(buffer) for _ in range(3)] == [2, 1, 0]
    file.close()


def test_committed_rows_are_counted(
    engine: Engine, fault: MakeFault, counters: "memoryview[int]"
) -> None:
    fault("commit", "commit", 9)
    insert_each(engine, "a", "b")
    with engine.connect() as connection:
        connection.execute(insert(CONTRACT).values(number="c"))
        connection.rollback()
    assert counters[ROWS_COMMITTED] == 2
