"""Twelve workloads with known growth, each run in a fresh process."""

import bisect
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Work = Callable[[int], object]


@dataclass(frozen=True)
class Workload:
    """A function of the number of rows, and the sizes at which it is measured."""

    name: str
    work: Work
    top: int
    """The largest size: 0.1 s or more, as `estimate` would choose, except
    where 30 times as many rows would then take minutes."""
    regular: bool
    """Nothing changes above the largest size: the runs show its growth."""


def cpu_and_memory(workload: "Workload", rows: int) -> tuple[float, int]:
    """Run a workload in a fresh process; return CPU seconds and memory growth in bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.growing", workload.name, str(rows)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    seconds, size = json.loads(done.stdout)
    return float(seconds), int(size)


def _measured(work: Work, rows: int) -> list[float]:
    Path("/proc/self/clear_refs").write_text("5")
    before = _high_water()
    began = time.process_time()
    work(rows)
    return [time.process_time() - began, _high_water() - before]


def _high_water() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


# --- the workloads -----------------------------------------------------------------


def parse_lines(rows: int) -> int:
    line = json.dumps({"number": "K-0000001", "value": 12.5, "name": "x" * 40})
    return sum(len(json.loads(line)) for _ in range(rows))


def sort_rows(rows: int) -> int:
    drawn = random.Random(1)
    return len(sorted(drawn.random() for _ in range(rows)))


def search_a_list(rows: int) -> int:
    seen: list[int] = []
    for row in range(rows):
        if row not in seen:
            seen.append(row)
    return len(seen)


def _table(rows: int, *, index: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    values = ((row, f"text {row}") for row in range(rows))
    connection.executemany("INSERT INTO t VALUES (?, ?)", values)
    if index:
        connection.execute("CREATE INDEX i ON t (a)")
    return connection


def _ask(connection: sqlite3.Connection, rows: int, most: int) -> None:
    drawn = random.Random(2)
    for _ in range(rows):
        number = drawn.randrange(most)
        connection.execute("SELECT b FROM t WHERE a = ?", (number,)).fetchone()


def ask_with_index(rows: int) -> None:
    with closing(_table(rows, index=True)) as connection:
        _ask(connection, rows, rows)


def ask_without_index(rows: int) -> None:
    with closing(_table(rows, index=False)) as connection:
        _ask(connection, rows, rows)


_full: list[sqlite3.Connection] = []


def ask_the_full_table(rows: int) -> None:
    _ask(_full[0], rows, 5_000)


def insert_in_batches(rows: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(sqlite3.connect(f"{folder}/d")) as connection,
    ):
        connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)")
        for row in range(rows):
            connection.execute("INSERT INTO t VALUES (?, ?)", (row, "text" * 5))
            if row % 50 == 49:
                connection.commit()
        connection.commit()


def chase_pointers(rows: int) -> int:
    order = list(range(rows))
    random.Random(3).shuffle(order)
    cells = [[following] for following in order]
    at = 0
    for _ in range(rows):
        at = cells[at][0]
    return at


def start_then_parse(rows: int) -> int:
    text = json.dumps([{"a": number} for number in range(15_000)])
    return len(json.loads(text)) + parse_lines(rows)


def keep_objects(rows: int) -> int:
    kept = [{"id": row, "name": f"name {row}", "tags": [row]} for row in range(rows)]
    return len(kept)


def pop_from_the_front(rows: int) -> int:
    queue = list(range(rows))
    taken = 0
    while queue:
        taken += queue.pop(0) & 1
    return taken


def collect_a_set(rows: int) -> int:
    return len({f"K-{row:07d}" for row in range(rows)})


def insert_sorted(rows: int) -> int:
    kept: list[int] = []
    drawn = random.Random(4)
    for _ in range(rows):
        bisect.insort(kept, drawn.randrange(1 << 40))
    return len(kept)


WORKLOADS = (
    Workload("linear: parse lines", parse_lines, 80_000, True),
    Workload("start-up, then linear", start_then_parse, 80_000, True),
    Workload("sort", sort_rows, 60_000, False),
    Workload("search in a list", search_a_list, 2_000, True),
    Workload("a query a row, index", ask_with_index, 40_000, True),
    Workload("a query a row, no index", ask_without_index, 1_000, True),
    Workload("a query a row, full table", ask_the_full_table, 1_200, True),
    Workload("batches of 50", insert_in_batches, 20_000, True),
    Workload("cache cliff", chase_pointers, 60_000, False),
    Workload("objects kept", keep_objects, 40_000, False),
    Workload("a set of keys", collect_a_set, 60_000, False),
    Workload("hidden pop(0)", pop_from_the_front, 12_000, False),
)


if __name__ == "__main__":
    _full.append(_table(5_000, index=False))
    [asked] = [each for each in WORKLOADS if each.name == sys.argv[1]]
    print(json.dumps(_measured(asked.work, int(sys.argv[2]))))  # noqa: T201 - its answer
