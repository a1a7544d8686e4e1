"""Hook into SQLAlchemy: when it is in the database, and how many rows it fetched."""

import sys
from collections.abc import Callable
from typing import Any

from limerun.instruments.clock import TimeLedger, timed

_KIND = "database"
_FETCHES = ("fetchone", "fetchmany", "fetchall")


def watch_database(clock: TimeLedger) -> None:
    """Have the clock know of statements, fetches and commits, waits with them."""
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

    # First and last, so that what others wait for in between counts with it.
    event.listen(Engine, "before_cursor_execute", before, insert=True)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "handle_error", after)
    wrap_fetches(lambda fetch: timed(clock, _KIND, fetch))


def wrap_fetches(wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Put something around each fetch: (strategy, result, cursor, ...) -> row or rows.

    Where SQLAlchemy has no such place any more, nothing is wrapped.
    """
    from sqlalchemy.engine import cursor

    strategy = getattr(cursor, "CursorFetchStrategy", None)
    for name in _FETCHES:
        fetch = getattr(strategy, name, None)
        if fetch is not None:
            setattr(strategy, name, wrap(fetch))
