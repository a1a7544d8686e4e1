"""A module's concrete syntax tree, with parents, positions and reached functions. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

_Node = TypeVar("_Node", bound=cst.CSTNode)
_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


class Code:
    """The source of one module, and the functions in it that a task reaches."""

    def __init__(self, source: str, task: str | None = None) -> None:
        """Parse the source.

        Raises:
            libcst.ParserSyntaxError: It is not valid Python.
        """
        wrapper = MetadataWrapper(cst.parse_module(source))
        self.source, self.task = source, task
        self.module = wrapper.module
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self.functions = find(self.module, cst.FunctionDef)
        self.reached = self._reached_from(task)

    def line(self, node: cst.CSTNode) -> int:
        """Return the line on which a node begins."""
        return int(self._positions[node].start.line)

    def text(self, node: cst.CSTNode) -> str:
        """Return a node's source."""
        return self.module.code_for_node(node).strip()

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the node around a node."""
        return self._parents[node]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the nodes around a node, the innermost first."""
        while node is not self.module:
            node = self._parents[node]
            yield node

    def function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """Return the innermost function around a node."""
        return _first(self.ancestors(node), cst.FunctionDef)

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """Return the innermost class around a node."""
        return _first(self.ancestors(node), cst.ClassDef)

    def statement_of(self, node: cst.CSTNode) -> cst.BaseStatement:
        """Return the innermost statement that contains a node."""
        around = (node, *self.ancestors(node))
        return next(each for each in around if isinstance(each, cst.BaseStatement))

    def block_of(self, statement: cst.CSTNode) -> list[cst.BaseStatement]:
        """Return the statements among which a statement stands; [] in a one-line block."""
        body = getattr(self.parent(statement), "body", ())
        return list(body) if isinstance(body, list | tuple) else []

    def loop_of(self, node: cst.CSTNode) -> cst.For | cst.While | None:
        """Return the innermost loop that repeats a node, in the same function."""
        inner = node
        for each in self.ancestors(node):
            if isinstance(each, _SCOPES):
                return None
            if isinstance(each, cst.For) and inner is not each.iter:
                return each
            if isinstance(each, cst.While):
                return each
            inner = each
        return None

    def names_between(self, node: cst.CSTNode, outer: cst.CSTNode) -> list[type]:
        """Return the types of the nodes between a node and one around it."""
        types = []
        for each in self.ancestors(node):
            if each is outer:
                break
            types.append(type(each))
        return types

    def loads(self, name: str, scope: cst.CSTNode) -> list[cst.Name]:
        """Return the places in a scope where a variable is read."""
        return [
            each
            for each in find(scope, cst.Name)
            if each.value == name and self._is_load(each)
        ]

    def stores(self, name: str, scope: cst.CSTNode) -> list[cst.Name]:
        """Return the places in a scope where a variable is assigned."""
        return [
            each
            for each in find(scope, cst.Name)
            if each.value == name and self._is_variable(each) and self._is_store(each)
        ]

    def names(self) -> set[str]:
        """Return every name in the module."""
        return {each.value for each in find(self.module, cst.Name)}

    def calls_of(self, function: cst.FunctionDef) -> list[cst.Call]:
        """Return the calls of a function of this module, or of a method through self."""
        return [
            each
            for each in find(self.module, cst.Call)
            if self.function_called(each) is function
        ]

    def function_called(self, call: cst.Call) -> cst.FunctionDef | None:
        """Return the function of this module that a call runs; None if it is another."""
        name, owner = last_name(call.func), owner_of(call.func)
        named = [each for each in self.functions if each.name.value == name]
        if len(named) != 1 or owner not in ("", "self"):
            return None
        is_method = self.class_of(named[0]) is not None
        return named[0] if is_method == (owner == "self") else None

    def uses(self, function: cst.FunctionDef) -> int:
        """Return how often a function's name appears, without its definition."""
        name = function.name.value
        texts = [each.value for each in find(self.module, cst.SimpleString)]
        return (
            sum(each.value == name for each in find(self.module, cst.Name))
            - 1
            + sum(text.strip("\"'") == name for text in texts)
        )

    def _is_load(self, name: cst.Name) -> bool:
        return self._is_variable(name) and not self._is_store(name)

    def _is_variable(self, name: cst.Name) -> bool:
        parent = self._parents[name]
        if isinstance(parent, cst.Attribute):
            return parent.value is name
        if isinstance(parent, cst.Arg):
            return parent.value is name
        return not isinstance(
            parent,
            cst.FunctionDef | cst.ClassDef | cst.ImportAlias | cst.Param | cst.AsName,
        )

    def _is_store(self, name: cst.Name) -> bool:
        node: cst.CSTNode = name
        parent = self._parents[node]
        while isinstance(parent, cst.Element | cst.Tuple | cst.List):
            node, parent = parent, self._parents[parent]
        if isinstance(parent, cst.AssignTarget):
            return True
        targets = (cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)
        return isinstance(parent, targets) and parent.target is node

    def _reached_from(self, task: str | None) -> set[str]:
        """Return the names of the functions that a task may run; all if it is None."""
        bodies = {each.name.value: each for each in self.functions}
        for each in find(self.module, cst.ClassDef):
            bodies.setdefault(each.name.value, each)  # type: ignore[arg-type]
        if task is None or task not in bodies:
            return set(bodies)
        reached, waiting = {task}, [task]
        while waiting:
            used = {each.value for each in find(bodies[waiting.pop()], cst.Name)}
            new = (used & bodies.keys()) - reached
            reached |= new
            waiting += new
        return reached

    def is_reached(self, node: cst.CSTNode) -> bool:
        """Return whether the task runs the function around a node."""
        function = self.function_of(node)
        return function is not None and function.name.value in self.reached


def find(node: cst.CSTNode, kind: type[_Node]) -> list[_Node]:
    """Return the nodes of a kind inside a node, itself included, in their order."""
    return [each for each in _inside(node) if isinstance(each, kind)]


@lru_cache(maxsize=4096)
def _inside(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """Return a node and everything inside it; cached, as libcst takes long for it."""
    return (node, *(inner for child in node.children for inner in _inside(child)))


def variables(node: cst.CSTNode) -> set[str]:
    """Return the variables in an expression, without attributes and keywords."""
    if isinstance(node, cst.Name):
        return {node.value}
    if isinstance(node, cst.Attribute):
        return variables(node.value)
    if isinstance(node, cst.Arg):
        return variables(node.value)
    return {name for child in node.children for name in variables(child)}


def _first(nodes: Iterator[cst.CSTNode], kind: type[_Node]) -> _Node | None:
    return next((each for each in nodes if isinstance(each, kind)), None)


# --- shapes of statements and expressions --------------------------------------------


def small_statement(statement: cst.CSTNode) -> cst.BaseSmallStatement | None:
    """Return the only small statement of a line; None for compound statements."""
    if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1:
        return statement.body[0]
    return None


def assigned(statement: cst.CSTNode) -> tuple[str, cst.BaseExpression] | None:
    """Return name and value of `name = value` or `name: type = value`."""
    small = small_statement(statement)
    target: cst.BaseExpression | None = None
    value: cst.BaseExpression | None = None
    if isinstance(small, cst.Assign) and len(small.targets) == 1:
        target, value = small.targets[0].target, small.value
    elif isinstance(small, cst.AnnAssign):
        target, value = small.target, small.value
    if isinstance(target, cst.Name) and value is not None:
        return target.value, value
    return None


def expression(statement: cst.CSTNode) -> cst.BaseExpression | None:
    """Return the expression of an expression statement."""
    small = small_statement(statement)
    return small.value if isinstance(small, cst.Expr) else None


def called(node: cst.CSTNode | None, name: str) -> cst.Call | None:
    """Return a node if it is a call of a function or method with this name."""
    if isinstance(node, cst.Call) and last_name(node.func) == name:
        return node
    return None


def last_name(node: cst.BaseExpression) -> str:
    """Return the last part of a dotted name; "" for other expressions."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


def owner_of(node: cst.BaseExpression) -> str:
    """Return the dotted name before the last dot; "" if there is none, "?" if unclear."""
    if isinstance(node, cst.Name):
        return ""
    if not isinstance(node, cst.Attribute):
        return "?"
    owner = node.value
    if isinstance(owner, cst.Name):
        return owner.value
    inner = owner_of(owner)
    return f"{inner}.{last_name(owner)}" if inner not in ("", "?") else "?"


def positional(call: cst.Call, count: int) -> list[cst.BaseExpression] | None:
    """Return a call's arguments if they are exactly this many, all by position."""
    args = call.args
    if len(args) != count or any(each.keyword or each.star for each in args):
        return None
    return [each.value for each in args]


def keyword(call: cst.Call, name: str) -> cst.BaseExpression | None:
    """Return the value of a keyword argument."""
    for each in call.args:
        if each.keyword is not None and each.keyword.value == name:
            return each.value
    return None


def parameters(function: cst.FunctionDef) -> list[str]:
    """Return the names of a function's parameters that are given by position."""
    return [each.name.value for each in function.params.params]


def arguments(
    function: cst.FunctionDef, call: cst.Call
) -> dict[str, cst.BaseExpression]:
    """Return the argument for each parameter; {} if this is unclear."""
    names = parameters(function)
    if names[:1] == ["self"]:
        del names[0]
    given: dict[str, cst.BaseExpression] = {}
    for place, arg in enumerate(call.args):
        if arg.star or (arg.keyword is None and place >= len(names)):
            return {}
        given[arg.keyword.value if arg.keyword else names[place]] = arg.value
    return given


def body_of(function: cst.FunctionDef) -> list[cst.BaseStatement]:
    """Return a function's statements without its docstring; [] on one line."""
    if not isinstance(function.body, cst.IndentedBlock):
        return []
    body = list(function.body.body)
    if body and isinstance(expression(body[0]), cst.SimpleString):
        del body[0]
    return body


def leaves_loop(loop: cst.For) -> bool:
    """Return whether the loop has an else, or statements that leave it before its end."""
    if loop.orelse is not None or loop.asynchronous is not None:
        return True
    return any(_leaves(each) for each in loop.body.body)


def _leaves(node: cst.CSTNode, *, inner: bool = False) -> bool:
    if isinstance(node, _SCOPES):
        return False
    if isinstance(node, cst.Return) or (isinstance(node, cst.Break) and not inner):
        return True
    inner = inner or isinstance(node, cst.For | cst.While)
    return any(_leaves(each, inner=inner) for each in node.children)
