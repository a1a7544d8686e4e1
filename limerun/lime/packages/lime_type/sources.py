"""Compile the shapes of conditions to SQL, with joins along paths over belongsto."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, bindparam, cast, literal, not_, null, or_
from sqlalchemy.sql.expression import ColumnElement

from lime_errors import UnsupportedError
from lime_type.properties import Property
from limerun.storage import ID_COLUMN

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType

Path = tuple[str, ...]
ESCAPE = "/"
SQL_OPERATORS = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def property_at(limetype: "LimeType", path: Path) -> Property:
    """Return the property at the end of a path of belongsto relations."""
    for name in path[:-1]:
        limetype = related_limetype(limetype, name)
    name = path[-1]
    if name == ID_COLUMN and name not in limetype.properties:
        name = "_id"
    if name == "_descriptive" and limetype.descriptive_property is not None:
        return limetype.descriptive_property
    return limetype.get_property(name)


def related_limetype(limetype: "LimeType", name: str) -> "LimeType":
    """Return the limetype at the other end of a belongsto."""
    definition = limetype.get_property(name)
    if definition.type != "belongsto" or definition.relation is None:
        raise UnsupportedError(
            f'path over "{limetype.name}.{name}" of type {definition.type}: only paths '
            "over belongsto are documented to work"
        )
    return limetype.application.limetypes.get_limetype(definition.relation.limetype)


class JoinedTables:
    """A limetype's table, joined with the tables along paths."""

    def __init__(self, limetype: "LimeType") -> None:
        self.limetype = limetype
        self.table = limetype.rows.table
        self.joined: Any = self.table
        self._tables: dict[Path, tuple[LimeType, Any]] = {(): (limetype, self.table)}

    def step(self, path: Path) -> tuple["LimeType", Any]:
        """Return limetype and table at the end of a path; join the table if necessary."""
        found = self._tables.get(path)
        if found is None:
            limetype, table = self.step(path[:-1])
            related = related_limetype(limetype, path[-1])
            far = related.rows.table.alias("_".join(("at", *path)))
            on = table.c[path[-1]] == far.c[ID_COLUMN]
            self.joined = self.joined.outerjoin(far, on)
            found = self._tables[path] = (related, far)
        return found

    def column(self, path: Path) -> tuple[Property, Any]:
        """Return the property at the end of a path, and its column."""
        limetype, table = self.step(path[:-1])
        definition = property_at(limetype, path[-1:])
        name = ID_COLUMN if definition.name == "_id" else definition.column
        return definition, table.c[name]

    # --- shapes --------------------------------------------------------------

    def compile(self, shape: Any, *, negated: bool = False) -> ColumnElement[bool]:
        """Return the SQL of a shape, with a parameter for each value."""
        operator = shape[0]
        if operator in ("AND", "OR"):
            parts = [self.compile(each, negated=negated) for each in shape[1]]
            return and_(*parts) if operator == "AND" else or_(*parts)
        if operator == "!":
            return not_(self.compile(shape[1], negated=True))
        column = self.column(shape[1])[1]
        if operator in ("null", "not null"):
            is_null: ColumnElement[bool] = column.is_(null())
            return is_null if operator == "null" else not_(is_null)
        return self._comparison(shape, column, negated=negated)

    def _comparison(
        self, shape: Any, column: Any, *, negated: bool
    ) -> ColumnElement[bool]:
        operator, path, how, place, null_matches = shape
        found: ColumnElement[bool] = compare(column, operator, how, f"value_{place}")
        if null_matches:
            return or_(found, self._is_null(path, column))
        if null_matches is False and negated:
            # Otherwise NULL would match neither the condition nor its negation.
            return and_(found, not_(self._is_null(path, column)))
        return found

    def _is_null(self, path: Path, column: Any) -> Any:
        """Return the SQL for an existing row without a value in this column."""
        if len(path) == 1:
            return column.is_(null())
        row_id = self.step(path[:-1])[1].c[ID_COLUMN]
        return and_(column.is_(null()), row_id.is_not(null()))


def compare(column: Any, operator: str, how: str, name: str) -> Any:
    """Return the SQL of a comparison with the parameter `name`."""
    if how == "in":
        return column.in_(bindparam(name, expanding=True))
    value: Any = bindparam(name)
    if how == "like":
        text = column if isinstance(column.type, Text) else cast(column, Text)
        return text.ilike(value, escape=ESCAPE)
    if how == "key":
        holds = (literal(";") + column + literal(";")).like(value, escape=ESCAPE)
        return holds if operator == "=" else not_(holds)
    return column.op(SQL_OPERATORS[operator], is_comparison=True)(value)
