"""Recorders of statements that leave nothing behind in this process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Pool, event
from sqlalchemy.engine import CursorResult, cursor

from limerun.worker.statements.recorder import StatementRecorder

_RESULT = ("_fetchall_impl", "_fetchmany_impl", "_fetchone_impl", "_fetchiter_impl")
_STRATEGY = ("fetchone", "fetchmany", "fetchall")

Listen = Callable[[StatementRecorder], None]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Let a recorder listen until the test is over."""
    heard: list[StatementRecorder] = []
    places: list[tuple[type, str]] = [(CursorResult, name) for name in _RESULT]
    places += [
        (Engine, "raw_connection"),
        (Pool, "connect"),
        (Connection, "connection"),
    ]
    places += [(cursor.CursorFetchStrategy, name) for name in _STRATEGY]
    before = [(place, name, vars(place)[name]) for place, name in places]

    def begin(recorder: StatementRecorder) -> None:
        recorder.listen()
        heard.append(recorder)

    yield begin
    for recorder in heard:
        listeners: list[tuple[str, Callable[..., Any]]] = [
            ("before_cursor_execute", recorder._before),
            ("after_cursor_execute", recorder._after),
            ("handle_error", recorder._failed),
            ("commit", recorder._time.before_commit),
            *recorder._transactions.events().items(),
        ]
        for name, listener in listeners:
            event.remove(Engine, name, listener)
    for place, name, function in before:
        setattr(place, name, function)
