"""Hook into SQLAlchemy, to measure the time in the database and the rows fetched."""

import sys
from collections.abc import Callable
from typing import Any

from limerun.instruments.clock import TimeLedger, timed

_KIND = "database"
_FETCHES = ("fetchone", "fetchmany", "fetchall")


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
                setattr(dialect, name, timed(clock, _KIND, getattr(dialect, name)))
        clock.begin(_KIND)
        clock.count(_KIND)

    def after(*_: object) -> None:
        clock.end(_KIND)

    # First and last, so that the time of other listeners is included.
    event.listen(Engine, "before_cursor_execute", before, insert=True)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "handle_error", after)
    wrap_fetches(lambda fetch: timed(clock, _KIND, fetch))


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
