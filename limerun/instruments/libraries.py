"""Hook into SQLAlchemy and http.client, to measure the time in the database and HTTP.

urllib, requests and urllib3 use http.client.
"""

import sys
from collections.abc import Callable
from typing import Any

from limerun.instruments.clock import TimeLedger, timed

_DATABASE, _HTTP = "database", "http"
_FETCHES = ("fetchone", "fetchmany", "fetchall")
_CONNECTION = ("connect", "send", "getresponse")
_RESPONSE = ("read", "read1", "readinto", "readline")


def watch_database(clock: TimeLedger) -> None:
    """Report statements, fetches and commits to the clock, waiting included."""
    if "sqlalchemy" not in sys.modules:
        return
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    known: set[int] = set()

    def before(connection: Any, *_: object) -> None:
        dialect = connection.dialect
        if id(dialect) not in known:
            known.add(id(dialect))
            for name in ("do_commit", "do_rollback"):
                setattr(dialect, name, timed(clock, _DATABASE, getattr(dialect, name)))
        clock.begin(_DATABASE)
        clock.count(_DATABASE)

    def after(*_: object) -> None:
        clock.end(_DATABASE)

    # Run first and last, so that the time of other listeners is included.
    event.listen(Engine, "before_cursor_execute", before, insert=True)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "handle_error", after)
    wrap_fetches(lambda fetch: timed(clock, _DATABASE, fetch))


def wrap_fetches(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Wrap SQLAlchemy's fetch functions: (strategy, result, cursor, ...) -> row or rows.

    Nothing is wrapped if a version of SQLAlchemy does not have these functions.
    """
    from sqlalchemy.engine import cursor

    strategy = getattr(cursor, "CursorFetchStrategy", None)
    for name in _FETCHES:
        fetch = getattr(strategy, name, None)
        if fetch is not None:
            setattr(strategy, name, wrap(fetch))


def watch_http(clock: TimeLedger) -> None:
    """Report to the clock when a request is sent, waited for and read."""
    from http import client

    _time_calls(clock, client.HTTPConnection, _CONNECTION)
    _time_calls(clock, client.HTTPResponse, _RESPONSE)
    _time_calls(clock, getattr(client, "HTTPSConnection", None), ("connect",))
    urllib3 = sys.modules.get("urllib3.connection")  # has its own `connect`
    for name in ("HTTPConnection", "HTTPSConnection"):
        _time_calls(clock, getattr(urllib3, name, None), ("connect",))


def _time_calls(clock: TimeLedger, owner: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if owner is not None and name in vars(owner):
            # Count responses: a request may be sent in several pieces.
            counted = name == "getresponse"
            function = timed(clock, _HTTP, getattr(owner, name), counted=counted)
            setattr(owner, name, function)
