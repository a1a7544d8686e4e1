"""Limetypes and Lime objects from the platform's DSL: a mapping, or YAML text."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from lime_errors import InvalidValueError, UnknownNameError

from lime_type.layout import check_names
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import LimeType, LimeTypes
from lime_type.options import Option
from lime_type.properties import Property, Relation
from limerun.storage import PROPERTY_TYPES, RELATION_TYPES

PROPERTY_KEYS = frozenset(
    {
        "type",
        "label",
        "required",
        "length",
        "defaultvalue",
        "options",
        "related",
        "backref",
    }
)


def create_limetypes_from_dsl(dsl: Mapping[str, Any] | str) -> list[LimeType]:
    """Return the limetypes that a DSL describes.

    Raises:
        lime_errors.InvalidValueError: The DSL says what cannot be.
        lime_errors.UnknownNameError: A type, key or limetype is misspelt.
    """
    described = read_dsl(dsl)
    ids = count(1)
    limetypes = []
    for name, properties in described.items():
        properties = properties or {}
        check_names(name, (key for key in properties if key != "_label"))
        made = [
            _property(name, key, said or {}, described, ids)
            for key, said in properties.items()
            if key != "_label"
        ]
        limetypes.append(LimeType(name, made, label=str(properties.get("_label"))))
    return limetypes


def read_dsl(dsl: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """Return the mapping that a DSL is, or that its YAML text says."""
    if isinstance(dsl, str):
        import yaml

        dsl = yaml.safe_load(dsl) or {}
    if not isinstance(dsl, Mapping):
        raise InvalidValueError("a DSL is a mapping from limetypes to properties")
    return dsl


def _property(
    limetype: str,
    name: str,
    said: Mapping[str, Any],
    described: Mapping[str, Any],
    ids: "count[int]",
) -> Property:
    where = f"{limetype}.{name}"
    for key in said:
        if key not in PROPERTY_KEYS:
            raise UnknownNameError(f"{where}: key", key, PROPERTY_KEYS)
    type = said.get("type")
    if type not in PROPERTY_TYPES:
        raise UnknownNameError(f"{where}: type", type, PROPERTY_TYPES)
    keys = said.get("options") or ()
    options = [
        Option(str(key), id=next(ids), order=order) for order, key in enumerate(keys)
    ]
    made = Property(
        name,
        type,
        defaultvalue=said.get("defaultvalue"),
        options=options,
        relation=_relation(where, type, said, described),
    )
    made.label = str(said.get("label") or "none")
    made.required = bool(said.get("required"))
    made.length = said.get("length")
    return made


def _relation(
    where: str, type: str, said: Mapping[str, Any], described: Mapping[str, Any]
) -> Relation | None:
    if type not in RELATION_TYPES:
        return None
    related = said.get("related")
    if related not in described:
        raise UnknownNameError(f"{where}: related limetype", related, described)
    return Relation(str(related), said.get("backref"))


def create_limeobjects_from_dsl(
    limetypes: LimeTypes, dsl: Mapping[str, Any] | str
) -> dict[str, LimeObject]:
    """Return saved objects by the keys that a DSL gives them.

    It maps limetype to key to property to value. A relation's value is the key of
    another object, which may come later.
    """
    described = read_dsl(dsl)
    made: dict[str, LimeObject] = {}
    for name, members in described.items():
        limetype = limetypes.get_limetype(name)
        for key in members or {}:
            if key in made:
                raise InvalidValueError(f'{name}: the key "{key}" is there twice')
            made[key] = limetype()
    for name, members in described.items():
        for key, values in (members or {}).items():
            _fill(limetypes.get_limetype(name), made[key], values or {}, made)
    return _save(limetypes, made)


def _fill(
    limetype: LimeType,
    limeobject: LimeObject,
    values: Mapping[str, Any],
    made: Mapping[str, LimeObject],
) -> None:
    for name, value in values.items():
        if limetype.get_property(name).relation is not None:
            value = _related(f"{limetype.name}.{name}", value, made)
        limetype.give(limeobject, name, value)


def _related(where: str, value: Any, made: Mapping[str, LimeObject]) -> Any:
    if isinstance(value, list):
        return [_related(where, each, made) for each in value]
    if isinstance(value, str) and value not in made:
        raise UnknownNameError(f"{where}: key of an object", value, made)
    return made[value] if isinstance(value, str) else value


def _save(
    limetypes: Iterable[LimeType], made: dict[str, LimeObject]
) -> dict[str, LimeObject]:
    application = next(iter(limetypes)).application
    uow = application.unit_of_work()
    places = {key: uow.add(each) for key, each in made.items()}
    result = uow.commit()
    return {key: result.get(place) for key, place in places.items()}
