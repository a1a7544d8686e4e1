"""The link table of a hasandbelongstomany relation."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table, bindparam, delete, insert, select

from lime_errors import InvalidValueError
from limerun.storage import link_table

if TYPE_CHECKING:
    from lime_application.database import LimeDatabase
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property


class Links:
    """The pairs of ids in a link table, from the point of view of one end."""

    def __init__(
        self, database: "LimeDatabase", limetype: "LimeType", definition: "Property"
    ) -> None:
        relation = definition.relation
        if relation is None or relation.backref is None:
            raise InvalidValueError(
                f"{limetype.name}.{definition.name}: a hasandbelongstomany needs "
                "related and backref"
            )
        from lime_type.rows import SQL_TYPES

        near = f"{limetype.name}_{definition.name}"
        far = f"{relation.limetype}_{relation.backref}"
        name = link_table(
            limetype.name, definition.name, relation.limetype, relation.backref
        )
        found = database.metadata.tables.get(name)
        if found is None:
            columns: list[Column[Any]] = [
                Column(each, SQL_TYPES["INTEGER"]) for each in sorted({near, far})
            ]
            found = Table(name, database.metadata, *columns)
        database.ensure(found)
        self._database = database
        self._table = found
        self._near: Any = found.c[near]
        self._far: Any = found.c[far]

    def far_ids(self, near_id: int) -> list[int]:
        """Return the ids that are linked to this id, in order."""
        statement = select(self._far).where(self._near == bindparam("near_id"))
        pairs = self._database.read(statement.order_by(self._far), {"near_id": near_id})
        return [pair[0] for pair in pairs]

    def change(self, near_id: int, far_ids: Iterable[tuple[int, bool]]) -> None:
        """Add links to the ids whose value is True, and remove those to the others."""
        pairs = list(far_ids)
        rows = [{"near_id": near_id, "far_id": far_id} for far_id, _ in pairs]
        self._database.write(
            delete(self._table).where(
                self._near == bindparam("near_id"), self._far == bindparam("far_id")
            ),
            rows,
        )
        self._database.write(
            insert(self._table),
            [
                {self._near.name: near_id, self._far.name: far_id}
                for far_id, paired in pairs
                if paired
            ],
        )

    def forget_far(self, far_ids: Iterable[int]) -> None:
        """Remove all links to these ids."""
        statement = delete(self._table).where(self._far == bindparam("far_id"))
        self._database.write(statement, [{"far_id": each} for each in far_ids])
