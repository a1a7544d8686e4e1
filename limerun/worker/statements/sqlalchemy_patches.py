"""Patch SQLAlchemy to observe statements, fetched rows and the use of the driver."""

import os
import sys
from functools import wraps

from limerun.worker.counters import DRIVER_CONNECTIONS, FETCHED

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

_DRIVERS_OWN = ("cursor", "connection", "dbapi_connection", "driver_connection")
_SENDS_NOTHING = ("create_", "set_")  # such as create_function and set_trace_callback
_library_files: "set[str]" = set()
_WORKER_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_OWN_FOLDER = os.path.dirname(_WORKER_FOLDER) + os.sep


def wrap_dialects(wrappers: "dict[str, Callable[[Any], Any]]") -> None:
    """Wrap methods of all dialects, including those that are imported later.

    SQLAlchemy's events would cost more than all the rest: with one listener, each
    statement looks for listeners of four events, which takes about 8 us.

    Args:
        wrappers: By method name: a function that returns the new method.
    """
    from sqlalchemy.engine.default import DefaultDialect

    wrapped: set[object] = set()

    def wrap(dialect: "Any", /, **_: object) -> None:
        for name, wrapper in wrappers.items():
            method = getattr(dialect, name)
            if method not in wrapped:
                made = wrapper(method)
                wrapped.add(made)
                setattr(dialect, name, made)

    for dialect in with_subclasses(DefaultDialect):
        wrap(dialect)
    root: Any = DefaultDialect
    root.__init_subclass__ = classmethod(wrap)


def with_subclasses(parent: "type[Any]") -> "Iterator[type[Any]]":
    """Yield a class and all its subclasses, each one after its parents."""
    yield parent
    for each in parent.__subclasses__():
        yield from with_subclasses(each)


def count_rows_fetched(
    began_iterating: "Callable[[], None]", ended_iterating: "Callable[[], None]"
) -> None:
    """Add each row that is fetched from a result to the count of its statement.

    If SQLAlchemy no longer has these methods, nothing is counted.

    Args:
        began_iterating: Called when the task begins to iterate over a result.
        ended_iterating: Called when it has finished reading that result.
    """
    from sqlalchemy.engine.cursor import CursorResult

    counting = {
        "_fetchall_impl": _counting_many,
        "_fetchmany_impl": _counting_many,
        "_fetchone_impl": _counting_one,
        "_fetchiter_impl": lambda fetch: _counting_each(
            fetch, began_iterating, ended_iterating
        ),
    }
    for name, wrap in counting.items():
        fetch = getattr(CursorResult, name, None)
        if fetch is not None:
            setattr(CursorResult, name, wrap(fetch))  # type: ignore[no-untyped-call]


def _totals(result: "Any") -> list[float] | None:
    return getattr(result.context, "_limerun_totals", None)


def _counting_many(fetch: "Callable[..., Any]") -> "Callable[..., Any]":
    def counted(result: "Any", *rest: "Any", **named: "Any") -> "Any":
        rows = fetch(result, *rest, **named)
        totals = _totals(result)
        if totals is not None:
            totals[FETCHED] += len(rows)
        return rows

    return counted


def _counting_one(fetch: "Callable[..., Any]") -> "Callable[..., Any]":
    def counted(result: "Any", *rest: "Any", **named: "Any") -> "Any":
        row = fetch(result, *rest, **named)
        totals = _totals(result)
        if totals is not None and row is not None:
            totals[FETCHED] += 1
        return row

    return counted


def _counting_each(
    fetch: "Callable[..., Any]",
    began_iterating: "Callable[[], None]",
    ended_iterating: "Callable[[], None]",
) -> "Callable[..., Any]":
    def counted(result: "Any") -> "Iterator[Any]":
        rows = 0
        began_iterating()
        try:
            for row in fetch(result):
                rows += 1
                yield row
        finally:
            ended_iterating()
            totals = _totals(result)
            if totals is not None:
                totals[FETCHED] += rows

    return counted


def count_taken(counters: "memoryview[int]") -> None:
    """Count how often the task uses the driver's connection directly.

    SQLAlchemy hands out a proxy of that connection. Obtaining the proxy sends nothing,
    so only calls through it are counted.
    """
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.pool import Pool

    hand_out = _handing_out(counters)

    def wrapped(give: "Callable[..., Any]") -> "Callable[..., Any]":
        @wraps(give)
        def give_proxy(*arguments: "Any", **named: "Any") -> "Any":
            return hand_out(give(*arguments, **named), sys._getframe(1))

        return give_proxy

    read: Any = vars(Connection)["connection"].fget

    def show_proxy(connection: "Any") -> "Any":
        return hand_out(read(connection), sys._getframe(1))

    for owner, name in ((Engine, "raw_connection"), (Pool, "connect")):
        setattr(owner, name, wrapped(vars(owner)[name]))
    Connection.connection = property(show_proxy)  # type: ignore[assignment,method-assign]


def _handing_out(counters: "memoryview[int]") -> "Callable[[Any, FrameType], Any]":
    from sqlalchemy.pool.base import _ConnectionFairy

    handed_out = _noticing(_ConnectionFairy, counters)

    def hand_out(proxy: "Any", caller: "FrameType") -> "Any":
        """Return a proxy; if the caller is the task, make it count its uses."""
        if caller.f_code.co_filename not in _library_files and _is_task_s(caller):
            if type(proxy) is _ConnectionFairy:
                proxy.__class__ = handed_out
            elif type(proxy) is not handed_out:
                counters[DRIVER_CONNECTIONS] += 1
        return proxy

    return hand_out


def _noticing(proxy: "Any", counters: "memoryview[int]") -> "Any":
    """Return a subclass of SQLAlchemy's proxy that counts the task's calls."""

    class HandedOut(proxy):  # type: ignore[misc]
        __slots__ = ()

        def __getattribute__(self, name: str) -> "Any":
            if name in _DRIVERS_OWN and _is_task_s(sys._getframe().f_back):
                counters[DRIVER_CONNECTIONS] += 1
            return super().__getattribute__(name)

        def __getattr__(self, name: str) -> "Any":
            value = super().__getattr__(name)  # the driver connection's attribute
            sends = callable(value) and not name.startswith(_SENDS_NOTHING)
            if sends and _is_task_s(sys._getframe().f_back):
                counters[DRIVER_CONNECTIONS] += 1
            return value

    return HandedOut


def _is_task_s(frame: "FrameType | None") -> bool:
    """Return whether a frame is outside SQLAlchemy, its dialects and limerun."""
    if frame is None:  # the first frame of a greenlet has no caller
        return True
    file = frame.f_code.co_filename
    if file in _library_files:
        return False
    module = str(frame.f_globals.get("__name__"))
    if module.startswith("sqlalchemy.") or file.startswith(_OWN_FOLDER):
        if not file.startswith("<"):  # code generated from text has no file
            _library_files.add(file)
        return False
    from sqlalchemy.engine.interfaces import Dialect, ExecutionContext

    return not isinstance(frame.f_locals.get("self"), (Dialect, ExecutionContext))
