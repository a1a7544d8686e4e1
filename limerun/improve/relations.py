"""Recognize queries for related objects, and what the data model says about keys. Pure."""

from dataclasses import dataclass

import libcst as cst

from limerun.improve.change import Facts
from limerun.improve.code import Code
from limerun.improve.shapes import called, find

FIRST, ALL = "first", "all"
_EXACT = ("string", "text", "integer", "phone", "link", "belongsto")
"""Types whose values compare in Python as in the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A query for the objects of a limetype that have one value of one property."""

    application: str
    """The expression of the application."""
    limetype: str
    key: str
    """The property; "_id" for the object's id."""
    value: cst.BaseExpression
    """The value that is looked up."""
    result: str
    """FIRST: the first object or None. ALL: every object."""
    must_exist: bool = False
    """Whether it raises an error if there is no object."""

    @property
    def objects(self) -> str:
        """The name for several objects."""
        name = self.limetype
        return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"

    @property
    def by_key(self) -> str:
        """The name for the objects by their keys."""
        return f"{self.objects}_by_{self.key.strip('_')}"


def relation_of(code: Code, node: cst.CSTNode, facts: Facts) -> Lookup | None:
    """Return what `x.properties.company.fetch()` looks up; None for other calls."""
    call = called(node, "fetch")
    if call is None or call.args or not isinstance(call.func, cst.Attribute):
        return None
    accessor = call.func.value
    if not isinstance(accessor, cst.Attribute):
        return None
    name, properties = accessor.attr.value, accessor.value
    if (
        not isinstance(properties, cst.Attribute)
        or properties.attr.value != "properties"
    ):
        return None
    application = application_near(code, node)
    relations = {
        (
            str(p.get("type")),
            str(p.get("related")),
            str(p.get("backref")) if p.get("type") == "hasmany" else "",
        )
        for limetype in facts.limetypes.values()
        if isinstance(p := limetype.get(name), dict) and p.get("related")
    }
    if application is None or len(relations) != 1:
        return None
    [(kind, related, backref)] = relations
    if kind == "belongsto":
        value: cst.BaseExpression = cst.Attribute(accessor, cst.Name("id"))
        return Lookup(
            application=application,
            limetype=related,
            key="_id",
            value=value,
            result=FIRST,
        )
    if kind != "hasmany":
        return None
    return Lookup(
        application=application,
        limetype=related,
        key=backref,
        value=cst.Attribute(properties.value, cst.Name("id")),
        result=ALL,
    )


def application_near(code: Code, node: cst.CSTNode) -> str | None:
    """Return the expression of the application in the function around a node."""
    function = code.function_of(node)
    if function is None:
        return None
    for each in find(function, cst.Attribute):
        if each.attr.value == "limetypes":
            return code.text(each.value)
    names = [each.name.value for each in function.params.params]
    named = [each for each in names if each in ("application", "app")]
    if named:
        return named[0]
    owner = code.class_of(function)
    if owner is not None and "self.application" in code.text(owner):
        return "self.application"
    return None


def is_exact(lookup: Lookup, facts: Facts) -> bool:
    """Return whether the key's values compare in Python as in the database."""
    definition = facts.limetypes.get(lookup.limetype, {}).get(lookup.key)
    if lookup.key == "_id" or not isinstance(definition, dict):
        return True
    return definition.get("type") in _EXACT


def key_kind(lookup: Lookup, facts: Facts) -> str:
    """Return the code that reads the key of an object, after the object's name."""
    definition = facts.limetypes.get(lookup.limetype, {}).get(lookup.key)
    if lookup.key == "_id":
        return "id"
    if isinstance(definition, dict) and definition.get("type") == "belongsto":
        return f"properties.{lookup.key}.id"
    return f"properties.{lookup.key}.value"
