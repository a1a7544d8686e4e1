"""Find and take apart statements and expressions of a concrete syntax tree. Pure."""

from functools import lru_cache
from typing import TypeVar

import libcst as cst

_Node = TypeVar("_Node", bound=cst.CSTNode)
_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


def find(node: cst.CSTNode, kind: type[_Node]) -> list[_Node]:
    """Return the nodes of a kind inside a node, itself included, in their order."""
    return [each for each in _inside(node) if isinstance(each, kind)]


@lru_cache(maxsize=50_000)
def _inside(node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """Return a node and everything inside it; cached, as libcst takes long for it."""
    return (node, *(inner for child in node.children for inner in _inside(child)))


def yields(node: cst.CSTNode) -> bool:
    """Return whether a function is a generator or a coroutine."""
    return any(isinstance(each, cst.Yield | cst.Await) for each in _inside(node))


def variables(node: cst.CSTNode) -> set[str]:
    """Return the variables in an expression, without attributes and keywords."""
    if isinstance(node, cst.Name):
        return {node.value}
    if isinstance(node, cst.Attribute):
        return variables(node.value)
    if isinstance(node, cst.Arg):
        return variables(node.value)
    return {name for child in node.children for name in variables(child)}


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
