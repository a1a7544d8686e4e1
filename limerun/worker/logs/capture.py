"""Write each log record of the task into files, which the runner reads afterwards.

A file never blocks the task, as a full pipe would, and it remains if the worker is
killed. The first and the latest lines are kept: once the first part is full, two other
parts are overwritten in turn. Each of these begins with how many records every log call
had written before.
"""

import os
from functools import wraps
from json.encoder import encode_basestring_ascii

from limerun.worker.channel import FIRST_FD, moved
from limerun.worker.counters import (
    COMMITS,
    FINISHED_NS,
    LOG_LINES,
    LOG_NS,
    OBJECTS_LOADED,
    READS,
    SOURCE_ROWS,
    STARTED_NS,
    WRITES,
    after_fork,
)
from limerun.worker.protocol import LOG_PARTS, shortened
from limerun.worker.standard import now_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger, LogRecord
    from types import ModuleType
    from typing import Any

FIRST_BYTES, LATER_BYTES = 48_000_000, 8_000_000
"""Sizes of the first part and of each of the other two."""
_LONGEST = 20_000
_MOST_SITES = 2_000
_PLAIN = (str, int, float, bool)
_WRONG = (AttributeError, KeyError, TypeError, ValueError)
"""Errors that an unusual record may cause. Not Exception: that would swallow the soft
time limit of Celery, which may be raised here."""
_ATTACHED = "_limerun_captures"


class LogCapture:
    """Captures what the task logs between its start and its end, in this process."""

    def __init__(
        self,
        folder: str,
        counters: "memoryview[int]",
        sizes: "tuple[int, int]" = (FIRST_BYTES, LATER_BYTES),
    ) -> None:
        """Open the first part.

        Args:
            folder: Where to write the parts.
            counters: Shared counters: rows and statements so far, lines logged.
            sizes: Sizes of the first part and of each later one, in bytes.
        """
        self._paths = [f"{folder}/{name}" for name in LOG_PARTS]
        self._counters = counters
        self._sizes = sizes
        self._part = 0
        self._room = sizes[0]
        self._sites: dict[tuple[object, ...], list[Any]] = {}
        self._usual: frozenset[str] = frozenset()
        self._usual_count = 0
        self._write_to = os.write  # the task may replace the name
        # A high number: the task opens and closes the low ones.
        self._fd = moved(_opened(self._paths[0]), FIRST_FD + 3)
        self._is_on = True
        after_fork(self._leave)

    def _leave(self) -> None:
        self._is_on = False

    def attach(self, logging: "ModuleType") -> None:
        """Capture each record after the task's handlers have processed it.

        By then, a handler has formatted its message. limerun adds no handler: with one,
        `logging.basicConfig` in the task would do nothing.
        """
        logger = getattr(logging, "Logger", None)
        original = getattr(logger, "callHandlers", None)
        if original is None or hasattr(original, _ATTACHED):
            return  # the task has a module called logging
        usual = vars(logging.makeLogRecord({}))
        self._usual_count = len(usual)
        self._usual = frozenset((*usual, "message", "asctime"))
        note, clock = self._note, now_ns

        @wraps(original)
        def call_handlers(self: "Logger", record: "LogRecord") -> None:
            began = clock()
            try:
                original(self, record)
            finally:
                note(logging, self, record, began)

        setattr(call_handlers, _ATTACHED, True)
        logger.callHandlers = call_handlers  # type: ignore[union-attr]

    def _note(
        self, logging: "ModuleType", logger: "Logger", record: "LogRecord", began: int
    ) -> None:
        counters = self._counters
        started = counters[STARTED_NS]
        if not self._is_on or not started or counters[FINISHED_NS]:
            return
        now = now_ns()
        try:
            fields = record.__dict__
            message = fields.get("message")
            if message is None:  # no handler formatted it
                if not _is_shown(logging, logger, record):
                    return
                message = _text_of(record)
            elif len(message) > _LONGEST:
                message = shortened(message, _LONGEST)
            counters[LOG_LINES] += 1
            counters[LOG_NS] += now - began
            more = ""
            usual = self._usual_count + ("message" in fields) + ("asctime" in fields)
            if fields["exc_info"] or len(fields) > usual:
                more = self._more(fields)
            site = self._site(fields)
            line = (
                f"[{site[0]},{now - started},"
                f"{counters[SOURCE_ROWS] + counters[OBJECTS_LOADED]},"
                f"{counters[READS] + counters[WRITES] + counters[COMMITS]},"
                f"{encode_basestring_ascii(message)}{more}]\n"
            )
        except _WRONG:
            return
        self._write(line)
        site[1] += 1

    def _site(self, fields: "dict[str, Any]") -> "list[Any]":
        """Return the log call of a record: number, records so far, description."""
        key = fields["name"], fields["levelno"], fields["pathname"], fields["lineno"]
        return self._sites.get(key) or self._new_site(key, fields)

    def _new_site(
        self, key: "tuple[object, ...]", fields: "dict[str, Any]"
    ) -> "list[Any]":
        if len(self._sites) >= _MOST_SITES:
            key = "(other loggers)", fields["levelno"], "", 0
            if key in self._sites:
                return self._sites[key]
            fields = {**fields, "name": key[0], "funcName": ""}
        name, level, file, line = key
        texts = (
            encode_basestring_ascii(str(each)[:_LONGEST])
            for each in (name, fields["levelname"], file, fields["funcName"])
        )
        about = f"{int(level)},{int(line)},{','.join(texts)}"  # type: ignore[call-overload]
        site = self._sites[key] = [len(self._sites), 0, about]
        self._write(_site_line(site))
        return site

    def _more(self, fields: "dict[str, Any]") -> str:
        """Return a record's exception and the values passed in `extra`, as JSON."""
        error, raised = fields["exc_text"], fields["exc_info"]
        if raised and not isinstance(error, str):
            error = getattr(raised[0], "__name__", "") if type(raised) is tuple else ""
        given = {
            str(name)[:_LONGEST]: str(value)[:_LONGEST]
            for name, value in fields.items()
            if name not in self._usual and type(value) in _PLAIN
        }
        if not (raised or given):
            return ""
        pairs = (
            f"{encode_basestring_ascii(name)}:{encode_basestring_ascii(value)}"
            for name, value in given.items()
        )
        error = encode_basestring_ascii(error[:_LONGEST]) if raised else "null"
        return f",{error},{{{','.join(pairs)}}}"

    def _write(self, line: str) -> None:
        data = line.encode("ascii")
        try:
            self._room -= len(data)
            if self._room < 0:
                self._begin_part(len(data))
            self._write_to(self._fd, data)
        except OSError:  # the disk is full, or the task closed all descriptors
            self._is_on = False

    def _begin_part(self, size: int) -> None:
        """Overwrite the older one of the two later parts, and continue there."""
        self._part = 1 if self._part != 1 else 2
        head = "".join(map(_site_line, list(self._sites.values()))).encode("ascii")
        self._room = self._sizes[1] - len(head) - size
        part = _opened(self._paths[self._part])
        os.dup2(part, self._fd, inheritable=False)
        os.close(part)
        self._write_to(self._fd, head)


def _site_line(site: "list[Any]") -> str:
    return f"[[{site[0]},{site[1]},{site[2]}]]\n"


def _opened(path: str) -> int:
    # With O_APPEND, lines of several threads do not mix.
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    return os.open(path, flags, 0o600)


def _is_shown(logging: "ModuleType", logger: "Logger", record: "LogRecord") -> bool:
    """Return whether a handler accepts the record; the same test as `callHandlers`."""
    found = False
    above: Logger | None = logger
    while above is not None:
        for handler in above.handlers:
            if not isinstance(handler, logging.NullHandler):
                found = True
                if record.levelno >= handler.level:
                    return True
        above = above.parent if above.propagate else None
    last_resort = logging.lastResort
    return not found and record.levelno >= getattr(last_resort, "level", 0)


def _text_of(record: "LogRecord") -> str:
    try:
        return shortened(str.__str__(record.getMessage()), _LONGEST)
    except Exception:  # logging also ignores it
        return shortened(str(record.msg), _LONGEST)
