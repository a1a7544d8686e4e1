"""The cost of the statement recorder per statement.

Each figure is taken in a fresh process: `python -m tests.bench.recorder core counted PATH`.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, Pool
from sqlalchemy.engine import CursorResult
from sqlalchemy.engine.default import DefaultDialect

from limerun.worker.callsite import CallSites
from limerun.worker.protocol import COUNTERS
from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.statements.sqlalchemy_patches import with_subclasses
from limerun.worker.task_thread import TaskThread
from tests.bench.figures import figure, heading
from tests.bench.stand_in import fill, open_core

ROWS = 100
STATEMENTS = 100
ROUNDS = 200
PROCESSES = 5


def core(path: Path) -> Callable[[int], object]:
    """Return a function that sends a statement through SQLAlchemy Core."""
    from sqlalchemy import column, create_engine, select, table

    connection = create_engine(f"sqlite:///{path}").connect()
    query: Any = select(column("name")).select_from(table("company")).limit(1)
    return lambda _: connection.execute(query).fetchall()


def stand_in(path: Path) -> Callable[[int], object]:
    """Return a function that reads an object of the stand-in with one statement."""
    company: Any = open_core(path).limetypes.company
    return lambda number: company.get(number % ROWS + 1)


SENDERS = {"core": core, "stand_in": stand_in}


def microseconds(sender: str, kind: str, path: Path) -> tuple[float, float]:
    """Return the CPU time of a statement, bare, and what recording it adds.

    Rounds without and with the recorder alternate, so that what else the machine does
    slows both; each is the quickest of its rounds.

    Args:
        sender: A name in `SENDERS`.
        kind: "counted" or, with the line that sent it, "located".
        path: The database.
    """
    send = SENDERS[sender](path)
    send(0)
    patched = (
        *with_subclasses(DefaultDialect),
        *(Connection, Engine, Pool, CursorResult),
    )
    before = [dict(vars(each)) for each in patched]
    sites = CallSites(str(Path(__file__).parent)) if kind == "located" else None
    counters = memoryview(bytearray(8 * len(COUNTERS))).cast("Q")
    StatementRecorder(counters, sites, TaskThread()).listen()
    places = [
        (each, name, old[name], new)
        for each, old in zip(patched, before, strict=True)
        for name, new in vars(each).items()
        if name in old and old[name] is not new
    ]
    rounds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for records, taken in rounds.items():
            for each, name, old, new in places:
                setattr(each, name, new if records else old)
            taken.append(_round(send))
    bare, recorded = (min(each) for each in rounds.values())
    return bare, recorded - bare


def _round(send: Callable[[int], object]) -> float:
    began = time.thread_time()
    for number in range(STATEMENTS):
        send(number)
    return (time.thread_time() - began) / STATEMENTS * 1e6


def recorder() -> None:
    """Print the additional cost of a statement that is recorded."""
    heading("The statement recorder, for each statement")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lime.sqlite"
        fill(path, ROWS)
        _cost("Core, counted", "core", "counted", path, 8)
        _cost("stand-in, with the line that sent it", "stand_in", "located", path, 16)


def _cost(what: str, sender: str, kind: str, path: Path, most: int) -> None:
    pairs = [_measure(sender, kind, path) for _ in range(PROCESSES)]
    bare, cost = (statistics.median(each) for each in zip(*pairs, strict=True))
    figure(
        f"{what} ({bare:.0f} us bare)",
        f"+{cost:.1f} us",
        f"at most {most} us",
        cost <= most,
    )


def _measure(*arguments: str | Path) -> tuple[float, float]:
    command = [sys.executable, "-m", __spec__.name, *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    bare, more = map(float, ran.stdout.split())
    return bare, more


if __name__ == "__main__":
    taken = microseconds(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    sys.stdout.write("{} {}".format(*taken))
