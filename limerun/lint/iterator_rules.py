"""Find generators used twice or tested for truth, and unnecessary lists. Pure."""

import ast
from collections.abc import Iterator
from itertools import pairwise

from limerun.lint.functions import Function, last_name
from limerun.lint.known_values import Values
from limerun.lint.suspicions import code_of, suspicion
from limerun.records import Finding

_RULE = "chunking.iterators"
_CONSUMERS = frozenset(
    {"list", "tuple", "set", "sorted", "sum", "max", "min", "dict"}
    | {"Counter", "frozenset"}
)
_Comprehensions = ast.ListComp | ast.SetComp | ast.DictComp


def iterator_findings(values: Values) -> Iterator[Finding]:
    """Yield the findings about the generators and lists of a function."""
    function = values.function
    for name, bindings in function.bindings.items():
        if len(bindings) == 1 and bindings[0].how == "value":
            value = bindings[0].value
            if values.is_iterator(value):
                yield from _used_twice(name, values)
            yield from _needless_list(name, value, values)
    for node in function.nodes:
        yield from _tested(node, values)
        yield from _list_in_loop(node, values)


# --- used twice -----------------------------------------------------------------


def _used_twice(name: str, values: Values) -> Iterator[Finding]:
    function = values.function
    made = function.bindings[name][0].at
    uses = [node for node in function.nodes if _consumes(node, name, function)]
    for use in uses:
        again = [
            loop
            for loop in function.loops(use)
            if not function.inside(made, loop.node) and not _leaves(loop.node)
        ]
        if again:
            yield _second_use(name, use, again[0].node, function)
            return
    for first, second in pairwise(uses):
        if not _exclude_each_other(first, second, function):
            yield _second_use(name, second, first, function)
            return


def _second_use(name: str, use: ast.AST, first: ast.AST, function: Function) -> Finding:
    return suspicion(
        _RULE,
        "warning",
        function,
        use,
        "A generator is iterated twice",
        f"{name} can be iterated only once, and line {getattr(first, 'lineno', 0)} "
        "already uses it up: this time it yields nothing.",
    )


def _consumes(node: ast.AST, name: str, function: Function) -> bool:
    """Return whether a node uses up the iterator that a variable refers to."""
    if not isinstance(node, ast.Name) or node.id != name:
        return False
    above = function.parent[node]
    if isinstance(above, ast.For | ast.AsyncFor):
        return above.iter is node and not _leaves(above)
    if isinstance(above, ast.comprehension):
        whole = function.parent[above]
        if isinstance(whole, _Comprehensions):
            return True
        return _is_consumed(whole, function.parent[whole])
    return isinstance(above, ast.YieldFrom) or _is_consumed(node, above)


def _is_consumed(node: ast.AST, above: ast.AST) -> bool:
    """Return whether a call iterates over its argument to the end."""
    return (
        isinstance(above, ast.Call)
        and node in above.args
        and last_name(above.func) in _CONSUMERS
        and isinstance(above.func, ast.Name)
    )


def _leaves(loop: ast.AST) -> bool:
    """Return whether a loop may end before its last item."""
    return any(isinstance(each, ast.Break | ast.Return) for each in ast.walk(loop))


def _exclude_each_other(first: ast.AST, second: ast.AST, function: Function) -> bool:
    """Return whether at most one of two nodes runs: other branches, or a return."""
    if isinstance(function.statement(first), ast.Return):
        return True
    branches = {
        above: child
        for above, child in function.ancestors(first)
        if isinstance(above, ast.If | ast.IfExp | ast.Match | ast.Try)
    }
    for above, child in function.ancestors(second):
        if above in branches and branches[above] is not child:
            return True
    return any(
        isinstance(each, ast.Return | ast.Raise)
        for above in branches
        if isinstance(above, ast.If) and not function.inside(second, above)
        for each in ast.walk(above)
    )


# --- tested ---------------------------------------------------------------------


def _tested(node: ast.AST, values: Values) -> Iterator[Finding]:
    if not isinstance(node, ast.If | ast.While):
        return
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    if isinstance(test, ast.NamedExpr):
        is_lazy = values.is_iterator(test.value)
    else:
        is_lazy = isinstance(test, ast.Name) and _is_lazy_name(test, values)
    if is_lazy:
        yield suspicion(
            _RULE,
            "warning",
            values.function,
            node,
            "An iterator is tested as if it were a list",
            f"{code_of(test)} is always true, even if nothing is left, so the loop may "
            "never end. Test list(islice(...)) instead.",
        )


def _is_lazy_name(name: ast.Name, values: Values) -> bool:
    bindings = values.function.bindings.get(name.id, [])
    return values.is_iterator(name) or (
        bool(bindings)
        and all(
            each.how == "each" and _yields_iterators(each.value, values)
            for each in bindings
        )
    )


def _yields_iterators(node: ast.expr, values: Values, depth: int = 0) -> bool:
    """Return whether an expression is a generator of batches that are iterators."""
    if isinstance(node, ast.GeneratorExp):
        return isinstance(node.elt, ast.Call) and last_name(node.elt.func) == "islice"
    if isinstance(node, ast.Name) and depth < 3:
        found = values.function.values_of(node.id)
        return bool(found) and all(
            _yields_iterators(each, values, depth + 1) for each in found
        )
    return False


# --- unnecessary lists ----------------------------------------------------------


def _needless_list(name: str, value: ast.expr, values: Values) -> Iterator[Finding]:
    """Yield a finding for a list of all rows that only one loop uses."""
    function = values.function
    source = _listed(value, values)
    if source is None:
        return
    uses = [
        node
        for node in function.nodes
        if isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
    ]
    if len(uses) != 1:
        return
    above = function.parent[uses[0]]
    if isinstance(above, ast.For) and not any(True for _ in function.loops(above)):
        yield _needless(
            value, function, f"only the loop in line {above.lineno} uses it"
        )


def _list_in_loop(node: ast.AST, values: Values) -> Iterator[Finding]:
    if isinstance(node, ast.For) and _is_listing(node.iter, values):
        yield _needless(node.iter, values.function, "only this loop uses it")


def _is_listing(node: ast.expr, values: Values) -> bool:
    return isinstance(node, ast.Call) and _listed(node, values) is not None


def _listed(value: ast.expr, values: Values) -> ast.expr | None:
    """Return the source of a list's items, if it yields rows one by one."""
    if isinstance(value, ast.ListComp):
        first = value.generators[0].iter
        opened = isinstance(first, ast.Name) and any(
            each.how == "with" for each in values.function.bindings.get(first.id, [])
        )
        return first if opened and values.is_large(first) else None
    if not isinstance(value, ast.Call):
        return None
    if last_name(value.func) == "readlines":
        return value
    if last_name(value.func) not in ("list", "tuple") or len(value.args) != 1:
        return None
    source = value.args[0]
    if isinstance(source, ast.Call) and last_name(source.func) in ("islice", "zip"):
        return None
    is_lazy = values.is_iterator(source) and not values.is_objects(source)
    return source if is_lazy and values.is_large(source) else None


def _needless(value: ast.expr, function: Function, why: str) -> Finding:
    return suspicion(
        _RULE,
        "warning",
        function,
        value,
        "A list holds all rows where a generator would be enough",
        f"{code_of(value)} keeps every row in memory, and {why}.",
    )
