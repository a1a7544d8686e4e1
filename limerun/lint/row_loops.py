"""Find loops over rows; loops over pages, batches or retries are skipped. Pure."""

import ast
from collections.abc import Iterator

from limerun.lint.functions import Function, Loop, dotted, last_name
from limerun.lint.known_values import Values

_BATCHES = ("islice", "batched", "chunk", "batch", "page", "grouper", "partition")
_FEW = frozenset({"range", "count", "repeat"})


def row_loops(node: ast.AST, values: Values) -> Iterator[Loop]:
    """Yield the loops over rows that repeat a node, innermost first.

    `while` loops read pages or batches, and loops over constants are short.
    """
    for loop in values.function.loops(node):
        if loop.iterable is not None and _is_over_rows(loop, values):
            yield loop


def _is_over_rows(loop: Loop, values: Values) -> bool:
    iterable = loop.iterable
    assert iterable is not None
    names = [last_name(each) for each in _targets(loop.target)]
    if any(_is_batch_name(each) for each in names):
        return False
    return not _is_short(iterable, values)


def _targets(target: ast.expr | None) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target] if target else []


def _is_batch_name(name: str) -> bool:
    words = name.lower().split("_")
    return bool({"batch", "chunk", "page", "pages", "attempt", "retry"} & {*words})


def _is_short(node: ast.expr, values: Values) -> bool:
    if isinstance(node, ast.Name):
        return _is_short_name(node, values)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    if isinstance(node, ast.Call):
        return _is_short_call(node, values)
    return isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict | ast.Constant)


def _is_short_call(node: ast.Call, values: Values) -> bool:
    name = last_name(node.func)
    if name in ("items", "keys", "values") and isinstance(node.func, ast.Attribute):
        return _is_short(node.func.value, values)
    if name in ("enumerate", "sorted", "reversed", "list") and node.args:
        return _is_short(node.args[0], values)
    if name == "range":
        return not any(isinstance(each, ast.Call) for each in node.args)
    return name in _FEW or any(each in name.lower() for each in _BATCHES)


def _is_short_name(node: ast.Name, values: Values) -> bool:
    if node.id.isupper():
        return True
    found = values.function.values_of(node.id)
    return bool(found) and all(
        (
            isinstance(each, ast.Tuple | ast.List | ast.Set | ast.Dict)
            and bool(getattr(each, "elts", None) or getattr(each, "keys", None))
        )
        or (isinstance(each, ast.Call) and _is_batch_call(each))
        for each in found
    )


def _is_batch_call(call: ast.Call) -> bool:
    name = last_name(call.func).lower()
    if name in ("list", "tuple") and call.args and isinstance(call.args[0], ast.Call):
        return _is_batch_call(call.args[0])
    return any(each in name for each in _BATCHES)


def is_guarded(node: ast.AST, function: Function, loop: Loop) -> bool:
    """Return whether a node runs only under a condition inside the loop."""
    return any(
        isinstance(above, ast.If | ast.IfExp)
        and child is not above.test
        and function.inside(above, loop.node)
        for above, child in function.ancestors(node)
    )


def is_cached(node: ast.AST, function: Function) -> bool:
    """Return whether a node runs only for values that are not cached yet."""
    for above, child in function.ancestors(node):
        if isinstance(above, ast.If | ast.IfExp) and child is not above.test:
            tests = [
                each for each in ast.walk(above.test) if isinstance(each, ast.Compare)
            ]
            if any(isinstance(op, ast.NotIn) for each in tests for op in each.ops):
                return True
            if any(isinstance(op, ast.Is) for each in tests for op in each.ops):
                return True
    return any("cache" in dotted(each) for each in function.node.decorator_list)
