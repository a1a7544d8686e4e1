"""The process that generates parts, run inside this process over a socket."""

import os
import socket
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from typing import Any

import pytest

from limerun.dataset.output.part_worker import work
from limerun.dataset.output.parts import OutputPiece, PartMaker
from tests.dataset.plans import plan_of, recipe_of

BLOCK_ROWS = 50
DEALS = OutputPiece(name="deal", kind="table", format="csv")


@pytest.fixture
def answers() -> Callable[..., list[Any]]:
    """Send orders to a worker, and return its answers."""

    def work_through(*orders: object) -> list[Any]:
        ours, its = socket.socketpair()
        line = Connection(os.dup(ours.fileno()))
        with ours, its, line:
            for order in orders:
                line.send(order)
            ours.shutdown(socket.SHUT_WR)
            work(Connection(os.dup(its.fileno())))
            its.shutdown(socket.SHUT_WR)
            return list(_read_all(line))

    return work_through


def _read_all(line: Connection) -> Iterator[Any]:
    while True:
        try:
            said = line.recv()
        except EOFError:
            return
        if isinstance(said, Exception):
            yield said
            continue
        with os.fdopen(os.dup(line.fileno()), "rb", buffering=0) as file:
            yield b"".join(file.read(size) for size in said[0])


def test_the_worker_generates_the_same_part_as_any_other_process(
    answers: Callable[..., list[Any]],
) -> None:
    recipe = recipe_of(plan_of(rows={"company": 10, "person": 10, "deal": 200}))
    made = answers((recipe.schema, BLOCK_ROWS), (DEALS, 0, 1))
    assert made == [b"".join(PartMaker(recipe, DEALS, BLOCK_ROWS).part(0).chunks)]


def test_the_worker_reports_an_error_and_continues(
    answers: Callable[..., list[Any]],
) -> None:
    recipe = recipe_of(plan_of(rows={"company": 10, "person": 10, "deal": 10}))
    unknown = OutputPiece(name="nothing", kind="table", format="csv")
    error, part = answers((recipe.schema, BLOCK_ROWS), (unknown, 0, 1), (DEALS, 0, 1))
    assert isinstance(error, KeyError)
    assert part.count(b"\n") == 10
