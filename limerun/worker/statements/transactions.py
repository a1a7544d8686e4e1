"""Count transactions, the rows written in each, and the lines that commit."""

from limerun.worker.counters import COMMITS, MAX_OBJECTS, TRANSACTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:  # importing typing would cost memory here
    from collections.abc import Callable
    from typing import Any

    from limerun.worker.callsite import CallSites, Site


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
        self._pending: dict[object, int | None] = {}  # None: already committed
        self._savepoints: dict[object, dict[str, int | None]] = {}
        self._sizes: dict[int, int] = {}
        self._commit_sites: dict[Site | None, int] = {}

    def events(self) -> "dict[str, Callable[..., None]]":
        """Return the listeners for an engine's events."""
        return {
            "commit": self._committed,
            "commit_twophase": self._committed,
            "rollback": self._rolled_back,
            "rollback_twophase": self._rolled_back,
            "savepoint": self._saved,
            "release_savepoint": self._released,
            "rollback_savepoint": self._rolled_back_to,
        }

    def written(self, connection: object, cursor: object, rows: int) -> None:
        """Record that a statement has written rows on a connection."""
        if _commits_itself(connection, cursor):
            self._pending[connection] = None
            self._commit(rows)
        else:
            before = self._pending.get(connection)
            self._pending[connection] = rows + (before or 0)

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
        if objects > self.counters[MAX_OBJECTS]:
            self.counters[MAX_OBJECTS] = objects
        self._sizes[objects] = self._sizes.get(objects, 0) + 1
        if self._call_sites is None:
            return
        site = self._call_sites.current()
        self._commit_sites[site] = self._commit_sites.get(site, 0) + 1

    # SQLAlchemy requires the arguments of the following methods.

    def _committed(self, connection: object, *_: object) -> None:
        self._savepoints.pop(connection, None)
        objects = self._pending.pop(connection, 0)
        if objects is not None:  # otherwise there is nothing left to commit
            self._commit(objects)

    def _rolled_back(self, connection: object, *_: object) -> None:
        self._savepoints.pop(connection, None)
        self._pending.pop(connection, None)

    def _saved(self, connection: object, name: str | None) -> None:
        # The event comes before SQLAlchemy makes the name, and inner savepoints may go
        # without an event: without the name, they could not be distinguished.
        number = getattr(connection, "_Connection__savepoint_seq", None)
        if number is not None:
            saved = self._savepoints.setdefault(connection, {})
            saved[f"sa_savepoint_{number + 1}"] = self._pending.get(connection, 0)

    def _released(self, connection: object, name: str, _: object) -> None:
        self._savepoints.get(connection, {}).pop(name, None)

    def _rolled_back_to(self, connection: object, name: str, _: object) -> None:
        saved = self._savepoints.get(connection, {})
        if name in saved:
            self._pending[connection] = saved.pop(name)


def _commits_itself(connection: "Any", cursor: "Any") -> bool:
    """Return whether the driver has committed a statement's rows itself."""
    driver = getattr(cursor, "connection", None)
    inside = getattr(driver, "in_transaction", None)  # only sqlite3 has this attribute
    if inside is not None:
        return not inside
    if getattr(driver, "autocommit", None) is True:
        return True
    return bool(connection._is_autocommit_isolation())
