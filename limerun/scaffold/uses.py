"""Find the limetypes and properties that code uses, where they are obvious. Pure.

A limetype is found as `app.limetypes.deal`, `get_limetype("deal")` or in a query. An
object is recognized by a variable that is bound to such an expression or has the
limetype's name.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from limerun.scaffold.code import last_name
from limerun.scaffold.parsed_code import Module
from limerun.scaffold.queries import is_query, properties_of_query

_GETTERS = frozenset({"get", "get_all", "related_to"})
_THROUGH = frozenset(
    {"enumerate", "islice", "iter", "list", "next", "reversed", "set", "sorted"}
    | {"tuple"}
)
_OF_RELATION = frozenset({"attach", "detach", "fetch", "id", "add", "remove"})
_NO_LIMETYPES = frozenset({"get_limetype", "items", "keys", "values"})
_MARKS = frozenset({"get_limetype", "limetypes", "properties"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class PropertyUse:
    """The use of one property in the code."""

    relation: bool = False
    keys: list[str] = field(default_factory=list)
    """The keys of an option that the code sets."""
    is_option: bool = False
    constant: object = None
    """A constant that the code assigns."""


Uses = dict[str, dict[str, PropertyUse]]
"""Uses by limetype, then by property."""


def find_uses(modules: Iterable[Module], relations: Mapping[str, str]) -> Uses:
    """Return the limetypes that the code uses, and how it uses their properties.

    Args:
        modules: The project's code.
        relations: The related limetype by `limetype.property`, as far as known.
    """
    reader = _Reader(relations)
    relevant = [module for module in modules if _may_use_limetypes(module.tree)]
    known = {path.partition(".")[0] for path in relations}
    for module in relevant:
        names = known if _imports_lime(module.tree) else set()
        reader.read_limetypes(module.tree, names)
    for module in relevant:
        reader.read_properties(module.tree)
    return reader.uses


def _may_use_limetypes(tree: ast.Module) -> bool:
    """Return whether a module may use limetypes; most do not."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _MARKS)
        or (isinstance(node, ast.Name) and node.id in _MARKS)
        or (isinstance(node, ast.Constant) and node.value == "limetype")
        or (isinstance(node, ast.Call) and "register" in last_name(node.func))
        for node in ast.walk(tree)
    )


def _imports_lime(tree: ast.Module) -> bool:
    """Return whether a module imports the platform."""
    return any(
        (node.module or "").startswith("lime_")
        if isinstance(node, ast.ImportFrom)
        else any(alias.name.startswith("lime_") for alias in node.names)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def limetype_named(node: ast.expr) -> str | None:
    """Return the limetype that an expression names directly, if any."""
    if isinstance(node, ast.Attribute) and node.attr not in _NO_LIMETYPES:
        base = node.value
        is_attribute = isinstance(base, ast.Attribute) and base.attr == "limetypes"
        is_name = isinstance(base, ast.Name) and base.id == "limetypes"
        if (is_attribute or is_name) and not node.attr.startswith("_"):
            return node.attr
    if isinstance(node, ast.Call) and last_name(node.func) == "get_limetype":
        return _text(node.args[0]) if node.args else None
    return None


def registrations(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield limetype and class of each `register_class("deal", Deal)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) != 2:
            continue
        limetype, registered = _text(node.args[0]), node.args[1]
        if "register" in last_name(node.func) and limetype:
            yield limetype, last_name(registered)


def _text(node: ast.expr) -> str | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else None  # type: ignore[attr-defined]  # as is_text says


class _Reader:
    """Collects the uses in all modules: first limetypes, then properties."""

    def __init__(self, relations: Mapping[str, str]) -> None:
        self.uses: Uses = {}
        self._relations = relations
        self._returned: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._assigned: dict[str, ast.expr] = {}

    def read_limetypes(self, tree: ast.Module, known: set[str]) -> None:
        """Collect limetypes in use; known limetypes are also found as text constants."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in known:
                self.uses.setdefault(str(node.value), {})
            if isinstance(node, ast.expr) and (limetype := limetype_named(node)):
                self.uses.setdefault(limetype, {})
            if isinstance(node, ast.Dict) and (query := is_query(node)):
                self.uses.setdefault(query, {})

    def read_properties(self, tree: ast.Module) -> None:
        functions = [node for node in ast.walk(tree) if isinstance(node, _Function)]
        self._returned = {}
        for function in functions:
            self._learn_returned(function)
        classes = dict(self._registered(tree))
        for holder in ast.walk(tree):
            if isinstance(holder, ast.ClassDef) and holder.name in classes:
                for method in holder.body:
                    self._read_function(method, {"self": classes[holder.name]})
        for function in functions:
            self._read_function(function, {})
        self._names, self._assigned = {}, {}
        for node in ast.walk(tree):
            self._read_node(node)

    def _learn_returned(self, function: _Function) -> None:
        """Record the limetype whose objects a function returns or yields."""
        self._bind(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Return | ast.Yield | ast.YieldFrom):
                found = self._limetype_of(node.value) if node.value else None
                if found:
                    self._returned[function.name] = found

    def _registered(self, tree: ast.Module) -> Iterator[tuple[str, str]]:
        """Yield each class that a module registers for a limetype."""
        for limetype, registered in registrations(tree):
            self.uses.setdefault(limetype, {})
            yield registered, limetype

    def _read_function(self, function: ast.AST, names: dict[str, str]) -> None:
        self._bind(function, names)
        for node in ast.walk(function):
            self._read_node(node)

    def _bind(self, function: ast.AST, names: Mapping[str, str] | None = None) -> None:
        """Record which names in a function stand for a limetype or its objects."""
        self._names, self._assigned = dict(names or {}), {}
        bound = [pair for node in ast.walk(function) for pair in _bindings(node)]
        self._assigned.update(bound)
        for _ in range(3):  # a name may depend on one that is bound later
            for target, value in bound:
                if limetype := self._limetype_of(value):
                    self._names[target] = limetype

    def _limetype_of(self, node: ast.expr) -> str | None:
        """Return the limetype of an expression or of its objects, if any."""
        if limetype := limetype_named(node):
            return limetype
        if isinstance(node, ast.Name):
            own = node.id if node.id in self.uses else None
            return self._names.get(node.id, own)
        if isinstance(node, ast.NamedExpr | ast.Subscript | ast.Starred):
            return self._limetype_of(node.value)
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            return self._limetype_of(node.elt)
        return self._limetype_of_call(node) if isinstance(node, ast.Call) else None

    def _limetype_of_call(self, call: ast.Call) -> str | None:
        name = last_name(call.func)
        if name in _THROUGH or name == "QueryBuilder":
            found = (self._limetype_of(each) for each in call.args)
            named = map(_text, call.args if name == "QueryBuilder" else ())
            return next(filter(None, (*found, *named)), None)
        if isinstance(call.func, ast.Attribute):
            if name == "fetch" and (owned := self._property(call.func.value)):
                return self._relations.get(".".join(owned), owned[1])
            if name in _GETTERS:
                return self._limetype_of(call.func.value)
        return limetype_named(call.func) or self._returned.get(name)

    def _property(self, node: ast.expr) -> tuple[str, str] | None:
        """Return limetype and property of `object.properties.name`."""
        if not isinstance(node, ast.Attribute) or node.attr.startswith("_"):
            return None
        owner = node.value
        if not isinstance(owner, ast.Attribute) or owner.attr != "properties":
            return None
        limetype = self._limetype_of(owner.value)
        return (limetype, node.attr) if limetype else None

    def _see(self, limetype: str, name: str) -> PropertyUse:
        return self.uses.setdefault(limetype, {}).setdefault(name, PropertyUse())

    def _read_node(self, node: ast.AST) -> None:
        if isinstance(node, ast.Attribute):
            self._read_attribute(node)
        elif isinstance(node, ast.Call):
            self._read_call(node)
        elif isinstance(node, ast.Dict) and (limetype := is_query(node)):
            for owner, name, leads in properties_of_query(
                node, limetype, self._relations
            ):
                self._see(owner, name).relation |= leads
        elif isinstance(node, ast.Assign):
            self._read_value(node)

    def _read_attribute(self, node: ast.Attribute) -> None:
        if own := self._property(node):
            self._see(*own)
        elif owned := self._property(node.value):
            seen = self._see(*owned)
            seen.relation |= node.attr in _OF_RELATION
            seen.is_option |= node.attr in ("options", "set_by_key")

    def _read_value(self, node: ast.Assign) -> None:
        """Record the constant in `object.properties.name.value = constant`."""
        [target, *_] = node.targets
        if isinstance(target, ast.Attribute) and isinstance(node.value, ast.Constant):
            own = self._property(target.value)
            if own and target.attr == "value":
                self._see(*own).constant = node.value.value

    def _read_call(self, call: ast.Call) -> None:
        name = last_name(call.func)
        if limetype := limetype_named(call.func):
            self._read_creation(limetype, call)
        if not isinstance(call.func, ast.Attribute):
            return
        owner = call.func.value
        if name == "set_by_key" and (own := self._property(owner)):
            self._see(*own).keys += filter(None, map(_text, call.args))
        elif name in ("get_property", "add_field"):
            self._read_named(owner, call.args)
        elif name == "get_all" and (limetype := self._limetype_of(owner)):
            for keyword in call.keywords:
                self._read_filter(limetype, keyword.value)

    def _read_creation(self, limetype: str, call: ast.Call) -> None:
        for keyword in call.keywords:
            if keyword.arg is None or keyword.arg.startswith("_"):
                continue
            seen = self._see(limetype, keyword.arg)
            if isinstance(keyword.value, ast.Constant):
                seen.constant = keyword.value.value

    def _read_named(self, owner: ast.expr, arguments: list[ast.expr]) -> None:
        limetype = self._limetype_of(owner)
        name = _text(arguments[0]) if arguments else None
        if limetype and name and not name.startswith("_"):
            self._see(limetype, name.partition(".")[0]).relation |= "." in name

    def _read_filter(self, limetype: str, node: ast.expr) -> None:
        value = self._assigned.get(node.id) if isinstance(node, ast.Name) else node
        for each in ast.walk(value) if value is not None else ():
            if isinstance(each, ast.Call) and last_name(each.func).endswith("Operator"):
                name = _text(each.args[0]) if each.args else None
                if name and not name.startswith("_") and name != "id":
                    self._see(limetype, name.partition(".")[0]).relation |= "." in name


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a node binds, with the expression assigned to it."""
    targets: list[ast.expr] = []
    value: ast.expr | None = None
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        targets, value = [node.target], node.value
    elif isinstance(node, ast.For | ast.comprehension):
        targets, value = [node.target], node.iter
    for target in targets:
        last = target.elts[-1] if isinstance(target, ast.Tuple) else target
        if isinstance(last, ast.Name) and value is not None:
            yield last.id, value
