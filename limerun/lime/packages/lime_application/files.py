"""Store an application's files, in a table of the database."""

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
)

from lime_errors import NotFoundError
from lime_file import File

if TYPE_CHECKING:
    from lime_application.database import LimeDatabase

TABLE = "_file"


class Files:
    """The stored files of an application, by id."""

    def __init__(self, database: "LimeDatabase") -> None:
        self._database = database
        found = database.metadata.tables.get(TABLE)
        if found is None:
            found = Table(
                TABLE,
                database.metadata,
                Column(
                    "id",
                    BigInteger().with_variant(Integer(), "sqlite"),
                    primary_key=True,
                    autoincrement=False,
                ),
                Column("filename", Text()),
                Column("mimetype", Text()),
                Column("data", LargeBinary()),
            )
        self._table = found

    def fetch(self, file_id: int) -> File:
        """Return the file of this id.

        Raises:
            lime_errors.NotFoundError: There is no file with this id.
        """
        self._database.ensure(self._table)
        statement = select(self._table).where(self._table.c.id == bindparam("row_id"))
        found = self._database.read(statement, {"row_id": file_id})
        if not found:
            raise NotFoundError(f"there is no file with id {file_id}")
        row_id, filename, mimetype, data = found[0]
        return File(filename, data=data, mimetype=mimetype, id=row_id)

    def store(self, file: File) -> int:
        """Store a new file, from its stream's current position; return its id."""
        if file.id is not None:
            return file.id
        self._database.ensure(self._table)
        with self._database.transaction():
            highest = self._database.read(select(func.max(self._table.c.id)), {})
            new_id = self._database.new_ids(TABLE, highest[0][0] or 0, 1)[0]
            row = {
                "id": new_id,
                "filename": file.filename,
                "mimetype": file.mimetype,
                "data": file.stream.read(),
            }
            self._database.write(insert(self._table), [row])
        file.id = new_id
        return new_id
