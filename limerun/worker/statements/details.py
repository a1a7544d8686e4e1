"""Record details of statements, for `profile` only: repeats, rows, transactions."""

import os
import re
from hashlib import blake2b
from typing import Any

from limerun.worker.callsite import CallSites
from limerun.worker.counters import COMMITS, WRITES
from limerun.worker.standard import now
from limerun.worker.statements.recorder import Key, Sent, StatementRecorder
from limerun.worker.task_thread import TaskThread

_MOST_DIGESTS = 200_000  # about 20 MB; later digests are not stored
_ADDRESS = " at 0x"
_TABLES = re.compile(
    r'\b(?:FROM|JOIN|INTO|UPDATE)\s+((?:"?\w+"?\.)?"?\w+"?)', re.IGNORECASE
)


class _Details:
    """Details of one statement sent from one line."""

    __slots__ = (
        "digests",
        "last_transaction",
        "repeats",
        "rows",
        "totals",
        "transactions",
    )

    def __init__(self, totals: list[float]) -> None:
        self.totals = totals
        self.repeats = 0
        self.rows = 0
        self.transactions = 0
        self.last_transaction = -1
        self.digests: set[bytes] = set()


class DetailedRecorder(StatementRecorder):
    """Counts repeats, rows fetched and transactions by statement.

    A repeat is a query whose answer was known: the same statement with the same
    parameters, and the task wrote nothing to its tables in between. A statement's
    seconds include its fetches: SQLite computes each row only when it is fetched. Only
    a digest of the parameters is stored, with a random key for each run that is never
    stored: no parameter can be recovered, not even by trying all values.
    """

    def __init__(
        self, counters: "memoryview[int]", call_sites: CallSites, thread: TaskThread
    ) -> None:
        super().__init__(counters, call_sites, thread)
        self._key = os.urandom(32)
        self._digests = 0
        self._details: dict[Key, _Details] = {}
        self._rows_seen = False
        self._tables: dict[str, tuple[str, ...]] = {}
        self._writes: dict[str, int] = {}

    def listen(self) -> None:
        """Attach to SQLAlchemy if the process has imported it."""
        super().listen()
        from limerun.instruments.libraries import wrap_fetches

        wrap_fetches(self._counting)

    def _after(
        self,
        sent: Sent,
        seconds: float,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
    ) -> None:
        super()._after(sent, seconds, cursor, statement, parameters, context)
        kind, key, totals = sent
        if key is None or totals is None:
            return
        details = self._details.get(key)
        if details is None:
            details = self._details[key] = _Details(totals)
        context._limerun_details = details
        transaction = self._counters[COMMITS]
        if details.last_transaction != transaction:
            details.last_transaction = transaction
            details.transactions += 1
        text = key[0]
        if kind == WRITES:
            for table in self._tables_of(text):
                self._writes[table] = self._writes.get(table, 0) + 1
        elif not context.executemany:
            # Literal values in the text count as parameters.
            values = parameters if text == statement else (statement, parameters)
            self._note_parameters(details, text, values)

    def _tables_of(self, statement: str) -> tuple[str, ...]:
        tables = self._tables.get(statement)
        if tables is None:
            tables = tuple(
                sorted({name.lower() for name in _TABLES.findall(statement)})
            )
            self._tables[statement] = tables
        return tables

    def _note_parameters(
        self, details: _Details, statement: str, parameters: object
    ) -> None:
        text = repr(parameters)
        if _ADDRESS in text:
            return  # an address, not a value: addresses are reused
        if self._writes:
            written = [
                (table, self._writes[table])
                for table in self._tables_of(statement)
                if table in self._writes
            ]
            text += repr(written) if written else ""
        digest = blake2b(
            text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=12
        ).digest()
        if digest in details.digests:
            details.repeats += 1
        elif self._digests < _MOST_DIGESTS:
            self._digests += 1
            details.digests.add(digest)

    def _counting(self, fetch: Any) -> Any:
        """Return a fetch function that also counts the rows of its statement."""
        self._rows_seen = True

        def counted(strategy: object, result: Any, *rest: Any, **named: Any) -> Any:
            began = now()
            found = fetch(strategy, result, *rest, **named)
            seconds = now() - began
            details = getattr(result.context, "_limerun_details", None)
            if details is not None:
                details.totals[1] += seconds
                if found is not None:
                    details.rows += len(found) if isinstance(found, list) else 1
            return found

        return counted

    def summary(self) -> dict[str, object]:
        """Return the plain recorder's summary, with details of each statement added."""
        told = super().summary()
        known = [
            self._details.get(key) or _Details(totals) for key, totals in self._ranked()
        ]
        told["statement_details"] = [
            [
                details.rows if self._rows_seen else None,
                details.repeats,
                details.transactions,
            ]
            for details in known
        ]
        told["repeats_complete"] = self._digests < _MOST_DIGESTS
        return told
