"""Recorders of statements that are removed after each test."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, Pool
from sqlalchemy.engine import CursorResult, cursor
from sqlalchemy.engine.default import DefaultDialect

from limerun.worker.statements.recorder import StatementRecorder
from limerun.worker.statements.sqlalchemy_patches import with_subclasses

_RESULT = ("_fetchall_impl", "_fetchmany_impl", "_fetchone_impl", "_fetchiter_impl")
_STRATEGY = ("fetchone", "fetchmany", "fetchall")

_DIALECT = (
    *("do_execute", "do_executemany", "do_execute_no_params"),
    *("do_commit", "do_rollback", "do_commit_twophase", "do_rollback_twophase"),
    *("do_savepoint", "do_release_savepoint", "do_rollback_to_savepoint"),
    "is_disconnect",
)

Listen = Callable[[StatementRecorder], None]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Let a recorder listen until the test is over."""
    places: list[tuple[type, str]] = [(CursorResult, name) for name in _RESULT]
    places += [
        (Engine, "raw_connection"),
        (Pool, "connect"),
        (Connection, "connection"),
    ]
    places += [(cursor.CursorFetchStrategy, name) for name in _STRATEGY]
    places += [
        (dialect, name)
        for dialect in with_subclasses(DefaultDialect)
        for name in _DIALECT
    ]
    before = [
        (place, name, vars(place)[name])
        for place, name in places
        if name in vars(place)
    ]
    yield lambda recorder: recorder.listen()
    for place, name, function in before:
        setattr(place, name, function)
    if "__init_subclass__" in vars(DefaultDialect):  # not if only a fork listened
        del DefaultDialect.__init_subclass__
