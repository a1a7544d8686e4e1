"""A PostgreSQL server that lends its place: a fresh copy of the dataset for each run."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from limerun.dataset.design.layout import Schema
from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.copy_tables import copy_back, fill
from limerun.dataset.postgres.databases import Places, Unfit, places_on
from limerun.errors import DatasetError
from limerun.progress import Progress

if TYPE_CHECKING:
    from psycopg import Connection

LONGEST_NAME = 63


@contextmanager
def opened_server(url: str, progress: Progress) -> Iterator["PostgresServer"]:
    """Give a server on which limerun has a place, which is dropped at the end.

    What limeruns left there that were killed is dropped first.

    Args:
        url: A database on it, which is itself never written to, unless the role
            may not create databases: then a schema is made in it.
        progress: Hears of rows that are copied, and of what could not be dropped.

    Raises:
        DatasetError: There is no psycopg here, no server there, or no right to
            make a place.
    """
    address = Address.parse(url)
    try:
        import psycopg  # noqa: F401 - is it there?
    except ImportError as error:
        raise DatasetError(
            f"database.url: {address} needs psycopg: {error}; install it in "
            f"{sys.executable}, as with pip install 'limerun[postgres]'"
        ) from error
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
    """Refuse names that PostgreSQL would cut.

    Raises:
        DatasetError: A table or column has one.
    """
    columns = {name for table in schema.tables.values() for name in table.columns}
    ends = {end for pair in schema.pairs.values() for end in pair.columns}
    for name in sorted({*schema.tables, *schema.pairs, *columns, *ends}):
        if len(name.encode()) > LONGEST_NAME:
            raise DatasetError(
                f'PostgreSQL knows no name as long as "{name}": {LONGEST_NAME} bytes '
                "at most; shorten the limetype's or the property's name"
            )


class PostgresServer:
    """Makes the databases that runs work on, from one that stays as it was made."""

    def __init__(self, address: Address, places: Places, progress: Progress) -> None:
        self._address = address
        self._places = places
        self._progress = progress
        self._name = places.claim()
        self._runs = 0
        self._filled = False
        self._made: list[str] = []

    def prepare(self) -> None:
        """Make a first place, so that it is known that it can be made and entered.

        Raises:
            DatasetError: It cannot.
        """
        with _refusing(self._address, "no database can be made there"):
            self._create(self._name)
            self._places.address(self._name).connect().close()

    def fresh(self, file: Path | None) -> str:
        """Return the URL of a new database that holds what a SQLite file does.

        Args:
            file: The same each time; None: it stays empty.

        Raises:
            DatasetError: The server has no room for it, or went away.
        """
        self._runs += 1
        name = f"{self._name}_{self._runs}"
        with _refusing(self._address, "the dataset cannot be copied there"):
            if self._places.copies:
                self._fill(self._name, file)
                self._create(name, like=self._name)
            else:
                self._create(name)
                self._filled = False
                self._fill(name, file)
        return self._places.address(name).url()

    def copy_back(self, to: Path) -> None:
        """Copy the database made last into a new SQLite file.

        Raises:
            DatasetError: It cannot be read or written.
        """
        with (
            _refusing(self._address, "what the task left cannot be read"),
            closing(self._connect(self._made[-1])) as connection,
        ):
            copy_back(connection, to)

    def drop(self) -> None:
        """Drop the database made last, whoever is in it."""
        with _refusing(self._address, "a database cannot be dropped"):
            self._places.drop(self._made[-1])
        self._made.pop()

    def close(self) -> None:
        """Drop everything; what a lost server keeps is dropped by the next run."""
        import psycopg

        try:
            while self._made:
                self._places.drop(self._made[-1])
                self._made.pop()
        except psycopg.Error:
            self._progress.note(
                f"{self._made[-1]} could not be dropped at {self._address}; "
                "the next run there does it"
            )

    def _create(self, name: str, like: str | None = None) -> None:
        # Before it is there: an interrupt may come between.
        self._made.append(name)
        self._places.create(name, like)

    def _fill(self, name: str, file: Path | None) -> None:
        if file is None or self._filled:
            return
        with closing(self._connect(name)) as connection:
            fill(connection, file, self._progress)
        self._filled = True

    def _connect(self, name: str) -> "Connection":
        return self._places.address(name).connect()


@contextmanager
def _refusing(address: Address, what: str) -> Iterator[None]:
    """Return an error as the user should read it, without the password."""
    import psycopg

    try:
        yield
    except (psycopg.Error, sqlite3.Error) as error:
        text = address.without_password(" ".join(str(error).split()))
        raise DatasetError(f"database.url: {address}: {what}: {text}") from None
