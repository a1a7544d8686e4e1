"""Twelve tasks over a file, whose durations `estimate` predicts."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import growing


def _rows(path: str) -> int:
    with Path(path).open() as file:
        return sum(1 for _ in file)


def parse(path: str) -> int:
    return growing.parse_lines(_rows(path))


def start_then_parse(path: str) -> int:
    return growing.start_then_parse(_rows(path))


def sort(path: str) -> int:
    return growing.sort_rows(_rows(path))


def search_a_list(path: str) -> int:
    return growing.search_a_list(_rows(path))


def chase_pointers(path: str) -> int:
    return growing.chase_pointers(_rows(path))


def keep_objects(path: str) -> int:
    return growing.keep_objects(_rows(path))


def pop_from_the_front(path: str) -> int:
    return growing.pop_from_the_front(_rows(path))


def insert_sorted(path: str) -> int:
    return growing.insert_sorted(_rows(path))


def wait_for_each(path: str) -> int:
    rows = _rows(path)
    for _ in range(rows):
        time.sleep(0.001)
    return rows


def ask_with_index(path: str) -> None:
    connection = _database("sqlite://")
    query = _sql("SELECT name FROM item WHERE id = :id")
    draw = random.Random(2).randrange
    for _ in range(_rows(path)):
        connection.execute(query, {"id": draw(20_000)}).scalar()


def ask_a_growing_table(path: str) -> None:
    rows = _rows(path)
    connection = _database("sqlite://", rows)
    query = _sql("SELECT id FROM item WHERE name = :name")
    draw = random.Random(2).randrange
    for _ in range(rows):
        connection.execute(query, {"name": f"item {draw(rows)}"}).scalar()


def commit_in_batches(path: str) -> None:
    with TemporaryDirectory() as folder:
        connection = _database(f"sqlite:///{Path(folder) / 'items.sqlite'}", 1)
        insert = _sql("INSERT INTO item (name) VALUES (:name)")
        for row in range(_rows(path)):
            connection.execute(insert, {"name": f"text {row}"})
            if row % 50 == 49:
                connection.commit()
        connection.commit()


@dataclass(frozen=True)
class EstimatedTask:
    """A task, and the largest size that its estimate runs."""

    task: Callable[[str], object]
    top: int


TASKS = (
    EstimatedTask(parse, 160_000),
    EstimatedTask(start_then_parse, 120_000),
    EstimatedTask(sort, 400_000),
    EstimatedTask(search_a_list, 6_000),
    EstimatedTask(chase_pointers, 240_000),
    EstimatedTask(keep_objects, 120_000),
    EstimatedTask(pop_from_the_front, 50_000),
    EstimatedTask(insert_sorted, 60_000),
    EstimatedTask(wait_for_each, 400),
    EstimatedTask(ask_with_index, 4_000),
    EstimatedTask(ask_a_growing_table, 2_000),
    EstimatedTask(commit_in_batches, 8_000),
)


def _sql(text: str) -> Any:
    from sqlalchemy import text as sql

    return sql(text)


def _database(url: str, rows: int = 20_000) -> Any:
    from sqlalchemy import create_engine

    connection = create_engine(url).connect()
    connection.exec_driver_sql("PRAGMA synchronous = OFF")
    connection.exec_driver_sql("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT)")
    connection.execute(
        _sql("INSERT INTO item (name) VALUES (:name)"),
        [{"name": f"item {number}"} for number in range(rows)],
    )
    connection.commit()
    return connection
