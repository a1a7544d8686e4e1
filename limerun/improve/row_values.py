"""Express a value that a loop computes with the loop's own variable only. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst

from limerun.improve.batches import parsed_row, row_name
from limerun.improve.code import Code
from limerun.improve.shapes import (
    assigned,
    find,
    last_name,
    parameters,
    variables,
)

_PURE = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "get", "str", "int", "title"}
    | {"casefold", "zfill", "format", "replace", "removeprefix", "removesuffix"}
)
_DEEPEST = 4


class NotExpressible(Exception):
    """The value depends on more than the row; the text says on what."""


def in_loop(
    code: Code, value: cst.CSTNode, loop: cst.For, at: cst.CSTNode
) -> cst.BaseExpression:
    """Return an expression for a value in terms of a loop's variable.

    Args:
        code: The module.
        value: The expression in the loop's body.
        loop: The loop.
        at: Where in the loop the value is used.

    Raises:
        NotExpressible: It depends on other things that the loop changes.
    """
    targets, is_parsed = variables(loop.target), parsed_row(code, loop) is not None
    if is_parsed:
        targets = {row_name(code, loop)}
    if any(len(code.stores(name, loop.body)) > is_parsed for name in targets):
        raise NotExpressible("the row is not the same in the whole loop")
    _check_unchanged(code, loop, targets)
    made = _Scope(code, loop, list(loop.body.body), targets).resolved(value)
    if _is_guarded(code, loop, at):
        made = _with_get(made, targets)
    expression: cst.BaseExpression = made
    return expression


def in_function(
    code: Code, value: cst.CSTNode, function: cst.FunctionDef, given: Mapping[str, Any]
) -> cst.BaseExpression:
    """Return an expression for a value in terms of a call's arguments.

    Raises:
        NotExpressible: It depends on other things that the function changes.
    """
    names = set(parameters(function))
    for name in names:
        if code.stores(name, function):
            raise NotExpressible(f"`{name}` is assigned again")
    _check_unchanged(code, function, names)
    found = _Scope(code, function, list(function.body.body), names).resolved(value)
    made: cst.BaseExpression = _replaced(found, given)
    return made


def _check_unchanged(code: Code, scope: cst.CSTNode, names: set[str]) -> None:
    """Raise an error if a row is changed inside the scope."""
    for target in find(scope, cst.AssignTarget):
        changed = target.target
        if isinstance(changed, cst.Subscript) and code.text(changed.value) in names:
            raise NotExpressible(f"the loop changes `{code.text(changed.value)}`")


@dataclass(frozen=True, slots=True)
class _Scope:
    """A loop or function, its statements, and the names that may stay in values."""

    code: Code
    node: cst.CSTNode
    block: list[Any]
    free: set[str]

    def resolved(self, value: cst.CSTNode, depth: int = 0) -> Any:
        """Return a value with the names that are assigned here replaced by their values.

        Raises:
            NotExpressible: A name is assigned in another way.
        """
        _check_calls(self.code, value)
        replaced: dict[str, Any] = {}
        for name in variables(value) - self.free:
            stores = self.code.stores(name, self.node)
            if not stores:
                continue
            lines = [assigned(line) for line in self.block]
            values = [each[1] for each in lines if each and each[0] == name]
            if len(stores) != 1 or len(values) != 1 or depth == _DEEPEST:
                raise NotExpressible(f"`{name}` is not the same function of each row")
            replaced[name] = self.resolved(values[0], depth + 1)
        return _replaced(value, replaced)


def _check_calls(code: Code, value: cst.CSTNode) -> None:
    for call in find(value, cst.Call):
        if last_name(call.func) not in _PURE:
            raise NotExpressible(f"`{code.text(call)}` may not be pure")
    for kind in (cst.Await, cst.Yield, cst.NamedExpr, cst.Lambda):
        if find(value, kind):
            raise NotExpressible(f"`{code.text(value)}` is not a plain value")


def _is_guarded(code: Code, loop: cst.For, at: cst.CSTNode) -> bool:
    """Return whether some rows do not come to this place: a key may be missing there."""
    statement = code.statement_of(at)
    block = list(loop.body.body)
    top: cst.CSTNode = statement
    while top not in block:
        top = code.parent(top)
    if top is not statement and not _is_test(code, top, at):
        return True
    before = block[: block.index(top)]
    return any(find(each, cst.Continue) for each in before)


def _is_test(code: Code, top: cst.CSTNode, at: cst.CSTNode) -> bool:
    """Return whether a place is in the test of an `if`, or what a `for` iterates over."""
    inside = (at, *code.ancestors(at))
    if isinstance(top, cst.If):
        return top.test in inside
    return isinstance(top, cst.For) and top.iter in inside


def _with_get(value: cst.BaseExpression, rows: set[str]) -> Any:
    """Read `row["key"]` as `row.get("key")`."""
    return value.visit(_Get(rows))


class _Get(cst.CSTTransformer):
    def __init__(self, rows: set[str]) -> None:
        super().__init__()
        self._rows = rows

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        if not isinstance(updated_node, cst.Subscript):
            return updated_node
        row, index = updated_node.value, updated_node.slice[0].slice
        is_row = isinstance(row, cst.Name) and row.value in self._rows
        if not is_row or not isinstance(index, cst.Index):
            return updated_node
        if not isinstance(index.value, cst.SimpleString):
            return updated_node
        get = cst.Attribute(row, cst.Name("get"))
        return cst.Call(get, [cst.Arg(index.value)])


class _Replacing(cst.CSTTransformer):
    def __init__(self, new: Mapping[str, Any]) -> None:
        super().__init__()
        self._new = new

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        if isinstance(original_node, cst.Attribute):  # x in a.x is not the variable x
            return updated_node.with_changes(attr=original_node.attr)
        if isinstance(original_node, cst.Arg) and original_node.keyword is not None:
            return updated_node.with_changes(keyword=original_node.keyword)
        if isinstance(original_node, cst.Name) and original_node.value in self._new:
            return _in_brackets(self._new[original_node.value])
        return updated_node


def _replaced(value: cst.CSTNode, new: Mapping[str, Any]) -> Any:
    return value.visit(_Replacing(new)) if new else value


def _in_brackets(value: Any) -> Any:
    plain = (cst.Name, cst.Attribute, cst.Subscript, cst.Call, cst.SimpleString)
    if isinstance(value, plain) or value.lpar:
        return value
    return value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
