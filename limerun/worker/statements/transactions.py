"""Count transactions, the rows written in each, and the lines that commit."""

from limerun.worker.counters import (
    COMMITS,
    MAX_OBJECTS,
    ROWS_COMMITTED,
    TRANSACTIONS,
)

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable
    from typing import Any

    from limerun.worker.callsite import CallSites, Site
    from limerun.worker.statements.database_time import DatabaseTime


class TransactionRecorder:
    """Counts the transactions of all connections, and the rows that they write.

    Rows that are rolled back, even if to a savepoint, do not count as written. If the
    driver commits each statement, each writing statement is a transaction.
    """

    def __init__(
        self, counters: "memoryview[int]", call_sites: "CallSites | None"
    ) -> None:
        self.counters = counters
        self._call_sites = call_sites
        self._pending: dict[object, int | None] = {}  # None: committed already
        self._savepoints: dict[object, dict[str, int | None]] = {}
        self._busy: set[object] = set()
        self._sizes: dict[int, int] = {}
        self._commit_sites: dict[Site | None, int] = {}

    def wrappers(self, time: "DatabaseTime") -> "dict[str, Callable[[Any], Any]]":
        """Return the functions that wrap the methods of a dialect, by method name."""
        # The methods get the driver's connection, or SQLAlchemy's.
        return {
            "do_commit": lambda method: self._counting(
                method, time.timing(method), lambda driver: driver
            ),
            "do_commit_twophase": lambda method: self._counting(
                method, method, _driver_s
            ),
            "do_rollback": self._rolling_back,
            "do_rollback_twophase": lambda method: _noting(
                method, lambda connection, *_: self._rolled_back(_driver_s(connection))
            ),
            "do_savepoint": lambda method: _noting(method, self._saved),
            "do_release_savepoint": lambda method: _noting(method, self._released),
            "do_rollback_to_savepoint": lambda method: _noting(
                method, self._rolled_back_to
            ),
        }

    def written(self, connection: "Any", cursor: object, rows: int) -> None:
        """Record that a statement has written rows on a connection."""
        driver = _driver_s(connection)
        if _commits_itself(connection, cursor):
            self._pending[driver] = None
            self._commit(rows)
        else:
            self._pending[driver] = rows + (self._pending.get(driver) or 0)

    def summary(self) -> dict[str, object]:
        """Return how often each size occurred, and the line that commits most often."""
        sites = self._commit_sites
        return {
            "transaction_sizes": sorted(self._sizes.items()),
            "commit_site": max(sites, key=lambda site: sites[site], default=None),
        }

    def _commit(self, objects: int) -> None:
        self.counters[COMMITS] += 1
        if not objects:
            return
        self.counters[TRANSACTIONS] += 1
        self.counters[ROWS_COMMITTED] += objects
        if objects > self.counters[MAX_OBJECTS]:
            self.counters[MAX_OBJECTS] = objects
        self._sizes[objects] = self._sizes.get(objects, 0) + 1
        if self._call_sites is None:
            return
        site = self._call_sites.current()
        self._commit_sites[site] = self._commit_sites.get(site, 0) + 1

    def _counting(
        self,
        method: "Callable[..., Any]",
        run: "Callable[..., Any]",
        driver_of: "Callable[[Any], object]",
    ) -> "Callable[..., Any]":
        """Return a method that counts one commit, even if it calls another commit."""
        busy = self._busy

        def commit(dialect: object, connection: object, *rest: "Any") -> "Any":
            driver = driver_of(connection)
            if driver in busy:
                return method(dialect, connection, *rest)
            busy.add(driver)
            try:
                self._committed(driver)
                return run(dialect, connection, *rest)
            finally:
                busy.discard(driver)

        return commit

    def _rolling_back(self, method: "Callable[..., Any]") -> "Callable[..., Any]":
        def rollback(dialect: object, driver: object) -> "Any":
            self._rolled_back(driver)
            return method(dialect, driver)

        return rollback

    def _committed(self, driver: object) -> None:
        self._savepoints.pop(driver, None)
        objects = self._pending.pop(driver, 0)
        if objects is not None:  # otherwise there is nothing left to commit
            self._commit(objects)

    def _rolled_back(self, driver: object) -> None:
        self._savepoints.pop(driver, None)
        self._pending.pop(driver, None)

    def _saved(self, connection: "Any", name: str) -> None:
        driver = _driver_s(connection)
        saved = self._savepoints.setdefault(driver, {})
        saved[name] = self._pending.get(driver, 0)

    def _released(self, connection: "Any", name: str) -> None:
        self._savepoints.get(_driver_s(connection), {}).pop(name, None)

    def _rolled_back_to(self, connection: "Any", name: str) -> None:
        driver = _driver_s(connection)
        saved = self._savepoints.get(driver, {})
        if name in saved:
            self._pending[driver] = saved.pop(name)


def _noting(
    method: "Callable[..., Any]", note: "Callable[..., None]"
) -> "Callable[..., Any]":
    def noted(dialect: object, connection: object, *rest: "Any") -> "Any":
        note(connection, *rest)
        return method(dialect, connection, *rest)

    return noted


def _driver_s(connection: "Any") -> object:
    """Return the driver's connection that a connection of SQLAlchemy uses."""
    return connection.connection


def _commits_itself(connection: "Any", cursor: "Any") -> bool:
    """Return whether the driver has committed a statement's rows itself."""
    driver = getattr(cursor, "connection", None)
    inside = getattr(driver, "in_transaction", None)  # only sqlite3 has this attribute
    if inside is not None:
        return not inside
    if getattr(driver, "autocommit", None) is True:
        return True
    return bool(connection._is_autocommit_isolation())
