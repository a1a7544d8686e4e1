"""A Lime object: one row of a limetype, and its changes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lime_type.accessors import (
    OptionPropertyAccessor,
    Properties,
    PropertyAccessor,
    SetPropertyAccessor,
    SystemPropertyAccessor,
)
from lime_type.relations import (
    BelongsToPropertyAccessor,
    FilePropertyAccessor,
    HasAndBelongsToManyPropertyAccessor,
    HasManyPropertyAccessor,
    HasOnePropertyAccessor,
)
from limerun.lime import observer

if TYPE_CHECKING:
    from datetime import datetime

    from lime_application.application import LimeApplication
    from lime_type.limetypes import LimeType
    from lime_type.unit_of_work import UnitOfWork

__all__ = [
    "BelongsToPropertyAccessor",
    "FilePropertyAccessor",
    "HasAndBelongsToManyPropertyAccessor",
    "HasManyPropertyAccessor",
    "HasOnePropertyAccessor",
    "LimeObject",
    "OptionPropertyAccessor",
    "Properties",
    "PropertyAccessor",
    "SetPropertyAccessor",
    "SystemPropertyAccessor",
]


class LimeObject:
    """The base class of all Lime objects, from which packages derive their classes.

    An object has the current and the original value of each property. It is not part of
    any reference cycle, so it is freed as soon as its last reference is gone.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_current",
        "_is_new",
        "_limetype",
        "_links",
        "_original",
        "_row_id",
        "idx",
    )

    idx: int
    """The object's index in a unit of work; unset until the object is added to one."""

    def __init__(
        self, limetype: "LimeType", row_id: int | None, original: tuple[Any, ...]
    ) -> None:
        self._limetype = limetype
        self._row_id = row_id
        self._is_new = row_id is None
        self._original = original
        self._current = list(original)
        self._links: dict[str, Any] | None = None
        observer.current.created(limetype)

    def __del__(self) -> None:
        try:
            observer.current.released(self._limetype)
        except (AttributeError, TypeError):  # the interpreter is shutting down
            return

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._limetype.name} {self._row_id}>"

    # --- identity -----------------------------------------------------------

    @property
    def id(self) -> int | None:
        """The row's id; None until it is saved."""
        return self._row_id

    @property
    def is_new(self) -> bool:
        """True if it was created here rather than read from the database."""
        return self._is_new

    @property
    def limetype(self) -> "LimeType":
        """The object's limetype."""
        return self._limetype

    @property
    def application(self) -> "LimeApplication":
        """The object's application."""
        return self._limetype.application

    @property
    def createdtime(self) -> "datetime | None":
        """When it was first saved."""
        return self._current[-4]  # type: ignore[no-any-return]  # the first system one

    @property
    def descriptive(self) -> str:
        """The name that users see: the value of its descriptive property."""
        definition = self._limetype.descriptive_property
        if definition is None:
            return ""
        return str(definition.accessor(self, definition).value)

    def compare_to(self, other: "LimeObject") -> bool:
        """Return whether both are the same stored object."""
        if self is other:
            return True
        same_limetype = self._limetype.name == other._limetype.name
        return same_limetype and self._row_id is not None and self.id == other.id

    # --- properties ---------------------------------------------------------

    @property
    def properties(self) -> Properties:
        """Its properties by name; iterating yields the accessors."""
        return Properties(self)

    def get_property(self, name: str) -> Any:
        """Return the accessor of a property; None if it does not exist."""
        definition = self._limetype.properties.get(name)
        return None if definition is None else definition.accessor(self, definition)

    def get_properties_with_value(self) -> list[PropertyAccessor]:
        """Return the accessors whose value is not empty."""
        return [each for each in self.properties if each.has_value()]

    def values(self) -> dict[str, Any]:
        """Return the values by name as plain data: keys of options, ids of relations.

        The id and relations to many are not included.
        """
        found = {}
        for definition in self._limetype.own_properties:
            if definition.index is not None:
                value = definition.accessor(self, definition).value
                found[definition.name] = definition.values.plain(value)
        return found

    def is_dirty(self) -> bool:
        """True if the object is new or has changes (provisional)."""
        if self._is_new or self._current != list(self._original):
            return True
        return bool(self._links) and any(each.is_dirty() for each in self.properties)

    # --- hooks that packages override ----------------------------------------

    def prepare_update(self, uow: "UnitOfWork", **kwargs: Any) -> None:
        """Hook: called before the transaction; changes made here are saved."""

    def before_update(self, uow: "UnitOfWork", **kwargs: Any) -> None:
        """Hook: called inside the transaction, before the rows are written."""

    def before_delete(self, uow: "UnitOfWork", **kwargs: Any) -> None:
        """Hook: called inside the transaction, before relations are detached."""

    def after_update(self, unsaved_self: "LimeObject", **kwargs: Any) -> None:
        """Hook: called inside the transaction, after the rows are written.

        `unsaved_self` shows what changed; changes to `self` are lost.
        """

    def publish(self, event: str, payload: Any) -> None:
        """Publish an event through the application."""
        self.application.publish(event, payload)

    # --- internal ------------------------------------------------------------

    def _attach(self, name: str, related: Any) -> None:
        if self._links is None:
            self._links = {}
        self._links[name] = related

    def _drop(self, name: str) -> None:
        if self._links:
            self._links.pop(name, None)

    def _attached(self) -> Iterator["LimeObject"]:
        """Yield the attached objects, which are saved together with this one."""
        for links in list((self._links or {}).values()):
            if isinstance(links, list):
                yield from (related for related, _ in links)
            else:
                yield links

    def _changed(self) -> list[int]:
        """Return the indexes of the columns whose values have changed."""
        pairs = enumerate(zip(self._current, self._original, strict=True))
        return [
            index for index, (now, then) in pairs if now is not then and now != then
        ]
