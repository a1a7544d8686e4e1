"""Count what SQLAlchemy sends to the database, by statement and line of user code."""

import sys
import time

from limerun.worker.callsite import CallSites, Site
from limerun.worker.counters import (
    COMMITS,
    DATABASE_NS,
    HAS_STATEMENTS,
    MAX_OBJECTS,
    READS,
    TRANSACTIONS,
    WRITES,
)

_READS = ("SELECT", "WITH", "VALUES")
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE")
_MAX_KEYS = 5000  # distinct (statement, line) pairs kept; more are only counted
_MAX_TOLD = 200
_TEXT_LENGTH = 1000
_UNSEEN = -1


class StatementRecorder:
    """Listens to every SQLAlchemy engine of this process.

    Statements are keyed by text and line; parameters are never looked at.
    Without `call_sites` it only counts. Savepoints, pragmas and DDL are not counted. An object is a row written.
    """

    def __init__(
        self, counters: "memoryview[int]", call_sites: CallSites | None
    ) -> None:
        self._counters = counters
        self._call_sites = call_sites
        self._by_line: dict[tuple[str, Site | None], list[float]] = {}
        self._kinds: dict[str, int | None] = {}
        self._pending: dict[object, int] = {}
        self._sizes: dict[int, int] = {}
        self._commit_sites: dict[Site | None, int] = {}

    def listen(self) -> None:
        """Attach to SQLAlchemy if the process has imported it."""
        if "sqlalchemy" not in sys.modules:
            return
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "commit", self._committed)
        event.listen(Engine, "rollback", self._rolled_back)
        self._counters[HAS_STATEMENTS] = 1

    def _before(self, *args: object) -> None:
        args[4]._limerun_started = time.perf_counter()  # type: ignore[attr-defined]

    # SQLAlchemy fixes these six arguments.
    def _after(self, connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        seconds = time.perf_counter() - context._limerun_started
        kind = self._kinds.get(statement, _UNSEEN)
        if kind == _UNSEEN:
            kind = self._classify(statement)
        if kind is None:
            return None
        self._counters[kind] += 1
        self._counters[DATABASE_NS] += int(seconds * 1e9)
        rows = 0
        if kind == WRITES:
            rows = _rows_written(cursor.rowcount, parameters, many)
            pending = self._pending
            root = context.root_connection
            pending[root] = pending.get(root, 0) + rows
        if self._call_sites is None:
            return None
        key = (statement, self._call_sites.current())
        totals = self._by_line.get(key)
        if totals is None:
            if len(self._by_line) >= _MAX_KEYS:
                return None
            totals = self._by_line[key] = [0, 0.0, 0]
        totals[0] += 1
        totals[1] += seconds
        totals[2] += rows
        return key

    def _classify(self, statement: str) -> int | None:
        kind = _kind(statement)
        if len(self._kinds) < _MAX_KEYS:
            self._kinds[statement] = kind
        return kind

    def _committed(self, connection: object) -> None:
        self._counters[COMMITS] += 1
        objects = self._pending.pop(connection, 0)
        if not objects:
            return
        self._counters[TRANSACTIONS] += 1
        if objects > self._counters[MAX_OBJECTS]:
            self._counters[MAX_OBJECTS] = objects
        self._sizes[objects] = self._sizes.get(objects, 0) + 1
        if self._call_sites is None:
            return
        site = self._call_sites.current()
        self._commit_sites[site] = self._commit_sites.get(site, 0) + 1

    def _rolled_back(self, connection: object) -> None:
        self._pending.pop(connection, None)

    def summary(self) -> dict[str, object]:
        """Return statements by time, transaction sizes and the line that commits."""
        commit_site = max(
            self._commit_sites, key=lambda site: self._commit_sites[site], default=None
        )
        return {
            "distinct": sum(kind is not None for kind in self._kinds.values()),
            "statements": [
                [
                    text[:_TEXT_LENGTH],
                    site,
                    calls,
                    seconds,
                    rows if _kind(text) == WRITES else None,
                ]
                for (text, site), (calls, seconds, rows) in self._ranked()
            ],
            "transaction_sizes": sorted(self._sizes.items()),
            "commit_site": commit_site,
        }

    def _ranked(self) -> list[tuple[tuple[str, Site | None], list[float]]]:
        ranked = sorted(self._by_line.items(), key=lambda item: -item[1][1])
        return ranked[:_MAX_TOLD]


def _rows_written(rowcount: int, parameters: list[object], many: bool) -> int:
    if rowcount >= 0:
        return rowcount
    return len(parameters) if many else 1


def _kind(statement: str) -> int | None:
    word = statement.lstrip(" \n\t(")[:8].upper()
    if word.startswith(_READS):
        return READS
    return WRITES if word.startswith(_WRITES) else None
