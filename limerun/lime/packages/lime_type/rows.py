"""A limetype's rows in a database: read page by page, written in batches."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from lime_type.sources import JoinedTables
from limerun.lime import observer
from limerun.storage import ID_COLUMN, column_type

if TYPE_CHECKING:
    from lime_application.database import LimeDatabase
    from lime_type.conditions import Condition
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property

FIRST_PAGE = 100
PAGE = 500
NO_ID = 2**62
STATEMENTS_KEPT = 200
SQL_TYPES: dict[str, Any] = {
    "TEXT": Text(),
    "INTEGER": BigInteger().with_variant(Integer(), "sqlite"),
    "REAL": Float(53),
}


def make_table(limetype: "LimeType", database: "LimeDatabase") -> Table:
    """Return SQLAlchemy's table for a limetype, as `limerun.storage` defines it."""
    columns: list[Column[Any]] = []
    for definition in limetype.layout.columns:
        lies_as = column_type(definition.type) or SYSTEM_TYPES[definition.name]
        related = definition.type == "belongsto"
        columns.append(Column(definition.name, SQL_TYPES[lies_as], index=related))
    identity: Column[Any] = Column(
        ID_COLUMN, SQL_TYPES["INTEGER"], primary_key=True, autoincrement=False
    )
    return Table(limetype.name, database.metadata, identity, *columns)


SYSTEM_TYPES = {
    "_createdtime": "TEXT",
    "_createduser": "INTEGER",
    "_timestamp": "TEXT",
    "_updateduser": "INTEGER",
}


class LimetypeRows:
    """The rows of one limetype in one database."""

    def __init__(self, limetype: "LimeType", database: "LimeDatabase") -> None:
        self.database = database
        self.limetype = limetype
        found = database.metadata.tables.get(limetype.name)
        self.table = make_table(limetype, database) if found is None else found
        database.ensure(self.table)
        self.statements: dict[Any, Any] = {}

    def prepare(self) -> None:
        """Create the table and prepare the statements, before the task needs them."""
        for definition in self.limetype.own_properties:
            if definition.type == "hasandbelongstomany":
                self.database.links(self.limetype, definition)

    # --- reading -------------------------------------------------------------

    def one(self, row_id: int) -> Any:
        """Return the row with this id, or None."""
        statement = self.statements.get("one")
        if statement is None:
            one = self.table.c[ID_COLUMN] == bindparam("row_id")
            statement = self.keep("one", select(*self._columns()).where(one))
        found = self.database.read(statement, {"row_id": row_id})
        observer.current.loaded(len(found))
        return found[0] if found else None

    def pages(
        self, condition: "Condition | None", limit: int | None, offset: int
    ) -> Iterator[Sequence[Any]]:
        """Yield lists of rows in the order of their ids.

        Each page is read completely and starts after the last id of the previous one,
        so rows may be written in between. Rows added after the start are not returned.
        """
        statement, values = self._page_statement(condition)
        after, last, size = 0, NO_ID, FIRST_PAGE
        how = "whole" if limit is None else "page"
        while True:
            wanted = size if limit is None else min(size, limit)
            place = {"after": after, "last": last, "page": wanted, "skip": offset}
            observer.current.next_read("continued" if after else how)
            rows = self.database.read(statement, values | place)
            observer.current.loaded(len(rows))
            is_last = len(rows) < wanted or wanted == limit
            if not is_last and last == NO_ID:
                last = self.highest_id()
            yield rows
            if is_last:
                return
            limit = limit and limit - wanted
            after, offset, size = rows[-1][0], 0, PAGE

    def count(self, condition: "Condition | None") -> int:
        """Return the number of matching rows."""
        values: list[Any] = []
        shape = None if condition is None else condition.shape(self.limetype, values)
        statement = self.statements.get(("count", shape))
        if statement is None:
            source = JoinedTables(self.limetype)
            where = [] if shape is None else [source.compile(shape)]
            counted = select(func.count()).select_from(source.joined).where(*where)
            statement = self.keep(("count", shape), counted)
        return int(self.database.read(statement, named(values))[0][0])

    def highest_id(self) -> int:
        """Return the highest id, 0 in an empty table."""
        statement = self.statements.get("highest")
        if statement is None:
            highest = select(func.max(self.table.c[ID_COLUMN]))
            statement = self.keep("highest", highest)
        return int(self.database.read(statement, {})[0][0] or 0)

    def related_ids(self, name: str, related_id: int) -> list[int]:
        """Return the ids of the rows whose belongsto relation `name` has this id."""
        statement = self.statements.get(("related", name))
        if statement is None:
            identity = self.table.c[ID_COLUMN]
            related = select(identity).where(self.table.c[name] == bindparam("related"))
            statement = self.keep(("related", name), related.order_by(identity))
        found = self.database.read(statement, {"related": related_id})
        return [row[0] for row in found]

    def _page_statement(
        self, condition: "Condition | None"
    ) -> tuple[Any, dict[str, Any]]:
        values: list[Any] = []
        shape = None if condition is None else condition.shape(self.limetype, values)
        statement = self.statements.get(("page", shape))
        if statement is None:
            statement = self.keep(("page", shape), self._make_page_statement(shape))
        return statement, named(values)

    def _make_page_statement(self, shape: Any) -> Any:
        source = JoinedTables(self.limetype)
        identity = self.table.c[ID_COLUMN]
        where = [] if shape is None else [source.compile(shape)]
        return (
            select(*self._columns())
            .select_from(source.joined)
            .where(*where, identity > bindparam("after"), identity <= bindparam("last"))
            .order_by(identity)
            .limit(bindparam("page"))
            .offset(bindparam("skip"))
        )

    def _columns(self) -> list[Any]:
        columns = self.table.c
        names = (each.name for each in self.limetype.layout.columns)
        return [columns[ID_COLUMN], *(columns[name] for name in names)]

    def keep(self, key: Any, statement: Any) -> Any:
        """Cache a statement, to reuse it with other values, and return it."""
        if len(self.statements) >= STATEMENTS_KEPT:
            self.statements.clear()
        self.statements[key] = statement
        return statement

    # --- writing -------------------------------------------------------------

    def insert(self, rows: list[dict[str, Any]]) -> None:
        """Write new rows, with their ids, in one statement."""
        self.database.write(insert(self.table), rows)

    def update(self, names: Sequence[str], rows: list[dict[str, Any]]) -> int:
        """Update these columns of the rows whose ids are in "row_id", in one statement."""
        statement = (
            update(self.table)
            .where(self.table.c[ID_COLUMN] == bindparam("row_id"))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        return self.database.write(statement, rows)

    def delete(self, ids: Sequence[int]) -> None:
        """Delete the rows with these ids in one statement."""
        statement = delete(self.table).where(
            self.table.c[ID_COLUMN] == bindparam("row_id")
        )
        self.database.write(statement, [{"row_id": each} for each in ids])

    def detach(self, name: str, ids: Sequence[int]) -> None:
        """Set this belongsto to NULL in all rows that relate to these ids."""
        column = self.table.c[name]
        statement = (
            update(self.table).where(column == bindparam("gone")).values({name: None})
        )
        self.database.write(statement, [{"gone": each} for each in ids])

    def linked_ids(self, definition: "Property", owner_id: int) -> list[int]:
        """Return the ids at the other end of a hasandbelongstomany."""
        return self.database.links(self.limetype, definition).far_ids(owner_id)


def named(values: Sequence[Any]) -> dict[str, Any]:
    """Return the values by the names of their parameters."""
    return {f"value_{place}": value for place, value in enumerate(values)}
