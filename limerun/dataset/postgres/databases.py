"""Create and drop limerun's own databases or schemas ("places") on a PostgreSQL server.

The process that creates a place keeps an advisory lock on the server, derived from the
place's name, until it ends. So if the lock of a place is free, its process was killed
and left the place behind.
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
    """No place can be created on this server; the text explains why and what to do."""


class Places(ABC):
    """Creates databases or schemas, through a connection to the user's database."""

    def __init__(self, home: "Connection", address: Address) -> None:
        self._home = home
        self._address = address
        # Advisory locks are local to a database, so names contain the database's oid.
        self._oid = _one(
            home, "SELECT oid::int8 FROM pg_database WHERE datname = current_database()"
        )

    def claim(self) -> str:
        """Return a new name, locked until the connection ends."""
        token = secrets.token_hex(_DIGITS)[:_DIGITS]
        self._home.execute("SELECT pg_advisory_lock(%s)", (int(token, 16),))
        return f"limerun_{self._oid}_{token}"

    def drop_leftovers(self) -> None:
        """Drop places that killed processes left behind, unless they are in use."""
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
                pass  # in use, or owned by another role: try again next time
            finally:
                self._home.execute("SELECT pg_advisory_unlock(%s)", key)

    @abstractmethod
    def address(self, name: str) -> Address:
        """Return the address of a place."""

    @abstractmethod
    def create(self, name: str, like: str | None = None) -> None:
        """Create a place: an empty one, or a copy of an unused one (see `copies`)."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Drop a place and end its sessions."""

    @property
    @abstractmethod
    def copies(self) -> bool:
        """True if the server can copy a place."""

    @abstractmethod
    def _names(self) -> Iterator[str]:
        """Yield the names of unused places, including those of other programs."""

    @abstractmethod
    def _drop_unused(self, name: str) -> None:
        """Drop a place if it is not in use."""

    def _execute(self, statement: LiteralString, **names: str) -> None:
        from psycopg import sql

        quoted = {each: sql.Identifier(name) for each, name in names.items()}
        self._home.execute(sql.SQL(statement).format(**quoted))


class Databases(Places):
    """Creates places that are databases."""

    copies = True

    def address(self, name: str) -> Address:
        """Return the address of the database of this name."""
        return self._address.within(name, database=name, schema="public")

    def create(self, name: str, like: str | None = None) -> None:
        """Create a database, empty or as a copy of another."""
        if like is None:
            self._execute(
                "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'", name=name
            )
        else:
            self._execute(
                "CREATE DATABASE {name} TEMPLATE {like}", name=name, like=like
            )

    def drop(self, name: str) -> None:
        """Drop a database and end its sessions."""
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
    """Creates places that are schemas in the user's database."""

    copies = False

    def address(self, name: str) -> Address:
        """Return the address of the schema of this name."""
        database = self._address.database
        return self._address.within(name, database=database, schema=name)

    def create(self, name: str, like: str | None = None) -> None:
        """Create an empty schema."""
        assert like is None
        self._execute("CREATE SCHEMA {name}", name=name)

    def drop(self, name: str) -> None:
        """Drop a schema and end its sessions."""
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
            # A worker that still runs locks its tables.
            self._home.execute("SET LOCAL lock_timeout = '10s'")
            self._execute("DROP SCHEMA IF EXISTS {name} CASCADE", name=name)


def places_on(home: "Connection", address: Address) -> Places:
    """Return a creator of places: databases if the role may create them, else schemas.

    Raises:
        Unfit: The server is too old, or the role may create neither, or the database
            contains tables that are not limerun's.
    """
    if home.info.server_version < OLDEST_VERSION:
        major = OLDEST_VERSION // 10000
        found = home.info.server_version // 10000
        raise Unfit(f"this is PostgreSQL {found}; limerun needs {major} or later")
    may_create_databases = (
        "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    if _one(home, may_create_databases):
        return Databases(home, address)
    user = home.info.user
    advice = f'allow it with ALTER ROLE "{user}" CREATEDB'
    may_create_schemas = "SELECT has_database_privilege(current_database(), 'CREATE')"
    if not _one(home, may_create_schemas):
        raise Unfit(
            f'the role "{user}" may create neither databases nor schemas; {advice}'
        )
    table = _table_of_others(home)
    if table is not None:
        raise Unfit(
            f'the role "{user}" may not create databases, and this one contains tables '
            f"that are not limerun's, such as {table}; name an empty database, or "
            f"{advice}"
        )
    return Schemas(home, address)


def _table_of_others(home: "Connection") -> str | None:
    """Return a table or view in the database that is not limerun's, if there is one."""
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
