"""Count the statements sent through SQLAlchemy, by statement and line of user code."""

from limerun.worker.callsite import CallSites, Place, Site, is_at
from limerun.worker.counters import (
    ACTED_UNSEEN,
    CALLS,
    CONTINUED,
    FAILED,
    FETCHED,
    HAS_STATEMENTS,
    NESTED,
    PAGED,
    READS,
    SECONDS,
    STATEMENTS_UNSEEN,
    WHOLE,
    WRITES,
    WRITTEN,
    after_fork,
    private_counters,
)
from limerun.worker.protocol import shortened
from limerun.worker.statements.database_time import DatabaseTime
from limerun.worker.statements.text import (
    LONGEST,
    acts_uncounted,
    is_page,
    kind_of,
    without_literals,
)
from limerun.worker.statements.transactions import TransactionRecorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    # importing it would cost memory here
    from collections.abc import Callable
    from typing import Any

    from limerun.worker.task_thread import TaskThread

_MAX_KEYS = 5000  # (statement, line) pairs; further ones count only in the totals
_MAX_KNOWN = 1000  # number of statements whose full text is remembered
_MAX_TOLD = 200
_TEXT_LENGTH = 1000
_PLACES = {"whole": WHOLE, "page": PAGED, "continued": CONTINUED}
Key = tuple[str, Site | None]
"""A statement's text, and the line that sent it."""
Sent = tuple[int, Key | None, list[float] | None]
"""The index of a statement's counter, its key, and its totals if they are kept."""
_NOWHERE = None, ("", None), None


class StatementRecorder:
    """Records the statements that all SQLAlchemy dialects of this process send.

    Statements are keyed by text and line, without the values in the text; parameters
    are never read. They are counted when they are sent, so one that fails counts too.
    Without `call_sites` it only counts. Savepoints, pragmas and DDL are not counted. In
    a forked child it only records that there were statements.
    """

    def __init__(
        self,
        counters: "memoryview[int]",
        call_sites: CallSites | None,
        thread: "TaskThread",
    ) -> None:
        self._counters = counters
        self._parents: memoryview[int] | None = None  # only in a fork
        self._call_sites = call_sites
        self._time = DatabaseTime(counters, thread)
        self._by_line: dict[Key, list[float]] = {}
        self._chains: dict[Key, list[Site]] = {}
        self._last: dict[str, tuple[Place | None, Key, list[float] | None]] = {}
        self._busy: set[object] = set()  # contexts of statements that are being sent
        self._kinds: dict[str, int | None] = {}
        self._known: dict[str, tuple[int | None, str]] = {}
        self._transactions = TransactionRecorder(counters, call_sites)
        self._iterating = 0  # results that the task is iterating over
        self._next_is = 0  # WHOLE, PAGED or CONTINUED, if known for the next read

    def listen(self) -> None:
        """Attach to SQLAlchemy, which the process has already imported."""
        from limerun.worker.statements.sqlalchemy_patches import (
            count_rows_fetched,
            count_taken,
            wrap_dialects,
        )

        wrap_dialects(self.wrappers())
        if self._call_sites is not None:
            count_rows_fetched(self.began_iterating, self.ended_iterating)
        count_taken(self._counters)
        after_fork(self.leave_to_parent)
        self._counters[HAS_STATEMENTS] = 1

    def wrappers(self) -> "dict[str, Callable[[Any], Any]]":
        """Return what wraps the methods of a dialect, by their names."""
        return {
            "do_execute": self._recording,
            "do_executemany": self._recording,
            "do_execute_no_params": self._recording_bare,
            **self._transactions.wrappers(self._time),
        }

    def leave_to_parent(self) -> None:
        """Stop counting in a fork: two processes cannot increase one counter."""
        if self._parents is None:
            self._parents = self._counters
        self._counters = private_counters()
        self._time.counters = self._transactions.counters = self._counters
        self._known.clear()  # the next statement is classified again

    def _recording(self, execute: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return a dialect's method that executes and records a statement."""
        busy = self._busy
        begin, end = self._time.begin, self._time.end

        def recorded(
            dialect: object,
            cursor: "Any",
            statement: str,
            parameters: "Any",
            context: "Any" = None,
        ) -> "Any":
            # Another wrapped method may call this one, or there may be no context.
            is_outermost = context is not None and context not in busy
            sent = self._before(statement) if is_outermost else None
            if sent is None:
                return execute(dialect, cursor, statement, parameters, context)
            busy.add(context)
            began = begin()
            try:
                found = execute(dialect, cursor, statement, parameters, context)
            except BaseException:
                self._failed(sent, end(began))
                raise
            finally:
                busy.discard(context)
            self._after(sent, end(began), cursor, statement, parameters, context)
            return found

        return recorded

    def _recording_bare(self, execute: "Callable[..., Any]") -> "Callable[..., Any]":
        """Return the same as `_recording`, for the method without parameters."""
        record = self._recording(
            lambda dialect, cursor, statement, _, context: execute(
                dialect, cursor, statement, context
            )
        )

        def recorded(
            dialect: object, cursor: "Any", statement: str, context: "Any" = None
        ) -> "Any":
            return record(dialect, cursor, statement, (), context)

        return recorded

    def _before(self, statement: str) -> Sent | None:
        kind, text = self._known.get(statement) or self._classify(statement)
        if kind is None:
            return None
        self._counters[kind] += 1
        if self._call_sites is None:
            return kind, None, None
        place, key, totals = self._last.get(text, _NOWHERE)
        if place is None or not is_at(place):
            site, place = self._call_sites.locate()
            key = text, site
            totals = self._by_line.get(key) or self._first(key)
            if len(self._last) < _MAX_KEYS:
                self._last[text] = place, key, totals
        if totals is not None:
            totals[CALLS] += 1
            if kind == READS and (self._iterating or self._next_is):
                self._note_place(totals)
        return kind, key, totals

    def _first(self, key: Key) -> list[float] | None:
        if len(self._by_line) >= _MAX_KEYS:
            return None
        totals = self._by_line[key] = [0, 0.0, 0, 0, 0, 0, 0, 0]
        if self._call_sites is not None:
            self._chains[key] = self._call_sites.chain(4)
        return totals

    def _note_place(self, totals: list[float]) -> None:
        """Record if a read happens during an iteration, or fetches only some rows."""
        if self._iterating:
            totals[NESTED] += 1
        if self._next_is:
            totals[self._next_is] += 1
            self._next_is = 0

    def _after(
        self,
        sent: Sent,
        seconds: float,
        cursor: "Any",
        statement: str,
        parameters: "Any",
        context: "Any",
    ) -> None:
        kind, _, totals = sent
        rows = 0
        if kind == WRITES:
            rows = _rows_written(cursor, parameters, context.executemany)
            self._transactions.written(context.root_connection, cursor, rows)
        else:
            context._limerun_totals = totals
        if totals is not None:
            totals[SECONDS] += seconds
            totals[WRITTEN] += rows

    def _failed(self, sent: Sent, seconds: float) -> None:
        """Count a statement that the database rejected, or that was interrupted."""
        totals = sent[2]
        self._counters[FAILED] += 1
        if totals is not None:
            totals[SECONDS] += seconds

    def _classify(self, statement: str) -> tuple[int | None, str]:
        kind, text = kind_of(statement), without_literals(statement)
        if len(self._kinds) < _MAX_KEYS:
            self._kinds[text] = kind
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        if len(statement) <= LONGEST:
            self._known[statement] = kind, text
        shared = self._parents or self._counters
        if kind is not None and self._parents is not None:
            shared[STATEMENTS_UNSEEN] = 1
        if kind is None and acts_uncounted(statement):
            shared[ACTED_UNSEEN] = 1
        return kind, text

    # --- reads ---------------------------------------------------------

    def next_read(self, how: str) -> None:
        """Record how the next read fetches: "whole", one "page", or "continued"."""
        self._next_is = _PLACES[how]

    def began_iterating(self) -> None:
        """Record that the task starts to iterate over a result."""
        self._iterating += 1

    def ended_iterating(self) -> None:
        """Record that the task has finished with that result."""
        self._iterating -= 1

    # --- report -----------------------------------------------------

    def summary(self) -> dict[str, object]:
        """Return statements by time, transaction sizes and the line with most commits."""
        ranked = self._ranked()
        return {
            "distinct": sum(kind is not None for kind in self._kinds.values()),
            "statements": [
                [
                    shortened(text, _TEXT_LENGTH),
                    site,
                    totals[CALLS],
                    totals[SECONDS],
                    totals[WRITTEN] if kind_of(text) == WRITES else None,
                ]
                for (text, site), totals in ranked
            ],
            "statement_reads": [
                [
                    totals[FETCHED],
                    totals[NESTED],
                    totals[CONTINUED],
                    _pages(key[0], totals),
                    self._chains.get(key, [])[1:],
                ]
                for key, totals in ranked
            ],
            **self._transactions.summary(),
        }

    def _ranked(self) -> list[tuple[Key, list[float]]]:
        ranked = sorted(self._by_line.items(), key=lambda item: -item[1][SECONDS])
        return ranked[:_MAX_TOLD]


def _pages(text: str, totals: list[float]) -> float:
    """Return how many of the calls fetched only part of the rows."""
    if totals[WHOLE] or totals[PAGED] or totals[CONTINUED]:
        return totals[PAGED]
    return totals[CALLS] if is_page(text) else 0


def _rows_written(cursor: "Any", parameters: list[object], many: bool) -> int:
    # For INSERT ... RETURNING, SQLite knows the row count only after the fetch.
    if cursor.rowcount > 0 or (cursor.rowcount == 0 and cursor.description is None):
        return int(cursor.rowcount)
    return len(parameters) if many else 1
