"""Find queries, requests and searches that are repeated for each row. Pure."""

import ast
from collections.abc import Iterator

from limerun.lint.functions import Function, Loop, last_name, method_call, names_in
from limerun.lint.known_values import Values
from limerun.lint.row_loops import is_cached, row_loops
from limerun.lint.suspicions import code_of, suspicion
from limerun.records import Finding

_DEEPEST = 4
_SEARCHES = frozenset({"index", "count", "remove"})


def query_findings(values: Values) -> Iterator[Finding]:
    """Yield the calls of a function that send a query or request for each row."""
    function = values.function
    for call in function.calls():
        loop = next(row_loops(call, values), None)
        if loop is None or is_cached(call, function) or not _varies(call, loop):
            continue
        sent = values.query_of(call)
        through = "" if sent else _function_that_queries(call, values)
        if not sent and not through:
            continue
        what = sent or "query"
        yield suspicion(
            "speed.queries",
            "warning",
            function,
            call,
            f"One {what} for each row",
            f"{code_of(call)} is inside the loop in line "
            f"{getattr(loop.node, 'lineno', 0)}{through}.",
        )


def _varies(call: ast.Call, loop: Loop) -> bool:
    """Return whether the loop around a call is over rows, not over a few values."""
    return loop.iterable is not None and not any(
        each is call for each in ast.walk(loop.iterable)
    )


def _function_that_queries(call: ast.Call, values: Values, depth: int = 0) -> str:
    """Return a text that says how a call leads to a query or request, or ""."""
    called = values.program.called(call, values.function)
    if called is None or depth > _DEEPEST or called is values.function:
        return ""
    there = Values(called, values.program)
    if is_cached(called.node, called) or called.is_generator:
        return ""
    for inner in called.calls():
        sent = there.query_of(inner)
        if is_cached(inner, called):
            continue
        if sent:
            return f"; {called.name} sends the {sent} in line {inner.lineno}"
        if further := _function_that_queries(inner, there, depth + 1):
            return further
    return ""


def lookup_findings(values: Values) -> Iterator[Finding]:
    """Yield the searches in a list that are repeated for each row."""
    for node in values.function.nodes:
        searched = _searched(node)
        if searched is None:
            continue
        loop = next(row_loops(node, values), None)
        if loop is None or not _is_long_list(searched, loop, values):
            continue
        yield suspicion(
            "speed.lookups",
            "warning",
            values.function,
            node,
            "A list is searched for each row",
            f"{code_of(node)} looks at each element of the list, in each iteration of "
            f"the loop in line {getattr(loop.node, 'lineno', 0)}.",
        )


def _searched(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Compare):
        is_membership = isinstance(node.ops[0], ast.In | ast.NotIn)
        return node.comparators[0] if is_membership else None
    return method_call(node, _SEARCHES)


def _is_long_list(node: ast.expr, loop: Loop, values: Values) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(method_call(node, ("values",)), ast.Name) and not node.args
    if not isinstance(node, ast.Name):
        return False
    function = values.function
    bindings = function.bindings.get(node.id, [])
    if any(function.inside(each.at, loop.node) for each in bindings):
        return False
    if not bindings:
        return _is_list_parameter(node.id, function)
    fixed = all(isinstance(each.value, ast.List) for each in bindings)
    return values.is_list(node) and (not fixed or _grows(node.id, function))


def _grows(name: str, function: Function) -> bool:
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in ("append", "extend", "insert")
        and last_name(call.func.value) == name
        and any(True for _ in function.loops(call))
        for call in function.calls()
    )


def _is_list_parameter(name: str, function: Function) -> bool:
    return any(
        each.arg == name
        and each.annotation is not None
        and bool(names_in(each.annotation) & {"list", "List"})
        and isinstance(each.annotation, ast.Subscript | ast.Name)
        and last_name(getattr(each.annotation, "value", each.annotation))
        in ("list", "List")
        for each in function.parameters()
    )
