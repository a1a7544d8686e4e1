"""Name the parts of a task, so that `limerun profile` shows how long each took.

    from limerun import segment

    with segment("validate"): ...
    for row in segment("fetch", rows): ...
    @segment("save")
    def save(...): ...

Outside `limerun profile`, this does nothing and costs almost nothing. It needs only
the standard library.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory in the measured process
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol, TypeVar, overload

    Row = TypeVar("Row")
    Function = TypeVar("Function", bound=Callable[..., Any])

    class Listener(Protocol):
        """Notified when a segment begins and ends, in the segment's own thread."""

        def enter(self, name: str) -> None:
            """Called when a segment begins."""

        def leave(self, name: str) -> None:
            """Called when a segment ends."""


_NO_ROWS: "Any" = object()
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200

listener: "Listener | None" = None
"""The listener for all segments; the worker sets its clock here before the import."""


class Segment:
    """A named part of a task: a context manager, and a decorator for functions."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        pass

    def __call__(self, function: "Function") -> "Function":
        """Return the function; each call is timed as this segment."""
        return function


class _WatchedSegment(Segment):
    __slots__ = ("_listener", "_name")

    def __init__(self, name: str, listener: "Listener") -> None:
        self._name = name
        self._listener = listener

    def __enter__(self) -> None:
        self._listener.enter(self._name)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._listener.leave(self._name)

    def __call__(self, function: "Function") -> "Function":
        return _wrapped(function, self._name, self)  # type: ignore[no-any-return]


class _WatchedRows:
    """An iterator; the time to produce each row is timed as a segment."""

    __slots__ = ("_listener", "_name", "_rows")

    def __init__(self, name: str, rows: "Iterable[Any]", listener: "Listener") -> None:
        self._name = name
        self._listener = listener
        self._rows = iter(rows)

    def __iter__(self) -> "Iterator[Any]":
        return self

    def __next__(self) -> "Any":
        self._listener.enter(self._name)
        try:
            return next(self._rows)
        finally:
            self._listener.leave(self._name)

    def __getattr__(self, name: str) -> "Any":
        # `close`, `send` and `throw`, if the rows come from a generator.
        return getattr(self._rows, name)


_UNWATCHED = Segment()

if TYPE_CHECKING:

    @overload
    def segment(name: str) -> Segment: ...
    @overload
    def segment(name: str, rows: Iterable[Row]) -> Iterator[Row]: ...


def segment(name: str, rows: "Any" = _NO_ROWS) -> "Any":
    """Name a part of the task.

    Args:
        name: Its name in the report.
        rows: An iterable. If given, the segment is the time that it takes to
            produce its rows.

    Returns:
        A context manager, which is also a decorator; with `rows`, an iterator over
        them.
    """
    notified = listener
    if notified is None:
        return _UNWATCHED if rows is _NO_ROWS else iter(rows)
    if rows is _NO_ROWS:
        return _WatchedSegment(name, notified)
    return _WatchedRows(name, rows, notified)


def _wrapped(function: "Any", name: str, watched: Segment) -> "Any":
    from functools import wraps

    code = getattr(function, "__code__", None)
    flags = code.co_flags if code is not None else 0
    if flags & _ASYNC_GENERATOR:
        # The time between two rows is the caller's, so it is not counted here.
        return function

    if flags & _COROUTINE:

        async def awaited(*args: "Any", **kwargs: "Any") -> "Any":
            with watched:
                return await function(*args, **kwargs)

        return wraps(function)(awaited)

    def called(*args: "Any", **kwargs: "Any") -> "Any":
        if flags & _GENERATOR:
            return segment(name, function(*args, **kwargs))
        with watched:
            return function(*args, **kwargs)

    return wraps(function)(called)
