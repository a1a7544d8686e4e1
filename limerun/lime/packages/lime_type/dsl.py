"""Create limetypes and Lime objects from the platform's DSL: a mapping or YAML text."""

import re
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

from lime_errors import InvalidValueError, LimeError, UnknownNameError
from lime_type.dsl_text import line_of, read_dsl
from lime_type.limeobjects import LimeObject
from lime_type.limetypes import LimeType, LimeTypes
from lime_type.options import Option
from lime_type.properties import Property, Relation, system_properties
from limerun.lime.notes import add_note
from limerun.storage import ID_COLUMN, PROPERTY_TYPES, RELATION_TYPES

NAME = re.compile(r"[^\W_]\w*")
SYSTEM_KINDS = {each.name.lstrip("_"): each.kind for each in system_properties()}
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
        lime_errors.InvalidValueError: The DSL is invalid.
        lime_errors.UnknownNameError: A type, key or limetype does not exist.
    """
    described = read_dsl(dsl)
    for name in described:
        if not NAME.fullmatch(str(name)):
            at = line_of(described, name)
            raise InvalidValueError(f"{at}{name}: this is not a valid limetype name")
    ids = count(1)
    properties = {
        name: [
            _property(name, key, said, described, ids)
            for key in said or {}
            if key != "_label"
        ]
        for name, said in described.items()
    }
    _complete(properties)
    return [
        LimeType(name, properties[name], label=str((said or {}).get("_label", "none")))
        for name, said in described.items()
    ]


def _complete(properties: Mapping[str, list[Property]]) -> None:
    """Add the missing belongsto at the other end of each hasmany and hasone.

    A belongsto needs no property at its other end.
    """
    for name, own in properties.items():
        for definition in own:
            relation = definition.relation
            if not definition.is_remote or relation is None:
                continue
            far = properties[relation.limetype]
            if relation.backref is None:
                relation.backref = _only_way_back(name, definition, far)
            backref = next(
                (each for each in far if each.name == relation.backref), None
            )
            if backref is None:
                way_back = Relation(name, definition.name)
                far.append(Property(relation.backref, "belongsto", relation=way_back))
            elif backref.type != "belongsto":
                raise InvalidValueError(
                    f"{name}.{definition.name}: its backref {relation.limetype}."
                    f"{backref.name} is of type {backref.type}, not belongsto"
                )


def _only_way_back(name: str, definition: Property, far: Iterable[Property]) -> str:
    """Return the only belongsto that leads back to this limetype, else its name."""
    back = [
        each.name
        for each in far
        if each.type == "belongsto" and each.relation and each.relation.limetype == name
    ]
    if len(back) > 1:
        ways = ", ".join(back)
        raise InvalidValueError(
            f"{name}.{definition.name} needs a backref, one of: {ways}"
        )
    return back[0] if back else name


def _property(
    limetype: str,
    name: str,
    properties: Mapping[str, Any],
    described: Mapping[str, Any],
    ids: "count[int]",
) -> Property:
    where = f"{line_of(properties, name)}{limetype}.{name}"
    said = properties[name]
    if name == ID_COLUMN or not NAME.fullmatch(str(name)):
        raise InvalidValueError(f"{where}: this is not a valid property name")
    if not isinstance(said, Mapping):
        raise InvalidValueError(f"{where} must be a mapping")
    for key in said:
        if key not in PROPERTY_KEYS:
            at = f"{line_of(said, key)}{limetype}.{name}: key"
            raise UnknownNameError(at, key, PROPERTY_KEYS)
    type = said.get("type")
    if type not in PROPERTY_TYPES:
        raise UnknownNameError(f"{where}: type", type, PROPERTY_TYPES)
    if type == "system" and name not in SYSTEM_KINDS:
        raise UnknownNameError(f"{where}: system property", name, SYSTEM_KINDS)
    made = Property(
        name,
        type,
        kind=SYSTEM_KINDS.get(name) if type == "system" else None,
        defaultvalue=said.get("defaultvalue"),
        options=_options(where, said.get("options") or (), ids),
        relation=_relation(where, type, said, described),
    )
    made.label = str(said.get("label") or "none")
    made.required = bool(said.get("required"))
    made.length = said.get("length")
    _check_default(where, made)
    return made


def _options(where: str, keys: Any, ids: "count[int]") -> list[Option]:
    if isinstance(keys, str) or not isinstance(keys, Iterable):
        raise InvalidValueError(f"{where}: options takes a list of keys")
    if any(not isinstance(key, str | int) for key in keys):
        raise InvalidValueError(f"{where}: write an option as its key only")
    named = [str(key) for key in keys]
    if len(set(named)) != len(named):
        raise InvalidValueError(f"{where}: two options have the same key")
    return [Option(key, id=next(ids), order=order) for order, key in enumerate(named)]


def _check_default(where: str, made: Property) -> None:
    """Raise an error if the property does not accept its default value."""
    if made.kind is None:
        return
    try:
        made.kind.default(made)
    except (ValueError, AttributeError) as error:
        raise InvalidValueError(f"{where}: defaultvalue: {error}") from error


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
    """Create and save objects; return them by their keys in the DSL.

    The DSL maps limetype to key to property to value. A relation's value is the key of
    another object, which may come later.
    """
    described = read_dsl(dsl)
    made: dict[str, LimeObject] = {}
    for name, members in described.items():
        limetype = limetypes.get_limetype(name)
        for key in members or {}:
            if key in made:
                at = line_of(members, key)
                raise InvalidValueError(f'{at}the key "{key}" appears twice')
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
        try:
            if limetype.get_property(name).relation is not None:
                value = _related(f"{limetype.name}.{name}", value, made)
            limetype.set_value(limeobject, name, value)
        except LimeError as error:
            add_note(error, f"{line_of(values, name)}{limetype.name}.{name}")
            raise


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
