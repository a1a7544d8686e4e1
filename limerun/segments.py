"""Name the parts of a task, so that `limerun profile` tells how long each took.

    from limerun import segment

    with segment("validate"): ...
    for row in segment("fetch", rows): ...
    @segment("save")
    def save(...): ...

Where nobody watches, which is everywhere but in `limerun profile`, this does nothing
and costs next to nothing. It needs the standard library alone.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory in the measured process
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Protocol, TypeVar, overload

    Row = TypeVar("Row")
    Function = TypeVar("Function", bound=Callable[..., Any])

    class Listener(Protocol):
        """Hears when a segment begins and ends, in the thread that it does so in."""

        def enter(self, name: str) -> None:
            """Hear of a segment's begin."""

        def leave(self, name: str) -> None:
            """Hear of a segment's end."""


_NO_ROWS: "Any" = object()
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200

listener: "Listener | None" = None
"""Who is told; the worker puts its clock here before it imports the task."""


class Segment:
    """A part of a task: a context manager, and a decorator for functions."""

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        pass

    def __call__(self, function: "Function") -> "Function":
        """Return the function, each call of which is this segment."""
        return function


class _WatchedSegment(Segment):
    __slots__ = ("_name", "_told")

    def __init__(self, name: str, told: "Listener") -> None:
        self._name = name
        self._told = told

    def __enter__(self) -> None:
        self._told.enter(self._name)

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._told.leave(self._name)

    def __call__(self, function: "Function") -> "Function":
        return _wrapped(function, self._name, self)  # type: ignore[no-any-return]


class _WatchedRows:
    """An iterator that takes the making of each row for a segment."""

    __slots__ = ("_name", "_rows", "_told")

    def __init__(self, name: str, rows: "Iterable[Any]", told: "Listener") -> None:
        self._name = name
        self._told = told
        self._rows = iter(rows)

    def __iter__(self) -> "Iterator[Any]":
        return self

    def __next__(self) -> "Any":
        self._told.enter(self._name)
        try:
            return next(self._rows)
        finally:
            self._told.leave(self._name)

    def __getattr__(self, name: str) -> "Any":
        # `close`, `send` and `throw`, where the rows come from a generator.
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
        name: What it is called in the report.
        rows: Anything to iterate over. Given, an iterator over it is returned, and
            the segment is the time in which its rows are made.

    Returns:
        A context manager that decorates functions too; or the iterator.
    """
    told = listener
    if told is None:
        return _UNWATCHED if rows is _NO_ROWS else iter(rows)
    if rows is _NO_ROWS:
        return _WatchedSegment(name, told)
    return _WatchedRows(name, rows, told)


def _wrapped(function: "Any", name: str, watched: Segment) -> "Any":
    from functools import wraps

    code = getattr(function, "__code__", None)
    flags = code.co_flags if code is not None else 0
    if flags & _ASYNC_GENERATOR:
        # What it waits for between its rows is not its own: it is left as it is.
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
