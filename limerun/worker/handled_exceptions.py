"""Count the exceptions in the user's code: where they are handled, and their classes.

The runner finds out which of the handlers swallow them.
"""

import sys

from limerun.worker.standard import import_standard

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType
    from typing import Any

    Counts = dict[tuple[int, int, type], list[Any]]
    """Count and code object, by the code's id, the place in it and the class."""
    Row = tuple[str, int, str, list[str], int]
    """File, line, function, names of the class and its bases, count."""

_TOOL = 4  # 0 to 2 and 5 are for debuggers, coverage and other known tools
_MOST = 10_000
_MOST_REPORTED = 500


def make_counter(
    instrument: "str | None", is_users: "Callable[[str], bool]"
) -> "HandledExceptions | RaisedExceptions | None":
    """Return the counter for the exceptions of a run; None if they are not counted.

    Args:
        instrument: The run's instrument. Before Python 3.12, counting doubles the time
            of a run, which only `memory` can afford: none of its times are reported.
        is_users: Returns whether a file contains the user's code.
    """
    if hasattr(sys, "monitoring"):
        return HandledExceptions(is_users) if instrument is None else None
    return RaisedExceptions(is_users) if instrument == "memory" else None


class HandledExceptions:
    """Counts at each handler, through `sys.monitoring` of Python 3.12 and later."""

    def __init__(self, is_users: "Callable[[str], bool]") -> None:
        self._is_users = is_users
        self._counts: Counts = {}
        self._is_on = False

    def start(self) -> None:
        """Count from now on, in all threads."""
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined]  # 3.12
        try:
            monitoring.use_tool_id(_TOOL, "limerun")
        except ValueError:  # a tool of the task has this number
            return
        self._is_on = True
        event = monitoring.events.EXCEPTION_HANDLED
        monitoring.register_callback(_TOOL, event, _counting(self._counts))
        monitoring.set_events(_TOOL, event)

    def stop(self) -> None:
        """Stop counting."""
        if self._is_on:
            sys.monitoring.set_events(_TOOL, 0)  # type: ignore[attr-defined]  # 3.12

    def summary(self) -> "dict[str, list[Row]]":
        """Return the rows by handler."""
        if not self._is_on:
            return {}
        begins = import_standard("opcode").opmap["PUSH_EXC_INFO"]
        return {
            "handled": _ranked(
                (code, _line_of(code, offset), kind, count)
                for (_, offset, kind), (count, code) in list(self._counts.items())
                # Any other instruction only cleans up after a handler.
                if self._is_users(code.co_filename) and code.co_code[offset] == begins
            )
        }


def _counting(counts: "Counts") -> "Callable[[CodeType, int, BaseException], None]":
    cell: list[Any] = [0, None]
    last_code: CodeType | None = None
    last_offset, last_kind = 0, BaseException

    def count(code: "CodeType", offset: int, error: BaseException) -> None:
        nonlocal cell, last_code, last_offset, last_kind
        kind = type(error)
        if code is last_code and offset == last_offset and kind is last_kind:
            cell[0] += 1  # the usual case in a loop; takes half as long as a look-up
            return
        found = _cell(counts, code, offset, kind)
        found[0] += 1
        cell, last_code, last_offset, last_kind = found, code, offset, kind

    return count


class RaisedExceptions:
    """Counts at each line that raises, through the trace function of the main thread.

    It is for older interpreters. The interpreter calls it for each function call.
    """

    def __init__(self, is_users: "Callable[[str], bool]") -> None:
        self._is_users = is_users
        self._known: dict[str, bool] = {}
        self._counts: Counts = {}

    def start(self) -> None:
        """Count from now on."""
        sys.settrace(self._enter)

    def stop(self) -> None:
        """Do nothing: the worker itself ends all tracing."""

    def summary(self) -> "dict[str, list[Row]]":
        """Return the rows by line that raised."""
        return {
            "raised": _ranked(
                (code, line, kind, count)
                for (_, line, kind), (count, code) in list(self._counts.items())
            )
        }

    def _enter(self, frame: "FrameType", event: str, value: "Any") -> "Any":
        code = frame.f_code
        file = code.co_filename
        users = self._known.get(file)
        if users is None:
            users = self._known[file] = self._is_users(file)
        # The function around a comprehension or lambda gets the exception too.
        if not users or code.co_name[0] == "<":
            return None
        frame.f_trace_lines = False
        return self._note

    def _note(self, frame: "FrameType", event: str, value: "Any") -> "Any":
        # StopIteration is how a loop ends normally.
        if event == "exception" and not issubclass(value[0], StopIteration):
            _cell(self._counts, frame.f_code, frame.f_lineno, value[0])[0] += 1
        return self._note


def _cell(counts: "Counts", code: "CodeType", place: int, kind: type) -> "list[Any]":
    """Return the count to increase; it keeps the code alive, so the id stays unique."""
    key = id(code), place, kind
    found = counts.get(key)
    if found is None:
        found = [0, code]
        if len(counts) < _MOST:
            counts[key] = found
    return found


def _line_of(code: "CodeType", offset: int) -> int:
    """Return the first line at or after an instruction."""
    for _, end, line in code.co_lines():
        if end > offset and line is not None:
            return line
    return code.co_firstlineno


def _ranked(found: "Iterator[tuple[CodeType, int, type, int]]") -> "list[Row]":
    rows = [
        (
            code.co_filename,
            line,
            code.co_name,
            [str(each.__name__) for each in kind.__mro__],
            count,
        )
        for code, line, kind, count in found
    ]
    rows.sort(key=lambda row: -row[4])
    return rows[:_MOST_REPORTED]
