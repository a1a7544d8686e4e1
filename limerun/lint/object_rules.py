"""Find collections that keep Lime objects in memory. Pure."""

import ast
from collections.abc import Iterator

from limerun.lint.functions import Function, last_name, method_call, names_in
from limerun.lint.known_values import Values
from limerun.lint.row_loops import row_loops
from limerun.lint.suspicions import code_of, suspicion
from limerun.records import Finding, Level

_COLLECTIONS = frozenset({"list", "tuple", "sorted", "set"})
_ADD_ONE = frozenset({"append", "add", "appendleft", "insert"})
_EMPTIES = frozenset({"clear", "pop", "popleft", "popitem"})


def object_findings(values: Values) -> Iterator[Finding]:
    """Yield the collections of Lime objects that a function keeps."""
    for node in values.function.nodes:
        source = _collected(node, values)
        if source is not None:
            yield _kept(node, source, values)
    yield from _growing(values)


def _collected(node: ast.AST, values: Values) -> ast.expr | None:
    """Return the expression whose Lime objects a collection keeps; None if none."""
    if isinstance(node, ast.Call):
        made = isinstance(node.func, ast.Name) and node.func.id in _COLLECTIONS
        first = node.args[0] if made and node.args else None
        is_kept = first and not _is_limited(first) and values.is_objects(first)
        return first if is_kept else None
    if isinstance(node, ast.ListComp | ast.SetComp):
        return _collected_by(node.generators, node.elt, values)
    if isinstance(node, ast.DictComp):
        return _collected_by(node.generators, node.value, values)
    return None


def _collected_by(
    generators: list[ast.comprehension], kept: ast.expr, values: Values
) -> ast.expr | None:
    first = generators[0]
    is_object = last_name(kept) == last_name(first.target) != ""
    if not is_object or not isinstance(kept, ast.Name) or _is_limited(first.iter):
        return None
    return first.iter if values.is_objects(first.iter) else None


def _is_limited(node: ast.expr) -> bool:
    """Return whether an expression yields a fixed number of objects."""
    return isinstance(node, ast.Call) and (
        last_name(node.func) in ("islice", "batched", "nlargest")
        or any(each.arg == "limit" for each in node.keywords)
    )


def _kept(node: ast.AST, source: ast.expr, values: Values) -> Finding:
    level: Level = "note" if _is_selected(source, values) else "warning"
    return suspicion(
        "memory.objects",
        level,
        values.function,
        node,
        "A collection keeps Lime objects",
        f"{code_of(node)} keeps in memory every object that it reads.",
    )


def _is_selected(source: ast.expr, values: Values) -> bool:
    """Return whether a filter or a relation limits which objects are read."""
    if isinstance(source, ast.Name):
        made = values.function.values_of(source.id)
        return all(_is_selected(each, values) for each in made)
    return any(
        isinstance(each, ast.Call)
        and (
            last_name(each.func) == "fetch"
            or any(keyword.arg == "filter" for keyword in each.keywords)
        )
        for each in ast.walk(source)
    )


def _growing(values: Values) -> Iterator[Finding]:
    function = values.function
    for node in function.nodes:
        added = _added(node)
        if added is None:
            continue
        name, value = added
        loop = next(row_loops(node, values), None)
        if loop is None or not values.is_object(value):
            continue
        made = function.bindings.get(name, [])
        if not made or any(
            function.inside(each.at, loop.node) or values.is_unit_of_work(each.value)
            for each in made
        ):
            continue
        if not _is_emptied(name, function):
            yield suspicion(
                "memory.objects",
                "warning",
                function,
                node,
                "A collection of Lime objects grows with the rows",
                f"The loop in line {getattr(loop.node, 'lineno', 0)} adds an object "
                f"to {name} in each iteration, and {name} keeps it in memory.",
            )


def _added(node: ast.AST) -> tuple[str, ast.expr] | None:
    """Return the name of a collection and the value that a node adds to it."""
    added_to = method_call(node, _ADD_ONE)
    if isinstance(node, ast.Call) and isinstance(added_to, ast.Name) and node.args:
        return added_to.id, node.args[-1]
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        base = node.targets[0].value
        return (base.id, node.value) if isinstance(base, ast.Name) else None
    return None


def _is_emptied(name: str, function: Function) -> bool:
    for node in function.nodes:
        if last_name(method_call(node, _EMPTIES)) == name:
            return True
        if isinstance(node, ast.Delete) and name in names_in(node):
            return True
    return False
