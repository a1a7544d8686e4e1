"""Places of limerun's own on a PostgreSQL server: made, found again, dropped.

A place bears a name that only limerun gives, and its maker holds a lock of that
name on the server for as long as it lives. So a place whose lock is free was left
behind by a limerun that was killed.
"""

import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, LiteralString

from limerun.dataset.postgres.address import Address

if TYPE_CHECKING:
    from psycopg import Connection

OLDEST_VERSION = 130000
_DIGITS = 15
_OURS = rf"^limerun_{{home}}_([0-9a-f]{{{{{_DIGITS}}}}})(_\d+)?$"


class Unfit(Exception):
    """No place can be made on this server; the text says why, and what to do."""


class Places(ABC):
    """Databases or schemas, made through a connection to the one the user named."""

    def __init__(self, home: "Connection", address: Address) -> None:
        self._home = home
        self._address = address
        # Locks are known within one database only: a name says in which.
        self._oid = _one(
            home, "SELECT oid::int8 FROM pg_database WHERE datname = current_database()"
        )

    def claim(self) -> str:
        """Return a new name, which is locked until the connection ends."""
        token = secrets.token_hex(_DIGITS)[:_DIGITS]
        self._home.execute("SELECT pg_advisory_lock(%s)", (int(token, 16),))
        return f"limerun_{self._oid}_{token}"

    def drop_leftovers(self) -> None:
        """Drop the places of those that are no more, unless someone is in them."""
        import psycopg

        pattern = _OURS.format(home=self._oid)
        for name in list(self._names()):
            match = re.match(pattern, name)
            if match is None:
                continue
            key = (int(match[1], 16),)
            if not _one(self._home, "SELECT pg_try_advisory_lock(%s)", key):
                continue
            try:
                self._drop_unused(name)
            except psycopg.Error:
                pass  # in use, or another role's: it may go next time
            finally:
                self._home.execute("SELECT pg_advisory_unlock(%s)", key)

    @abstractmethod
    def address(self, name: str) -> Address:
        """Return where a place is."""

    @abstractmethod
    def create(self, name: str, like: str | None = None) -> None:
        """Make a place, empty or, where `copies`, like another that nobody is in."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Drop a place and whoever is in it."""

    @property
    @abstractmethod
    def copies(self) -> bool:
        """Whether the server makes a place that is like another."""

    @abstractmethod
    def _names(self) -> Iterator[str]:
        """Yield the names of places that nobody is in, and of others' too."""

    @abstractmethod
    def _drop_unused(self, name: str) -> None:
        """Drop a place, if nobody is in it."""

    def _execute(self, statement: LiteralString, **names: str) -> None:
        from psycopg import sql

        quoted = {each: sql.Identifier(name) for each, name in names.items()}
        self._home.execute(sql.SQL(statement).format(**quoted))


class Databases(Places):
    """Each place is a database."""

    copies = True

    def address(self, name: str) -> Address:
        """Return the database of this name."""
        return self._address.within(name, database=name, schema="public")

    def create(self, name: str, like: str | None = None) -> None:
        """Make a database, empty or like another."""
        if like is None:
            self._execute(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", name=name
            )
        else:
            self._execute(
                "CREATE DATABASE {name} TEMPLATE {like}", name=name, like=like
            )

    def drop(self, name: str) -> None:
        """Drop a database and whoever is in it."""
        self._execute("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name=name)

    def _names(self) -> Iterator[str]:
        found = self._home.execute(
            "SELECT datname::text FROM pg_database d WHERE NOT EXISTS "
            "(SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"
        )
        yield from (name for (name,) in found)

    def _drop_unused(self, name: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {name}", name=name)


class Schemas(Places):
    """Each place is a schema of the database that the user named."""

    copies = False

    def address(self, name: str) -> Address:
        """Return the schema of this name."""
        database = self._address.database
        return self._address.within(name, database=database, schema=name)

    def create(self, name: str, like: str | None = None) -> None:
        """Make a schema; it is empty."""
        assert like is None
        self._execute("CREATE SCHEMA {name}", name=name)

    def drop(self, name: str) -> None:
        """Drop a schema and whoever is in it."""
        self._home.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = %s",
            (name,),
        )
        self._drop_unused(name)

    def _names(self) -> Iterator[str]:
        found = self._home.execute(
            "SELECT nspname::text FROM pg_namespace n WHERE NOT EXISTS "
            "(SELECT FROM pg_stat_activity a WHERE a.application_name = n.nspname)"
        )
        yield from (name for (name,) in found)

    def _drop_unused(self, name: str) -> None:
        with self._home.transaction():
            # A worker that is still in there holds its tables.
            self._home.execute("SET LOCAL lock_timeout = '10s'")
            self._execute("DROP SCHEMA IF EXISTS {name} CASCADE", name=name)


def places_on(home: "Connection", address: Address) -> Places:
    """Return how places are made there: as databases, else as schemas.

    Raises:
        Unfit: The server is too old, or the role may make neither, or the schemas
            would lie beside tables that are not limerun's.
    """
    if home.info.server_version < OLDEST_VERSION:
        major = OLDEST_VERSION // 10000
        raise Unfit(f"its PostgreSQL is older than {major}, the oldest that serves")
    may_create_databases = (
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if _one(home, may_create_databases):
        return Databases(home, address)
    user = home.info.user
    advice = f'let the role have its own: ALTER ROLE "{user}" CREATEDB'
    may_create_schemas = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not _one(home, may_create_schemas):
        raise Unfit(
            f'the role "{user}" may create neither databases nor schemas; {advice}'
        )
    table = _table_of_others(home)
    if table is not None:
        raise Unfit(
            f'the role "{user}" may not create databases, and this one holds tables '
            f"that are not limerun's, such as {table}; name an empty one, or {advice}"
        )
    return Schemas(home, address)


def _table_of_others(home: "Connection") -> str | None:
    """Return the name of a table or view in the database, if there is one."""
    found: str | None = _one(
        home,
        "SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') "
        "AND n.nspname !~ '^(pg_|information_schema$)' "
        "AND n.nspname !~ %s AND NOT EXISTS (SELECT FROM pg_depend d "
        "WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid "
        "AND d.deptype = 'e') ORDER BY 1 LIMIT 1",
        (_OURS.format(home=r"\d+"),),
    )
    return found


def _one(
    home: "Connection", query: LiteralString, values: tuple[object, ...] = ()
) -> Any:
    row = home.execute(query, values or None).fetchone()
    return None if row is None else row[0]
