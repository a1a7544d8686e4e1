"""Load a dataset's tables into a PostgreSQL database of the user's, by COPY.

Each table is committed whole with a mark on it; the marks go when all is done. So an
interrupted load goes on with the next table, and only tables with the mark are known
to be limerun's. What the user has there is never changed.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.encodings import COPY_NULL
from limerun.dataset.output.executor import Executor, opened_executor
from limerun.dataset.output.generate import PhaseClock
from limerun.dataset.output.parts import OutputPiece
from limerun.dataset.output.sqlite_schema import SYSTEM_TYPES, is_indexed
from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.copy_tables import POSTGRES_TYPES
from limerun.dataset.values.block import Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.storage import ID_COLUMN, SYSTEM_COLUMNS, column_type, name_in_sql

if TYPE_CHECKING:
    from psycopg import Connection

LONGEST_NAME = 63
_MARK = "limerun dataset generate, not finished: "


@contextmanager
def opened_database(url: str) -> Iterator["Connection"]:
    """Yield a connection; errors of the server leave out the password.

    Raises:
        DatasetError: There is no psycopg here, or no such database there; or the
            server refuses a statement, or goes away.
    """
    address = Address.parse(url)
    try:
        import psycopg
    except ImportError as error:
        raise DatasetError(
            f"{address} needs psycopg: {error}; install it, as with "
            "pip install 'limerun[postgres]'"
        ) from error
    advice = ""
    try:
        with closing(address.connect()) as connection:
            advice = (
                "; finished tables are kept, and the same command goes on after them"
            )
            yield connection
    except psycopg.Error as error:
        text = address.without_password(" ".join(str(error).split()))
        raise DatasetError(f"{address}: {text}{advice}") from None


class Loading:
    """Makes the tables of a schema in a database.

    Args:
        connection: The database; it commits each statement by itself.
        schema: What is to be made.
        fingerprint: The plan's: only its own tables are gone on with.
    """

    def __init__(
        self, connection: "Connection", schema: Schema, fingerprint: str
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._mark = _MARK + fingerprint
        self._columns = {**_tables(schema), **_pairs(schema)}
        self._found = {name: self._state(name) for name in self._columns}

    def check(self) -> None:
        """Refuse tables that hold rows of somebody's, and names that would be cut.

        Raises:
            DatasetError: There is one.
        """
        for name, columns in self._columns.items():
            for each in (name, *columns):
                if len(each.encode()) > LONGEST_NAME:
                    raise DatasetError(
                        f'PostgreSQL knows no name as long as "{each}": '
                        f"{LONGEST_NAME} bytes at most; shorten it"
                    )
            if self._found[name] == "full":
                raise DatasetError(
                    f'the database has a table "{name}" that holds rows; limerun '
                    "changes none: name another database, or empty the table"
                )

    def _state(self, name: str) -> str:
        """Return what there is of that name: nothing, or a table in some state."""
        from psycopg import sql

        found = self._connection.execute(
            "SELECT obj_description(to_regclass(%s), 'pg_class'), to_regclass(%s)",
            (name_in_sql(name), name_in_sql(name)),
        ).fetchone()
        assert found is not None
        comment, table = found
        if table is None:
            return "missing"
        if comment == self._mark:
            return "done"
        some = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name))
        return "full" if self._connection.execute(some).fetchone() else "empty"

    def load(self, executor: Executor) -> None:
        """Fill each table in one transaction."""
        for name, columns in self._columns.items():
            if self._found[name] == "done":
                executor.progress.note(f"{name}: there already")
                continue
            with self._connection.transaction():
                if self._found[name] == "missing":
                    self._create(name, columns)
                if self._schema.stored[name].rows:
                    self._copy(name, columns, executor)

    def _create(self, name: str, columns: dict[str, str]) -> None:
        from psycopg import sql

        described = [
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(type))
            for column, type in columns.items()
        ]
        table = sql.Identifier(name)
        self._connection.execute(
            sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(described))
        )
        mark = sql.SQL("COMMENT ON TABLE {} IS {}")
        self._connection.execute(mark.format(table, sql.Literal(self._mark)))

    def _copy(self, name: str, columns: dict[str, str], executor: Executor) -> None:
        from psycopg import sql

        new = self._found[name] == "missing"
        form = f"FORMAT csv, NULL '{COPY_NULL}'{', FREEZE' if new else ''}"
        statement = sql.SQL("COPY {} ({}) FROM STDIN ({})").format(
            sql.Identifier(name),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(form),
        )
        with self._connection.cursor().copy(statement) as copy:
            piece = OutputPiece(name=name, kind="stored", format="copy")
            for part in executor.parts(piece):
                for chunk in part.chunks:
                    copy.write(chunk)

    def index(self, progress: Progress) -> None:
        """Index the tables that limerun has made, and take their marks off."""
        from psycopg import sql

        for name in self._columns:
            if self._found[name] == "empty":
                progress.note(f"{name}: was there; its indexes are left as they are")
                continue
            progress.note(f"index: {name}")
            for statement in self._indexes(name):
                self._connection.execute(statement)
        for name in self._columns:
            table = sql.Identifier(name)
            self._connection.execute(sql.SQL("ANALYZE {}").format(table))
        with self._connection.transaction():
            for name, state in self._found.items():
                if state != "empty":
                    off = sql.SQL("COMMENT ON TABLE {} IS NULL")
                    self._connection.execute(off.format(sql.Identifier(name)))

    def _indexes(self, name: str) -> Iterator[Any]:
        from psycopg import sql

        table = sql.Identifier(name)
        if name not in self._schema.tables:
            for end in self._columns[name]:
                yield _index(name, end)
            return
        has_key = self._connection.execute(
            "SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass(%s) "
            "AND contype = 'p'",
            (name_in_sql(name),),
        )
        if not has_key.fetchone():
            key = sql.SQL("ALTER TABLE {} ADD PRIMARY KEY ({})")
            yield key.format(table, sql.Identifier(ID_COLUMN))
        go_on = sql.SQL(
            "SELECT setval(pg_get_serial_sequence({}, {}), greatest(max({}), 1), "
            "max({}) IS NOT NULL) FROM {}"
        )
        id_column = sql.Identifier(ID_COLUMN)
        quoted = sql.Literal(table.as_string(self._connection))
        yield go_on.format(quoted, sql.Literal(ID_COLUMN), id_column, id_column, table)
        for column in self._schema.tables[name].columns.values():
            if is_indexed(column):
                yield _index(name, column.name)


def _index(table: str, column: str) -> Any:
    from psycopg import sql

    return sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
        sql.Identifier(f"{table}__{column}"),
        sql.Identifier(table),
        sql.Identifier(column),
    )


def _tables(schema: Schema) -> dict[str, dict[str, str]]:
    """Return the columns of each limetype's table with their types."""
    made = {}
    for name, table in schema.tables.items():
        # A row that is inserted without an id gets the next one, as in SQLite.
        columns = {ID_COLUMN: "int8 GENERATED BY DEFAULT AS IDENTITY"}
        for column in table.columns.values():
            columns[column.name] = POSTGRES_TYPES[column_type(column.type) or "TEXT"]
        for column_name, type in zip(SYSTEM_COLUMNS, SYSTEM_TYPES, strict=True):
            columns[column_name] = POSTGRES_TYPES[type]
        made[name] = columns
    return made


def _pairs(schema: Schema) -> dict[str, dict[str, str]]:
    return {
        name: dict.fromkeys(table.columns, "int8")
        for name, table in schema.pairs.items()
    }


def load_server(
    schema: Schema, url: str, fingerprint: str, workers: int, clock: PhaseClock
) -> Sequence[str]:
    """Make all tables of a schema in a database, and return their names.

    Raises:
        DatasetError: The database cannot be used so; the message says why.
    """
    recipe = Recipe(schema, MAKERS)
    with opened_database(url) as connection:
        loading = Loading(connection, schema, fingerprint)
        loading.check()
        executor = opened_executor(recipe, clock.progress, workers)
        with clock.phase("load"), executor as opened:
            loading.load(opened)
        with clock.phase("index"):
            loading.index(clock.progress)
    return [*schema.tables, *schema.pairs]
