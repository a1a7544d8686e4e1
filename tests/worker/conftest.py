"""Recorders of statements that are removed after each test."""

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
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listen]:
    """Let a recorder listen until the test is over."""
    heard: list[tuple[Any, ...]] = []
    add = event.listen

    def note(*args: Any, **options: Any) -> None:
        add(*args, **options)
        heard.append(args)

    places: list[tuple[type, str]] = [(CursorResult, name) for name in _RESULT]
    places += [
        (Engine, "raw_connection"),
        (Pool, "connect"),
        (Connection, "connection"),
    ]
    places += [(cursor.CursorFetchStrategy, name) for name in _STRATEGY]
    before = [(place, name, vars(place)[name]) for place, name in places]

    def begin(recorder: StatementRecorder) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(event, "listen", note)
            recorder.listen()

    yield begin
    for args in heard:
        event.remove(*args)
    for place, name, function in before:
        setattr(place, name, function)
