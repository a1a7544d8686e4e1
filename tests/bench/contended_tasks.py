"""Tasks whose duration is compared between a quiet machine and a busy one."""

import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_LOOP = "total = 0\nfor i in range({}): total += i & 7"


def compute(rounds: int = 6_000_000) -> int:
    total = 0
    for i in range(rounds):
        total += i & 7
    return total


def look_up_objects() -> int:
    held = {number: {"id": number} for number in range(400_000)}
    draw = random.Random(1).randrange
    return sum(held[draw(400_000)]["id"] for _ in range(400_000))


def read_rows() -> int:
    connection = _database("sqlite://")
    query = _sql("SELECT count(*) FROM item WHERE name LIKE :name")
    return sum(
        connection.execute(query, {"name": f"%{number}%"}).scalar() or 0
        for number in range(100)
    )


def read_one_by_one() -> int:
    connection = _database("sqlite://")
    query = _sql("SELECT name FROM item WHERE id = :id")
    return sum(
        len(connection.execute(query, {"id": number}).scalar() or "")
        for number in range(1, 4_000)
    )


def commit_rows() -> None:
    with TemporaryDirectory() as folder:
        connection = _database(f"sqlite:///{Path(folder) / 'items.sqlite'}")
        insert = _sql("INSERT INTO item (name) VALUES (:name)")
        for number in range(400):
            connection.execute(insert, {"name": str(number)})
            connection.commit()


def sleep_often() -> None:
    for _ in range(80):
        time.sleep(0.005)


def use_a_thread() -> int:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(compute).result()


def use_two_processes() -> int:
    with ProcessPoolExecutor(2) as pool:
        return sum(pool.map(compute, [3_000_000] * 2))


def start_programs() -> None:
    for _ in range(4):
        subprocess.run([sys.executable, "-c", _LOOP.format(1_500_000)], check=True)


def start_one_and_compute() -> int:
    subprocess.run(["true"], check=True)
    return compute()


SINGLE = (
    "compute",
    "look_up_objects",
    "read_rows",
    "read_one_by_one",
    "commit_rows",
    "sleep_often",
)
"""Tasks of one thread."""
SEVERAL = (
    "use_a_thread",
    "use_two_processes",
    "start_programs",
    "start_one_and_compute",
)
"""Tasks that wait for threads or processes."""


def _sql(text: str) -> Any:
    from sqlalchemy import text as sql

    return sql(text)


def _database(url: str) -> Any:
    from sqlalchemy import create_engine

    connection = create_engine(url).connect()
    connection.exec_driver_sql("PRAGMA synchronous = OFF")
    connection.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)")
    connection.execute(
        _sql("INSERT INTO item (name) VALUES (:name)"),
        [{"name": f"item {number}"} for number in range(20_000)],
    )
    connection.commit()
    return connection
