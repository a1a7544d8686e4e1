"""Kill the worker, or let the database fail, once, at an exact point of the task."""

import io
import json
import os
import signal
from contextlib import suppress

from limerun.worker.counters import (
    READS,
    SOURCE_ROWS,
    TRANSACTIONS,
    WRITES,
)
from limerun.worker.protocol import INJECTED
from limerun.worker.statements.recorder import StatementRecorder

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable
    from typing import Any

    from limerun.worker.callsite import CallSites
    from limerun.worker.task_thread import TaskThread

_TEXTS = {
    "connection": "server closed the connection unexpectedly",
    "lock": "database is locked: the time to wait for the lock is over",
    "commit": "could not commit the transaction",
}
_STATEMENTS = ("do_execute", "do_executemany", "do_execute_no_params")


class Faults:
    """Injects one fault, in the process that was started as the worker.

    The request names it: its `kind` ("kill", or a key of `_TEXTS`), `at` which event and
    at which `number` of it, and the file for the `report` about the place. Events are
    rows of a file ("row": before the next one is read), statements and writing
    statements ("statement", "write": before it is sent), and transactions that wrote
    ("commit": before, "committed": after).
    """

    def __init__(
        self,
        request: "dict[str, Any]",
        counters: "memoryview[int]",
        call_sites: "CallSites",
    ) -> None:
        fault = request["fault"]
        self._kind: str = fault["kind"]
        self._at: str = fault["at"]
        self._number: int = fault["number"]
        self._report: str = fault["report"]
        self._counters = counters
        self._call_sites = call_sites
        self._process = os.getpid()
        self._is_done = False
        self._lost: BaseException | None = None
        self._read_by_lines()

    def recorder(self, thread: "TaskThread") -> StatementRecorder:
        """Return a recorder of statements that also injects the fault."""
        return _FaultyRecorder(self, self._counters, self._call_sites, thread)

    # --- events ------------------------------------------------------------------

    def sending(self, execute: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return a dialect's method that sends a statement, or fails."""

        def send(
            dialect: "Any", cursor: "Any", statement: str, *rest: "Any", **named: "Any"
        ) -> "Any":
            counters = self._counters
            writes = counters[WRITES]
            if self._is_due("statement", counters[READS] + writes) or self._is_due(
                "write", writes
            ):
                self._happen(dialect, cursor.connection)
            return execute(dialect, cursor, statement, *rest, **named)

        return send

    def committing(self, commit: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return a dialect's method that commits, or fails."""

        def commit_or_fail(dialect: "Any", driver: "Any") -> "Any":
            number = self._counters[TRANSACTIONS]
            if self._is_due("commit", number):
                self._happen(dialect, driver)
            committed = commit(dialect, driver)
            if self._is_due("committed", number):
                self._happen(dialect, driver)
            return committed

        return commit_or_fail

    def noticing(self, is_lost: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return a dialect's method that recognizes the error of a lost connection."""

        def is_disconnect(dialect: "Any", error: "Any", *rest: "Any") -> "Any":
            return error is self._lost or is_lost(dialect, error, *rest)

        return is_disconnect

    def _read_by_lines(self) -> None:
        """Let source files be read line by line, so that rows are exact points."""
        from limerun.worker.counted_file import CountedFile

        read = CountedFile.readinto

        def read_line(file: CountedFile, buffer: "Any") -> int | None:
            if self._is_due("row", self._counters[SOURCE_ROWS]):
                self._happen(None, None)
            ahead = os.pread(io.FileIO.fileno(file), len(buffer), io.FileIO.tell(file))
            size = ahead.find(b"\n") + 1
            return read(file, memoryview(buffer)[:size] if size else buffer)  # type: ignore[arg-type]

        setattr(CountedFile, "readinto", read_line)  # noqa: B010 - for mypy

    # --- the fault ---------------------------------------------------------------

    def _is_due(self, event: str, number: int) -> bool:
        return (
            event == self._at
            and number >= self._number
            and not self._is_done
            and os.getpid() == self._process
        )

    def _happen(self, dialect: "Any", driver: "Any") -> None:
        self._is_done = True
        # Not `open`, which the task may have replaced.
        with io.FileIO(self._report, "w") as file:
            file.write(json.dumps(self._call_sites.chain(2)).encode())
        if self._kind == "kill":
            os.kill(self._process, signal.SIGKILL)
        if self._kind != "lock":  # the server rolls back what it cannot commit
            with suppress(Exception):
                driver.rollback()
        error = dialect.dbapi.OperationalError(f"{_TEXTS[self._kind]} ({INJECTED})")
        if self._kind == "connection":
            self._lost = error
        raise error


class _FaultyRecorder(StatementRecorder):
    def __init__(
        self,
        faults: Faults,
        counters: "memoryview[int]",
        call_sites: "CallSites",
        thread: "TaskThread",
    ) -> None:
        super().__init__(counters, call_sites, thread)
        self._faults = faults

    def wrappers(self) -> "dict[str, Callable[[Any], Any]]":
        wrappers = super().wrappers()
        # Inside, so that a statement that fails is recorded as in any other run.
        for name in _STATEMENTS:
            wrappers[name] = _inside(wrappers[name], self._faults.sending)
        wrappers["do_commit"] = _inside(wrappers["do_commit"], self._faults.committing)
        wrappers["is_disconnect"] = self._faults.noticing
        return wrappers


def _inside(
    outer: "Callable[[Any], Any]", inner: "Callable[[Any], Any]"
) -> "Callable[[Any], Any]":
    return lambda method: outer(inner(method))
