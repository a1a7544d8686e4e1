"""Find the line that keeps rows in memory, given the line that allocates them. Pure.

A profiler reports where memory is allocated: in a generator, at its `yield`. The line to
change is the one that adds each row to a collection that outlives the loop.
"""

import ast
from collections.abc import Callable, Iterator, Sequence

from limerun.judge.remedies.source_code import (
    Function,
    Loop,
    SourceCode,
    mentions,
    name_of,
    text,
)
from limerun.records import Location

_ADDING = (
    "append",
    "add",
    "extend",
    "insert",
    "appendleft",
    "setdefault",
    "update",
    "put",
)
_CACHES = ("cache", "lru_cache")
_DEEPEST = 3


def keeping_place(
    path: Sequence[Location], source_of: Callable[[str], str | None]
) -> Location | None:
    """Return the line that keeps what the innermost line of a call path creates.

    Args:
        path: The active lines of the user's code, the innermost last.
        source_of: Returns the text of a file, or None.
    """
    for place in reversed(path):
        source = source_of(place.file)
        if source is None:
            continue
        try:
            code = SourceCode(source, place.line)
        except (SyntaxError, ValueError, RecursionError):
            continue
        line = _cached(code) or _kept_here(code)
        if line is not None:
            return Location(file=place.file, line=line, function=place.function)
    return None


def kept_by(statement: ast.stmt) -> tuple[ast.expr, list[ast.expr]] | None:
    """Return the collection that a statement adds to, and the added values, if any."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING:
            return call.func.value, [*call.args, *(k.value for k in call.keywords)]
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Subscript):
                return target.value, [statement.value]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.value, ast.List):
        return statement.target, list(statement.value.elts)
    return None


def cache_of(function: Function) -> ast.expr | None:
    """Return the decorator that caches every result of a function, if any."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = name_of(called).rpartition(".")[2]
        unbounded = name == "cache" or "maxsize=None" in text(decorator)
        if name in _CACHES and unbounded:
            return decorator
    return None


def _cached(code: SourceCode) -> int | None:
    decorator = None if code.function is None else cache_of(code.function)
    return None if decorator is None else decorator.lineno


def _kept_here(code: SourceCode) -> int | None:
    """Return the line that keeps the value: this line, or one in the loop around it."""
    statement = code.statement
    if kept_by(statement) is not None or _holds_all(statement):
        return statement.lineno
    loop = statement if isinstance(statement, ast.For) else code.loop(statement)
    if not isinstance(loop, ast.For):
        return None
    made = _names(loop.target)
    if statement is not loop:
        # The line itself creates it inside the loop, for example with a call.
        made |= {name for each in _targets(statement) for name in _names(each)}
    found = list(_keepers(code, loop, made, 0))
    whole = [each for each in found if each[1]]
    return (whole or found)[0][0] if found else None


def _holds_all(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(value, ast.ListComp | ast.SetComp | ast.DictComp)


def _keepers(
    code: SourceCode, place: Loop | Function, made: set[str], depth: int
) -> Iterator[tuple[int, bool]]:
    """Yield each line that keeps one of the variables, or a value computed from it.

    The flag is true if the line keeps the variable's value itself.
    """
    own = {
        name
        for node in ast.walk(place)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in _targets(node)
        for name in _names(target)
    }
    for node in ast.walk(place):
        if not isinstance(node, ast.stmt):
            continue
        if isinstance(node, ast.Assign) and mentions(node.value, made):
            made |= {name for each in node.targets for name in _names(each)}
        kept = kept_by(node)
        if kept is not None and _root(kept[0]) not in own:
            values = [each for each in kept[1] if mentions(each, made)]
            if values:
                is_whole = any(isinstance(each, ast.Name) for each in values)
                yield node.lineno, is_whole
    if depth < _DEEPEST:
        for function, given in _calls(code, place, made):
            yield from _keepers(code, function, given, depth + 1)


def _calls(
    code: SourceCode, place: ast.AST, made: set[str]
) -> Iterator[tuple[Function, set[str]]]:
    """Yield each called function and those of its parameters that get a variable."""
    functions = code.functions
    for node in ast.walk(place):
        if not isinstance(node, ast.Call):
            continue
        function = functions.get(name_of(node.func).rpartition(".")[2])
        if function is None:
            continue
        names = [each.arg for each in function.args.args]
        if isinstance(node.func, ast.Attribute) and names[:1] == ["self"]:
            del names[0]
        given = {
            name
            for name, value in zip(names, node.args, strict=False)
            if mentions(value, made)
        }
        if given:
            yield function, given


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _names(target: ast.expr) -> set[str]:
    return {
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _root(owner: ast.expr) -> str:
    return name_of(owner).split(".")[0]
