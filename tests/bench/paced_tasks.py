"""Tasks that read one row after the other, at a steady or a changing pace."""

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory


def parse(path: str) -> int:
    return sum(len(json.loads(line)) * _compute(1_000) for line in _lines(path))


def start_then_parse(path: str) -> int:
    return _compute(40_000_000) + parse(path)


def query_with_index(path: str) -> int:
    return _ask(path, 200_000, index=True)


def query_without_index(path: str) -> int:
    return _ask(path, 5_000, index=False)


def insert_in_batches(path: str) -> None:
    with TemporaryDirectory() as folder, closing(_database(f"{folder}/d")) as database:
        for number, line in enumerate(_lines(path)):
            values = (number, json.loads(line)["name"] * 20)
            database.execute("INSERT INTO t VALUES (?, ?)", values)
            if number % 50 == 49:
                database.commit()
        database.commit()


def read_in_pages(path: str) -> int:
    lines, total = _lines(path), 0
    while page := list(islice(lines, 2_000)):
        total += sum(len(json.loads(line)) * _compute(1_000) for line in page)
    return total


def keep_objects(path: str) -> int:
    kept = []
    for line in _lines(path):
        row = json.loads(line)
        kept.append({**row, "tags": [row["name"], {"of": row["number"]}], "as": [row]})
    return len(kept)


def chase_pointers(path: str) -> int:
    order = list(range(1_000_000))
    random.Random(3).shuffle(order)
    cells = [[following] for following in order]
    at = 0
    for _ in _lines(path):
        for _ in range(30):
            at = cells[at][0]
    return at


def search_a_list(path: str) -> int:
    seen: list[str] = []
    for line in _lines(path):
        number = json.loads(line)["number"]
        if number not in seen:
            seen.append(number)
    return len(seen)


def shorten_a_list(path: str) -> int:
    queue = list(range(500_000))
    for _ in _lines(path):
        for _ in range(10):
            queue.pop(0)
    return len(queue)


def grow_slowly(path: str) -> int:
    done = 0
    for line in _lines(path):
        done += (len(json.loads(line)) and _compute(100 + done // 100)) or 1
    return done


def _lines(path: str) -> Iterator[str]:
    with Path(path).open() as file:
        yield from file


def _compute(rounds: int) -> int:
    total = 0
    for i in range(rounds):
        total += i & 7
    return 1


def _database(place: str) -> sqlite3.Connection:
    database = sqlite3.connect(place)
    database.execute("CREATE TABLE t (a INTEGER, b TEXT)")
    return database


def _ask(path: str, rows: int, *, index: bool) -> int:
    with closing(_database(":memory:")) as database:
        values = ((row, f"text {row}") for row in range(rows))
        database.executemany("INSERT INTO t VALUES (?, ?)", values)
        if index:
            database.execute("CREATE INDEX i ON t (a)")
        draw = random.Random(2).randrange
        query = "SELECT b FROM t WHERE a = ?"
        return sum(
            len(database.execute(query, (draw(rows),)).fetchone()[0])
            for _ in _lines(path)
            for _ in range(20 if index else 1)
        )


SIZES = {
    parse: 600_000,
    start_then_parse: 600_000,
    query_with_index: 300_000,
    query_without_index: 150_000,
    insert_in_batches: 300_000,
    read_in_pages: 600_000,
    keep_objects: 1_500_000,
    chase_pointers: 1_200_000,
    search_a_list: 80_000,
    shorten_a_list: 50_000,
    grow_slowly: 400_000,
}
"""Each task, with rows for 20 s or more; where rows get slower, a quarter takes 3 s."""
