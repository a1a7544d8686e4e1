"""An application's database: one connection, transactions, and its tables."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from sqlalchemy import MetaData, create_engine, event, inspect
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.pool import StaticPool

from lime_application.users import Directory
from lime_type.links import Links

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property

CACHE_KIB = 2048
PRAGMAS = (
    f"PRAGMA cache_size=-{CACHE_KIB}",
    "PRAGMA mmap_size=0",
    "PRAGMA journal_mode=TRUNCATE",  # a file: in memory, it would count as the task's memory
    "PRAGMA synchronous=OFF",
    "PRAGMA temp_store=FILE",
)
_SENDING = ("do_execute", "do_executemany", "do_execute_no_params", "do_commit")


def make_engine(url: str, latency_seconds: float = 0.0) -> Engine:
    """Return SQLAlchemy's engine for a database, set up to use little memory.

    Args:
        url: A URL of SQLAlchemy; "sqlite://" is a new database in memory.
        latency_seconds: Delay of every statement, which simulates a network.
    """
    made = make_url(url)
    options: dict[str, Any] = {}
    if made.get_backend_name() == "sqlite":
        options["connect_args"] = {"check_same_thread": False}
        if not made.database or made.database == ":memory:":
            options["poolclass"] = StaticPool
    engine = create_engine(made, future=True, **options)
    if made.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if latency_seconds > 0:
        _add_latency(engine, latency_seconds)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Otherwise the driver would begin a transaction only at the first write, and an
    # earlier savepoint would be the transaction.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma).close()


def _begin_sqlite(connection: Connection) -> None:
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN").close()


def _add_latency(engine: Engine, seconds: float) -> None:
    """Make the dialect wait before it sends; the delay is part of the database time."""
    near: Any = type(engine.dialect)

    def distant(name: str) -> Any:
        send = getattr(near, name)

        def wait(*arguments: Any, **named: Any) -> Any:
            time.sleep(seconds)
            return send(*arguments, **named)

        return wait

    sending = {name: distant(name) for name in _SENDING}
    engine.dialect.__class__ = type(
        near.__name__,
        (near,),
        {
            "supports_statement_cache": near.supports_statement_cache,
            **sending,
        },
    )


class LimeDatabase:
    """A database with the tables of an application's limetypes."""

    def __init__(self, engine: Engine, *, name: str = "lime") -> None:
        self.engine = engine
        self.name = name
        self.connection = engine.connect()
        self.metadata = MetaData()
        self.directory = Directory()
        self._lock = RLock()
        self._depth = 0
        self._there: set[str] | None = None
        self._ensured: set[str] = set()
        self._highest: dict[str, int] = {}
        self._links: dict[tuple[str, str], Links] = {}

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
        self.engine.dispose()

    def read(self, statement: Any, values: Mapping[str, Any]) -> Sequence[Any]:
        """Return all rows of a query; end the transaction if this call began it."""
        with self._lock:
            connection = self.connection
            inside = connection.in_transaction()
            try:
                return connection.execute(statement, values).fetchall()
            finally:
                if not inside:
                    connection.rollback()

    def write(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
        """Run one statement for all these rows; return the number of changed rows."""
        if not rows:
            return 0
        return self.connection.execute(statement, rows).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the changes made inside, or roll them back; use a savepoint if nested.

        If the caller has already begun a transaction, this continues and commits it.
        """
        with self._lock:
            connection = self.connection
            if self._depth:
                scope: Any = connection.begin_nested()
            else:
                scope = connection.get_transaction() or connection.begin()
            highest = dict(self._highest)
            self._depth += 1
            try:
                yield
                scope.commit()
            except BaseException:
                scope.rollback()
                self._highest = highest
                self._there = None
                self._ensured.clear()
                raise
            finally:
                self._depth -= 1

    def new_ids(self, name: str, highest: int, count: int) -> range:
        """Return new ids for a table, never used by a row during this process."""
        first = max(highest, self._highest.get(name, 0)) + 1
        self._highest[name] = first + count - 1
        return range(first, first + count)

    def ensure(self, table: Any) -> None:
        """Create a table if it does not exist, or add its missing columns."""
        if table.name in self._ensured:
            return
        with self._lock:
            inside = self.connection.in_transaction()
            if self._there is None:
                self._there = set(inspect(self.connection).get_table_names())
            if table.name not in self._there:
                table.create(self.connection)
                self._there.add(table.name)
            else:
                self._add_columns(table)
            self._ensured.add(table.name)
            if not inside:
                self.connection.commit()

    def links(self, limetype: "LimeType", definition: "Property") -> Links:
        """Return the pairs of a hasandbelongstomany, seen from this limetype."""
        key = (limetype.name, definition.name)
        found = self._links.get(key)
        if found is None:
            found = self._links[key] = Links(self, limetype, definition)
        return found

    def _add_columns(self, table: Any) -> None:
        there = inspect(self.connection).get_columns(table.name)
        names = {column["name"] for column in there}
        quote = self.engine.dialect.identifier_preparer.quote
        for column in table.columns:
            if column.name not in names:
                kind = column.type.compile(self.engine.dialect)
                self.connection.exec_driver_sql(
                    f"ALTER TABLE {quote(table.name)} "
                    f"ADD COLUMN {quote(column.name)} {kind}"
                )
