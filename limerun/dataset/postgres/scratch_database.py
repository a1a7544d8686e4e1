"""Provide a fresh copy of the dataset on a PostgreSQL server for each run."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.dataset.design.layout import Schema
from limerun.dataset.postgres.address import Address, check_psycopg
from limerun.dataset.postgres.copy_tables import check_name_lengths, copy_back, fill
from limerun.dataset.postgres.databases import Places, Unfit, places_on
from limerun.errors import DatasetError
from limerun.progress import Progress

if TYPE_CHECKING:
    from psycopg import Connection


@contextmanager
def opened_server(url: str, progress: Progress) -> Iterator["PostgresServer"]:
    """Yield a server with limerun's own databases, which are dropped at the end.

    Databases that killed processes left behind are dropped first.

    Args:
        url: A database on the server. It is not changed, unless the role may not
            create databases: then schemas are created in it.
        progress: Reports copied rows, and databases that could not be dropped.

    Raises:
        DatasetError: psycopg is missing, the server does not answer, or the role may
            not create databases or schemas.
    """
    address = Address.parse(url)
    check_psycopg(f"database.url: {address}")
    with _refusing(address, "cannot be used"):
        home = address.connect()
    with closing(home):
        try:
            with _refusing(address, "cannot be used"):
                places = places_on(home, address)
                places.drop_leftovers()
                server = PostgresServer(address, places, progress)
        except Unfit as error:
            raise DatasetError(f"database.url: {address}: {error}") from error
        try:
            server.prepare()
            yield server
        finally:
            server.close()


def check_names(schema: Schema) -> None:
    """Reject names of tables and columns that PostgreSQL would truncate.

    Raises:
        DatasetError: A name is too long.
    """
    columns = {name for table in schema.stored.values() for name in table.columns}
    check_name_lengths(sorted({*schema.stored, *columns}))


class PostgresServer:
    """Creates a database for each run, as a copy of a template that is never changed."""

    def __init__(self, address: Address, places: Places, progress: Progress) -> None:
        self._address = address
        self._places = places
        self._progress = progress
        self._name = places.claim()
        self._names = 0
        self._templates: dict[Path | None, str] = {}
        self._made: list[str] = []

    def prepare(self) -> None:
        """Create the first database, to check that limerun can create and use one.

        Raises:
            DatasetError: It cannot.
        """
        with _refusing(self._address, "no database can be created there"):
            self._create(self._name)
            self._places.address(self._name).connect().close()

    def fresh(self, file: Path | None) -> str:
        """Return the URL of a new database with the content of a SQLite file.

        Args:
            file: The file; None creates an empty database.

        Raises:
            DatasetError: The server has no space, or the connection was lost.
        """
        with _refusing(self._address, "the dataset cannot be copied there"):
            if self._places.copies:
                template = self._template_of(file)
                name = self._new_name()
                self._create(name, like=template)
            else:
                name = self._new_name()
                self._create(name)
                self._fill(name, file)
        return self._places.address(name).url()

    def retrieve(self, to: Path | None) -> None:
        """Copy the most recent database into a file, and drop it.

        An error is only noted: a lost server must not discard a finished run.

        Args:
            to: The file; None: do not copy the database.
        """
        try:
            if to is not None:
                self.copy_back(to)
            self.drop()
        except DatasetError as error:
            self._progress.note(str(error))

    def copy_back(self, to: Path) -> None:
        """Copy the most recent database into a new SQLite file.

        Raises:
            DatasetError: It cannot be read or written.
        """
        with (
            _refusing(self._address, "the database cannot be read after the run"),
            closing(self._connect(self._made[-1])) as connection,
        ):
            copy_back(connection, to)

    def drop(self) -> None:
        """Drop the most recent database and end its sessions."""
        with _refusing(self._address, "a database cannot be dropped"):
            self._places.drop(self._made[-1])
        self._made.pop()

    def close(self) -> None:
        """Drop everything; if the connection is lost, the next run drops it."""
        import psycopg

        try:
            while self._made:
                self._places.drop(self._made[-1])
                self._made.pop()
        except psycopg.Error:
            self._progress.note(
                f"{self._made[-1]} could not be dropped at {self._address}; the next "
                "run on this server will drop it"
            )

    def _new_name(self) -> str:
        self._names += 1
        return f"{self._name}_{self._names}"

    def _create(self, name: str, like: str | None = None) -> None:
        # Added before the database exists, because an interrupt may occur in between.
        self._made.append(name)
        self._places.create(name, like)

    def _template_of(self, file: Path | None) -> str:
        """Return the database with this content, filling it the first time."""
        if file not in self._templates:
            name = self._name
            if self._templates:
                name = self._new_name()
                self._create(name)
            self._fill(name, file)
            self._templates[file] = name
        return self._templates[file]

    def _fill(self, name: str, file: Path | None) -> None:
        if file is None:
            return
        with closing(self._connect(name)) as connection:
            fill(connection, file, self._progress)

    def _connect(self, name: str) -> "Connection":
        return self._places.address(name).connect()


@contextmanager
def _refusing(address: Address, what: str) -> Iterator[None]:
    """Turn an error of a database into a DatasetError without the password."""
    import psycopg

    try:
        yield
    except (psycopg.Error, sqlite3.Error) as error:
        text = address.without_password(" ".join(str(error).split()))
        raise DatasetError(f"database.url: {address}: {what}: {text}") from None
