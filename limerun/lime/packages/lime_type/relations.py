"""Accessors of relations to one object, to many, and to a file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lime_errors import InvalidValueError, NotFoundError
from lime_type.accessors import PropertyAccessor

if TYPE_CHECKING:
    from lime_type.limeobjects import LimeObject
    from lime_type.limetypes import LimeType
    from lime_type.properties import Property, Relation


class RelationAccessor(PropertyAccessor):
    """The common part of all relation accessors."""

    __slots__ = ()

    @property
    def relation(self) -> "Relation":
        """The other end of the relation."""
        relation = self.definition.relation
        if relation is None:
            raise InvalidValueError(
                f'relation "{self.name}" has no related limetype; add one to the DSL'
            )
        return relation

    def get_related_limetype(self) -> "LimeType":
        """Return the limetype at the other end."""
        container = self._owner.application.limetypes
        return container.get_limetype(self.relation.limetype)

    def _check(self, related: Any) -> "LimeObject":
        limetype = getattr(related, "limetype", None)
        if limetype is None or limetype.name != self.relation.limetype:
            given = getattr(limetype, "name", type(related).__name__)
            raise InvalidValueError(
                f'relation "{self.name}" takes a {self.relation.limetype}, not {given}'
            )
        return related  # type: ignore[no-any-return]  # it has a limetype: an object


class BelongsToPropertyAccessor(RelationAccessor):
    """A relation to one object, stored as its id."""

    __slots__ = ()

    @property
    def value(self) -> int | None:
        """The related object's id; None if there is none or it is not saved yet."""
        attached = self._attached
        if attached is not None:
            return attached.id
        related_id: int | None = self._owner._current[self._index]
        return related_id

    @value.setter
    def value(self, value: Any) -> None:
        if hasattr(value, "limetype"):
            self.attach(value)
            return
        kind = self.definition.values
        self._owner._current[self._index] = kind.accept(self.definition, value)
        self._owner._drop(self.name)

    @property
    def id(self) -> int | None:
        """The related object's id; None if there is none or it is not saved yet."""
        return self.value

    @property
    def descriptive(self) -> str | None:
        """The related object's descriptive name; None if there is none."""
        related = self.fetch()
        return None if related is None else related.descriptive

    def fetch(self) -> "LimeObject | None":
        """Return the related or attached object; None if there is none."""
        attached = self._attached
        if attached is not None:
            return attached
        related_id = self._owner._current[self._index]
        if related_id is None:
            return None
        try:
            return self.get_related_limetype().get(related_id)
        except NotFoundError:
            return None

    def attach(self, related: "LimeObject") -> None:
        """Relate to an object; if it is unsaved, it is saved together with this one."""
        self._check(related)
        self._owner._current[self._index] = related.id
        self._owner._attach(self.name, related)

    def detach(self, related: "LimeObject | None" = None) -> None:
        """Remove the relation, or only one to `related` (provisional)."""
        if related is None or related is self._attached or related.id == self.value:
            self._owner._current[self._index] = None
            self._owner._drop(self.name)

    def is_dirty(self) -> bool:
        """True if the related object has changed."""
        attached = self._attached
        if attached is not None and attached.id is None:
            return True
        return bool(self.value != self.original_value)

    @property
    def _attached(self) -> "LimeObject | None":
        links = self._owner._links
        return None if links is None else links.get(self.name)


class ToManyAccessor(RelationAccessor):
    """A relation that is stored at the other end, or in a link table."""

    __slots__ = ()

    def __init__(self, owner: "LimeObject", definition: "Property") -> None:
        self._owner = owner
        self.definition = definition

    @property
    def value(self) -> Any:
        """The ids of the related objects; does not read the objects (provisional)."""
        changes = self._changes
        changed = {related.id for related, _ in changes}
        attached = [related.id for related, is_attached in changes if is_attached]
        return [each for each in self._stored_ids() if each not in changed] + attached

    @value.setter
    def value(self, value: Any) -> None:
        raise AttributeError(
            f'relation "{self.name}" cannot be assigned: use attach and detach'
        )

    @property
    def original_value(self) -> Any:
        """The ids of the related objects in the database (provisional)."""
        return self._stored_ids()

    def has_value(self) -> bool:
        """True if there are related objects (provisional)."""
        return next(self._all(), None) is not None

    def is_dirty(self) -> bool:
        """True if objects were attached or detached since this one was read."""
        return bool(self._changes)

    def attach(self, related: "LimeObject") -> None:
        """Add a related object (provisional)."""
        self._change(self._check(related), attached=True)

    def detach(self, related: "LimeObject") -> None:
        """Remove a related object (provisional)."""
        self._change(self._check(related), attached=False)

    def _all(self) -> Iterator["LimeObject"]:
        changes = self._changes
        changed = {each.id for each, _ in changes}
        yield from (each for each in self._stored() if each.id not in changed)
        yield from (related for related, attached in changes if attached)

    @property
    def _changes(self) -> list[tuple["LimeObject", bool]]:
        changes: list[tuple[LimeObject, bool]]
        changes = (self._owner._links or {}).get(self.name, [])
        return changes

    def _change(self, related: "LimeObject", *, attached: bool) -> None:
        changes = [each for each in self._changes if each[0] is not related]
        self._owner._attach(self.name, [*changes, (related, attached)])

    def _stored(self) -> Iterator["LimeObject"]:
        raise NotImplementedError

    def _stored_ids(self) -> list[int]:
        raise NotImplementedError


class HasManyPropertyAccessor(ToManyAccessor):
    """A relation to all objects whose belongsto has this object's id."""

    __slots__ = ()

    def fetch(self) -> Iterator["LimeObject"]:
        """Return an iterator that reads the related objects."""
        return self._all()

    def _change(self, related: "LimeObject", *, attached: bool) -> None:
        super()._change(related, attached=attached)
        far_end = related.properties.__getattr__(self._backref)
        if attached:
            far_end.attach(self._owner)
        else:
            far_end.detach(self._owner)

    def _stored(self) -> Iterator["LimeObject"]:
        if self._owner.id is None:
            return iter(())
        related = self.get_related_limetype()
        return iter(related.related_to(self._backref, self._owner.id))

    def _stored_ids(self) -> list[int]:
        if self._owner.id is None:
            return []
        return self.get_related_limetype().rows.related_ids(
            self._backref, self._owner.id
        )

    @property
    def _backref(self) -> str:
        backref = self.relation.backref
        if backref is None:
            raise InvalidValueError(
                f'relation "{self.name}" has no backref; add one to the DSL'
            )
        return backref


class HasOnePropertyAccessor(HasManyPropertyAccessor):
    """A relation to the object whose belongsto has this object's id (provisional)."""

    __slots__ = ()

    def fetch(self) -> "LimeObject | None":  # type: ignore[override]  # one, not many
        """Return the related object, or None."""
        return next(self._all(), None)


class HasAndBelongsToManyPropertyAccessor(ToManyAccessor):
    """A many-to-many relation, stored in a link table."""

    __slots__ = ()

    def fetch(self) -> Iterator["LimeObject"]:
        """Return an iterator that reads the related objects."""
        return self._all()

    def _stored(self) -> Iterator["LimeObject"]:
        if self._owner.id is None:
            return iter(())
        return self._owner._limetype.linked(self.definition, self._owner.id)

    def _stored_ids(self) -> list[int]:
        if self._owner.id is None:
            return []
        return self._owner._limetype.rows.linked_ids(self.definition, self._owner.id)


class FilePropertyAccessor(PropertyAccessor):
    """A relation to a file, stored as its id."""

    __slots__ = ()

    @property
    def id(self) -> int | None:
        """The file's id."""
        return self.value  # type: ignore[no-any-return]  # an id

    def fetch(self) -> Any:
        """Return the `lime_file.File`, or None if there is none."""
        file_id = self.value
        return None if file_id is None else self._owner.application.files.fetch(file_id)

    def attach(self, file: Any) -> None:
        """Relate to this file, and store it if it is new (provisional)."""
        self.value = self._owner.application.files.store(file)
