"""Describe how the call of a task ended, as JSON values."""

import json
import os
import sys

from limerun.worker.protocol import shortened
from limerun.worker.standard import import_standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

try:
    import resource
    from resource import getrusage as _getrusage  # the task may replace it
except ImportError:  # Windows has no such module
    resource = None  # type: ignore[assignment]

_HERE = os.path.dirname(__file__) + os.sep
_RESULT_LENGTH = 10_000
_MESSAGE_LENGTH, _NAME_LENGTH = 4_000, 1_000
_MOST_SENT = 20
_TRACEBACK_FRAMES = 40
_TRACEBACK_LENGTH = 60_000
_PLAIN = (bool, int, float, str, type(None))
_CONTAINERS = (dict, list, tuple, set, frozenset)
_OF_CONTAINERS = tuple(map(type, map(iter, ([], (), set(), {}, "", range(0)))))
"""Types of iterators over items that exist already."""
_NO_TEXT = "<its message cannot be shown>"
_DEPTH = 2
_LOOKED_AT = 1000
_FRAMES = {
    "cr_frame": "a coroutine",
    "gi_frame": "a generator",
    "ag_frame": "an async generator",
}
_FUNCTIONS = ("function", "method", "functools.partial", "functools._lru_cache_wrapper")
"""Types that a call returns if a decorator lacks parentheses; the task did not run."""
_READERS = ("readline", "fetchone")
"""Open files and cursors have one of these; returning such an iterator is normal."""


def cpu_seconds() -> tuple[float, float, int, float]:
    """Return user and system seconds so far, and the peak and CPU of ended children.

    The seconds are those of this process and of the children that it waited for. The
    peak is the children's `ru_maxrss` in bytes. It is inherited through fork and exec,
    so it is a child's own only if it exceeds this process's peak.
    """
    if resource is None:
        times = os.times()
        return times.user, times.system, 0, 0.0
    own = _getrusage(resource.RUSAGE_SELF)
    children = _getrusage(resource.RUSAGE_CHILDREN)
    return (
        own.ru_utime + children.ru_utime,
        own.ru_stime + children.ru_stime,
        children.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        children.ru_utime + children.ru_stime,
    )


class NotDone:
    """Returned instead of a result if the call did not run the task's work."""

    def __init__(self, why: str) -> None:
        """Store the reason, phrased to follow the task's name."""
        self.why = why


def not_run(returned: object) -> str | None:
    """Return why the task's work was not done, phrased to follow its name, or None.

    This runs no code of the returned object. The first items of lists, tuples, sets and
    dicts are checked too.
    """
    if type(returned) is NotDone:
        return returned.why
    lazy = _lazy(returned)
    return f"returned {lazy}, whose body has not run" if lazy else None


def _lazy(returned: object, depth: int = 2) -> str | None:
    """Describe a returned object whose body has not run yet; None if there is none."""
    kind = type(returned)
    if kind in _CONTAINERS:
        inside = _first_items(returned) if depth else ()
        found = (_lazy(each, depth - 1) for each in inside)
        lazy = next(filter(None, found), None)
        return f"{lazy} in a {kind.__name__}" if lazy and depth == _DEPTH else lazy
    return _lazy_object(returned)


def _lazy_object(returned: object) -> str | None:
    kind = type(returned)
    names = {
        name
        for each in _bases(kind)
        for name in type.__dict__["__dict__"].__get__(each)
    }
    for frame, what in _FRAMES.items():
        if frame in names:  # without a frame, the body had already finished
            return what if getattr(returned, frame, None) is not None else None
    if "__await__" in names:
        return f"an awaitable ({_name(kind)})"
    if _name(kind) in _FUNCTIONS:
        return "a function"
    if kind in _OF_CONTAINERS or names.intersection(_READERS):
        return None
    return f"an iterator ({_name(kind)})" if "__next__" in names else None


def _first_items(container: object) -> "list[object]":
    """Return the first items of a container of a built-in type."""
    values = container.values() if type(container) is dict else container
    return [item for item, _ in zip(values, range(_LOOKED_AT))]  # type: ignore[call-overload]  # noqa: B905


def exit_status_of(error: BaseException | None) -> int:
    """Return the exit status of a plain interpreter after an exception."""
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        return 1
    code = error.code
    return code if type(code) is int else int(code is not None)


def ending_of(
    error: BaseException | None, is_users: "Callable[[str], bool]"
) -> dict[str, object]:
    """Return `exit_status`, `error` and `last_site` after a call.

    This runs no code of the error: its text is created later, as that may never end.

    Args:
        error: The exception that the call raised.
        is_users: Returns whether a file contains the user's code.
    """
    if error is None:
        return {"exit_status": None, "error": None, "last_site": None}
    is_exit = isinstance(error, SystemExit)
    return {
        "exit_status": exit_status_of(error) if is_exit else None,
        "error": {
            "type": (name := _name(type(error))),
            "message": _NO_TEXT,
            "traceback": f"{name}: {_NO_TEXT}\n",
        },
        "last_site": _last_site(error, is_users),
    }


def described(error: BaseException | None) -> dict[str, str] | None:
    """Return an error with its text and traceback; None if there was no error."""
    if error is None:
        return None
    is_exit = isinstance(error, SystemExit)
    message = f"the task called sys.exit({_text(error)})" if is_exit else _text(error)
    return {
        "type": _name(type(error)),
        "message": shortened(message, _MESSAGE_LENGTH) + _lacks(error),
        "traceback": _traceback(error),
    }


def _lacks(error: BaseException) -> str:
    """Return a hint if an error is about a name that the stand-in lacks."""
    stand_in = sys.modules.get("limerun.lime.lacking")
    if stand_in is None or type(error) is not AttributeError:
        return ""
    try:
        return str(stand_in.lacks_attribute(error))
    except BaseException:  # it may be the code of a metaclass
        return ""


def result_of(returned: object) -> object:
    """Return a JSON value: the result itself, or a short description of it.

    For objects that are not plain data, only the type is named: their own `__repr__`
    may raise, take long, or run queries.
    """
    if type(returned) is NotDone:
        return None
    # `isinstance` would ask a proxy for its `__class__`, which may raise.
    if issubclass(type(returned), str):
        return shortened(str.__str__(returned), _RESULT_LENGTH)
    length = 0
    try:
        # Encode in pieces and stop early: a large result is never encoded whole.
        for piece in json.JSONEncoder().iterencode(returned):
            length += len(piece)
            if length > _RESULT_LENGTH:
                return _in_short(returned)
        value: object = json.loads(json.dumps(returned))
    except BaseException:  # this may run the code of a subclass
        return _in_short(returned)
    return value


def kind_of_result(returned: object) -> str | None:
    """Return a short description of a result, used until its value is known."""
    return None if returned is None else f"<{_name(type(returned))}>"


def sent_tasks() -> "dict[str, int]":
    """Return how many tasks the task sent, by name; only the most frequent names.

    This includes tasks sent through Celery and through the stand-in's task handler.
    """
    counts: dict[str, int] = {}
    for name in ("limerun.worker.celery_tasks.sent", "limerun.lime.sent"):
        if name in sys.modules:
            for task, count in sys.modules[name].sent_counts().items():
                key = str(task)[:_NAME_LENGTH]
                counts[key] = counts.get(key, 0) + count
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    told, others = dict(ordered[:_MOST_SENT]), dict(ordered[_MOST_SENT:])
    if others:
        told[f"({len(others)} other tasks)"] = sum(others.values())
    return told


def _in_short(value: object) -> str:
    kind = type(value)
    if kind in _CONTAINERS:
        return f"<{kind.__name__} of {len(value)} items>"  # type: ignore[arg-type]
    is_standard = _name(kind).partition(".")[0] in sys.stdlib_module_names
    if is_standard and not issubclass(kind, (*_CONTAINERS, *_PLAIN)):
        return shortened(_text(value, show=True), _RESULT_LENGTH)
    return f"<{_name(kind)}>"


def _bases(kind: type) -> "tuple[type, ...]":
    return type.__dict__["__mro__"].__get__(kind)  # type: ignore[no-any-return]


def _name(kind: type) -> str:
    try:
        module, name = kind.__module__, kind.__qualname__
    except BaseException:  # the metaclass may raise
        return "object"
    if module != "builtins" and type(module) is str:
        name = f"{module}.{name}"
    return name[:_NAME_LENGTH]


def _text(value: object, *, show: bool = False) -> str:
    try:
        text = repr(value) if show else str(value)
        return shortened(str.__str__(text), _TRACEBACK_LENGTH)
    except BaseException as error:
        return f"<its message cannot be shown: {type(error).__name__}>"


def _traceback(error: BaseException) -> str:
    traceback = import_standard("traceback")
    frames = error.__traceback__
    # The first frames are the worker's own.
    while frames is not None and frames.tb_next is not None:
        if not frames.tb_frame.f_code.co_filename.startswith(_HERE):
            break
        frames = frames.tb_next
    lines: list[str] = []
    try:
        shown = traceback.TracebackException(
            type(error), error, frames, limit=-_TRACEBACK_FRAMES, compact=True
        )
        length = 0
        for line in shown.format():
            lines.append(_shortened(line))
            length += len(lines[-1])
            if length > _TRACEBACK_LENGTH:
                break
        if sys.version_info < (3, 11):  # noqa: UP036 - later ones print notes themselves
            notes = getattr(error, "__notes__", ())
            lines += [_shortened(f"{note}\n") for note in notes]
    except BaseException:
        lines.append(_shortened(f"{_name(type(error))}: {_text(error)}\n"))
    return "".join(lines)


def _shortened(line: str) -> str:
    return shortened(line.removesuffix("\n"), _MESSAGE_LENGTH) + "\n"


def _last_site(
    error: BaseException, is_users: "Callable[[str], bool]"
) -> tuple[str, int, str] | None:
    """Return the innermost line of the user's code that an error passed through."""
    site = None
    frame = error.__traceback__
    while frame is not None:
        code = frame.tb_frame.f_code
        if is_users(code.co_filename):
            site = (code.co_filename, frame.tb_lineno, code.co_name)
        frame = frame.tb_next
    return site
