"""Tasks whose duration is compared between a quiet machine and a busy one."""

import json
import os
import random
import subprocess
import sys
import threading
import time
import zlib
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PORT = "LIMERUN_BENCH_PORT"
"""The environment variable with the port of the server that `ask_over_http` asks."""
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


def make_objects() -> int:
    return sum(len([{"id": n} for n in range(20_000)]) for _ in range(80))


def parse_json() -> int:
    text = json.dumps([{"id": n, "name": f"item {n}"} for n in range(2_000)])
    return sum(len(json.loads(text)) for _ in range(300))


def sort_text() -> int:
    names = [str(n * 7919 % 100_003) for n in range(100_000)]
    return sum(len(sorted(names)) for _ in range(15))


def compress() -> int:
    data = bytes(range(256)) * 4_000
    return sum(len(zlib.compress(data, 9)) for _ in range(60))


def write_and_read_files() -> int:
    with TemporaryDirectory() as folder:
        for number in range(4_000):
            (Path(folder) / str(number)).write_text("x" * 1_000)
        return sum(len(each.read_text()) for each in Path(folder).iterdir())


def ask_over_http() -> int:
    connection = HTTPConnection("127.0.0.1", int(os.environ[PORT]))
    for _ in range(60):
        connection.request("GET", "/")
        connection.getresponse().read()
    return 60


def start_up_and_compute() -> int:
    import decimal
    import email.mime.multipart
    import unittest.mock
    import xml.dom.minidom

    loaded = (decimal, email, unittest, xml)
    return compute(4_000_000) + len(loaded)


def compute_beside_a_heartbeat() -> int:
    over = threading.Event()
    heart = threading.Thread(target=lambda: over.wait(60))
    heart.start()
    try:
        return compute()
    finally:
        over.set()
        heart.join()


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


def use_a_pool_of_threads() -> int:
    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(compute, [1_000_000] * 6))


def sleep_in_threads() -> int:
    with ThreadPoolExecutor(8) as pool:
        return len(list(pool.map(time.sleep, [0.02] * 100)))


SINGLE = (
    "compute",
    "make_objects",
    "parse_json",
    "sort_text",
    "compress",
    "write_and_read_files",
    "ask_over_http",
    "start_up_and_compute",
    "look_up_objects",
    "read_rows",
    "read_one_by_one",
    "commit_rows",
    "sleep_often",
)
"""Tasks of one thread."""
SEVERAL = (
    "compute_beside_a_heartbeat",
    "use_a_thread",
    "use_a_pool_of_threads",
    "sleep_in_threads",
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
