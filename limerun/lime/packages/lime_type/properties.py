"""The definitions of a limetype's properties."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lime_errors import UnsupportedError
from lime_type.options import Option, Options
from lime_type.values import KINDS, REFERENCE, TIME, ValueKind
from limerun.storage import REMOTE_TYPES

if TYPE_CHECKING:
    from lime_type.accessors import PropertyAccessor

    AccessorClass = type[PropertyAccessor]


class LocalName:
    """A name that users see."""

    __slots__ = ("plural", "singular")

    def __init__(self, singular: str, plural: str | None = None) -> None:
        self.singular = singular
        self.plural = plural or singular


class Relation:
    """The other end of a relation: a limetype and its property."""

    __slots__ = ("backref", "limetype")

    def __init__(self, limetype: str, backref: str | None) -> None:
        self.limetype = limetype
        self.backref = backref


class Property:
    """One property of a limetype (attribute names are provisional).

    `index` is its index among the limetype's columns; None if the value is stored at
    the other end or in a link table.
    """

    __slots__ = (
        "accessor",
        "column",
        "defaultvalue",
        "index",
        "kind",
        "label",
        "length",
        "localname",
        "name",
        "options",
        "relation",
        "required",
        "type",
    )

    def __init__(
        self,
        name: str,
        type: str,
        *,
        kind: ValueKind | None = None,
        defaultvalue: Any = None,
        options: Iterable[Option] = (),
        relation: Relation | None = None,
    ) -> None:
        self.name = name
        self.type = type
        self.kind = kind or KINDS.get(type)
        self.defaultvalue: Any = defaultvalue
        self.options: Options = Options(name, options)
        self.relation = relation
        self.label = "none"
        self.required = False
        self.length: int | None = None
        self.localname = LocalName(name)
        self.index: int | None = None
        self.column = name
        self.accessor: AccessorClass

    def __repr__(self) -> str:
        return f"Property({self.name!r}, {self.type!r})"

    @property
    def values(self) -> ValueKind:
        """The rules for the property's values; raises an error if it has no column."""
        if self.kind is None:
            raise UnsupportedError(
                f'property "{self.name}" of type {self.type} has no column, as its '
                "value is stored elsewhere"
            )
        return self.kind

    @property
    def empty(self) -> object:
        """The property's empty value."""
        if self.type == "option":
            return self.options.empty
        return self.values.empty

    @property
    def is_remote(self) -> bool:
        """True if the value is stored at the other end: hasmany and hasone."""
        return self.type in REMOTE_TYPES


def system_properties() -> list[Property]:
    """Return the platform's system columns, in their order."""
    return [
        Property("_createdtime", "system", kind=TIME),
        Property("_createduser", "system", kind=REFERENCE),
        Property("_timestamp", "system", kind=TIME),
        Property("_updateduser", "system", kind=REFERENCE),
    ]
