"""Limetypes: their properties, and how to read and create their objects."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lime_errors import NotFoundError, UnknownNameError, UnsupportedError
from lime_type.conditions import Condition, PropertyCondition, conditions_of
from lime_type.limeobjects import LimeObject
from lime_type.properties import LocalName, Property
from lime_type.rows import LimetypeRows
from limerun.lime import observer

if TYPE_CHECKING:
    from lime_application.application import LimeApplication

limeobject_classes: dict[str, type[LimeObject]] = {}
"""The registered class of each limetype; the default is `LimeObject`."""


def register_class(limetype: str, limeobject_class: type[LimeObject]) -> None:
    """Use this class for all objects of a limetype."""
    limeobject_classes[limetype] = limeobject_class


class LimeObjects:
    """The result of `get_all`; iterating reads the objects page by page.

    Iterating again reads them again.
    """

    def __init__(
        self,
        limetype: "LimeType",
        condition: Condition | None,
        limit: int | None,
        offset: int | None,
    ) -> None:
        self._limetype = limetype
        self._condition = condition
        self._limit = limit
        self._offset = offset or 0

    def __iter__(self) -> Iterator[LimeObject]:
        limetype = self._limetype
        pages = limetype.rows.pages(self._condition, self._limit, self._offset)
        for page in pages:
            observer.current.began_iterating()
            try:
                yield from limetype.from_rows(page)
            finally:
                observer.current.ended_iterating()

    @property
    def count(self) -> int:
        """Return the number of objects."""
        total = self._limetype.rows.count(self._condition)
        rest = max(0, total - self._offset)
        return rest if self._limit is None else min(rest, self._limit)


class LimeType:
    """A kind of object; calling it creates a new, unsaved object."""

    def __init__(
        self,
        name: str,
        properties: Iterable[Property],
        *,
        label: str = "none",
        localname: LocalName | None = None,
    ) -> None:
        self.name = name
        self.label = label
        self.localname = localname or LocalName(name)
        self.acl: Any = None
        self._define(tuple(properties))
        self._application: LimeApplication | None = None
        self._rows: LimetypeRows | None = None

    def __repr__(self) -> str:
        return f"LimeType({self.name!r})"

    def _define(self, properties: tuple[Property, ...]) -> None:
        from lime_type.layout import lay_out

        self.own_properties = properties
        self.layout = lay_out(properties)
        self.properties: Mapping[str, Property] = self.layout.properties
        self.descriptive_property = self.layout.descriptive

    @property
    def application(self) -> "LimeApplication":
        """The limetype's application."""
        if self._application is None:
            raise UnsupportedError(
                f'limetype "{self.name}" does not belong to an application yet'
            )
        return self._application

    def of_application(self, application: "LimeApplication") -> "LimeType":
        """Return the same limetype for this application."""
        bound = LimeType.__new__(type(self))
        bound.__dict__.update(self.__dict__)
        bound._application = application
        bound._rows = None
        return bound

    @property
    def rows(self) -> LimetypeRows:
        """The limetype's rows in the application's database."""
        if self._rows is None:
            self._rows = LimetypeRows(self, self.application.database)
        return self._rows

    def get_property(self, name: str) -> Property:
        """Return the definition of a property (provisional)."""
        try:
            return self.properties[name]
        except KeyError:
            what = f"property of {self.name}"
            raise UnknownNameError(what, name, self.properties) from None

    def __call__(self, _from_row: bool = False, **values: Any) -> LimeObject:
        """Create an unsaved object.

        Args:
            _from_row: Ignored; the platform's tests pass it.
            **values: Values by property: an option's key, a relation's id or object.
        """
        cls = limeobject_classes.get(self.name, LimeObject)
        made = cls(self, None, self.layout.defaults())
        for name, value in values.items():
            self.set_value(made, name, value)
        return made

    def set_value(self, made: LimeObject, name: str, value: Any) -> None:
        """Set a property of an object; an option is set by its key."""
        definition = self.get_property(name)
        accessor: Any = definition.accessor(made, definition)
        if definition.type == "option" and isinstance(value, str):
            accessor.set_by_key(value)
        elif definition.index is None and definition.relation is not None:
            for related in value or ():
                accessor.attach(related)
        else:
            accessor.value = value

    # --- reading -------------------------------------------------------------

    def get(self, id: int | None) -> LimeObject:
        """Return the object with this id.

        Raises:
            NotFoundError: There is no object with this id.
        """
        row = None if id is None else self.rows.one(id)
        if row is None:
            raise NotFoundError(f"there is no {self.name} with id {id}")
        return next(self.from_rows([row]))

    def get_all(
        self,
        filter: Any = None,
        limit: int | None = None,
        offset: int | None = None,
        **unknown: Any,
    ) -> LimeObjects:
        """Return the objects in the order of their ids; iterating reads them.

        Args:
            filter: A `lime_filter.Filter`.
            limit: Maximum number of objects; None or 0: all.
            offset: Number of objects to skip.
            **unknown: Raises an error, as the platform's arguments for sorting are
            undocumented.
        """
        if unknown:
            raise UnsupportedError(
                f"get_all({', '.join(unknown)}=): only filter, limit and offset are "
                f"documented; to sort, use lime_query's orderBy"
            )
        return LimeObjects(self, conditions_of(filter), limit or None, offset)

    def related_to(self, name: str, related_id: int) -> LimeObjects:
        """Return the objects whose belongsto relation `name` has this id."""
        return LimeObjects(self, PropertyCondition(name, "=", related_id), None, None)

    def linked(self, definition: Property, owner_id: int) -> Iterator[LimeObject]:
        """Yield the objects at the other end of a hasandbelongstomany."""
        relation = definition.relation
        if relation is None:
            return
        related = self.application.limetypes.get_limetype(relation.limetype)
        for linked_id in self.rows.linked_ids(definition, owner_id):
            row = related.rows.one(linked_id)
            if row is not None:
                yield from related.from_rows([row])

    def from_rows(self, rows: Iterable[Any]) -> Iterator[LimeObject]:
        """Yield the objects for rows, which have the id and then the columns."""
        cls = limeobject_classes.get(self.name, LimeObject)
        load = self.layout.load
        for row in rows:
            yield cls(self, row[0], load(row))


class LimeTypes:
    """An application's limetypes, by name."""

    def __init__(
        self, limetypes: Iterable[LimeType], application: "LimeApplication"
    ) -> None:
        self._limetypes = {
            each.name: each.of_application(application) for each in limetypes
        }

    def __getattr__(self, name: str) -> LimeType:
        return self.get_limetype(name)

    def __iter__(self) -> Iterator[LimeType]:
        return iter(self._limetypes.values())

    def __contains__(self, name: str) -> bool:
        return name in self._limetypes

    def get_limetype(self, name: str) -> LimeType:
        """Return the limetype with this name."""
        try:
            return self._limetypes[name]
        except KeyError:
            raise UnknownNameError("limetype", name, self._limetypes) from None
