"""Load a dataset's tables into the user's PostgreSQL database with COPY.

Each table is committed as a whole, with a comment that marks it as limerun's. The marks
are removed at the end. So an interrupted load continues with the next table. Other
tables of the user are never changed.
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
from limerun.dataset.postgres.address import Address, check_psycopg
from limerun.dataset.postgres.copy_tables import POSTGRES_TYPES, check_name_lengths
from limerun.dataset.values.block import Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.storage import ID_COLUMN, SYSTEM_COLUMNS, column_type, name_in_sql

if TYPE_CHECKING:
    from psycopg import Connection

_MARK = "limerun dataset generate, not finished: "


@contextmanager
def opened_database(url: str) -> Iterator["Connection"]:
    """Yield a connection; error messages leave out the password.

    Raises:
        DatasetError: psycopg is missing, the database does not exist, the server
            refuses a statement, or the connection is lost.
    """
    address = Address.parse(url)
    check_psycopg(address)
    import psycopg

    advice = ""
    try:
        with closing(address.connect()) as connection:
            advice = (
                "; complete tables are kept; run the same command again to continue"
            )
            yield connection
    except psycopg.Error as error:
        text = address.without_password(" ".join(str(error).split()))
        raise DatasetError(f"{address}: {text}{advice}") from None


class Loading:
    """Creates and fills the tables of a schema in a database.

    Args:
        connection: A connection in autocommit mode.
        schema: The schema.
        fingerprint: The plan's fingerprint; tables of another plan are not continued.
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
        """Reject tables with rows not written by limerun, and names that are too long.

        Raises:
            DatasetError: There is one.
        """
        for name, columns in self._columns.items():
            check_name_lengths((name, *columns))
            if self._found[name] == "full":
                raise DatasetError(
                    f'the database already has a table "{name}" with rows; name another '
                    "database, or empty the table"
                )

    def _state(self, name: str) -> str:
        """Return a table's state: missing, empty, full of other rows, or done."""
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
                executor.progress.note(f"{name}: already loaded")
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
        """Index the tables that limerun created, and remove their marks."""
        from psycopg import sql

        for name in self._columns:
            if self._found[name] == "empty":
                progress.note(f"{name}: existed before; its indexes are not changed")
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
        # As in SQLite, a row that is inserted without an id gets the next one.
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
    """Load all tables of a schema into a database, and return their names.

    Raises:
        DatasetError: The database cannot be used; the message says why.
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
