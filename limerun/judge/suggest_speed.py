"""Suggest how to search, queue and join quicker, in the user's own names. Pure."""

import ast
from collections.abc import Iterator

from limerun.judge.code import Code, name_of, plural, text

_LISTS = ("list", "sorted")


def quicker(code: Code) -> tuple[int, str] | None:
    """Return what to do instead of a known slow habit, and the line that has it.

    A profiler takes its stack at the next call: what is slow and calls nothing may
    be just above the line that it names.
    """
    for statement in (code.statement, code.before(code.statement)):
        if statement is None:
            continue
        for node in _own_nodes(statement):
            for suggest in (_membership, _front_of_list, _lookup):
                suggested = suggest(code, node)
                if suggested is not None:
                    return getattr(node, "lineno", statement.lineno), suggested
        joined = _joined(code, statement)
        if joined is not None:
            return statement.lineno, joined
    return None


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement's nodes, but for the statements inside it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [
            each
            for each in ast.iter_child_nodes(node)
            if not isinstance(each, ast.stmt)
        ]


def _membership(code: Code, node: ast.AST) -> str | None:
    """Return a set for `value in list`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    held = node.comparators[0]
    if not isinstance(node.ops[0], ast.In | ast.NotIn) or not isinstance(
        held, ast.Name
    ):
        return None
    made = code.value_of(held.id)
    is_list = isinstance(made, ast.List | ast.ListComp) or (
        isinstance(made, ast.Call) and name_of(made.func) in _LISTS
    )
    if not is_list or made is None:
        return None
    made_set = "set()" if text(made) == "[]" else f"set({text(made)})"
    return (
        f"{held.id} = {made_set}  # a search in a list looks at each of its items\n"
        f"{held.id}.add(...)  # instead of {held.id}.append(...)"
    )


def _front_of_list(code: Code, node: ast.AST) -> str | None:
    """Return a deque for what moves every item of a list."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    first = node.args[0] if node.args else None
    at_front = isinstance(first, ast.Constant) and first.value == 0
    if not at_front or node.func.attr not in ("pop", "insert"):
        return None
    queue = text(node.func.value)
    if node.func.attr == "pop":
        instead = f"{queue}.popleft()"
    else:
        instead = f"{queue}.appendleft({text(node.args[1])})"
    return (
        f"{queue} = collections.deque({queue})  # before the loop\n"
        f"{instead}  # instead of {text(node)}"
    )


def _lookup(code: Code, node: ast.AST) -> str | None:
    """Return a dict for a search through all rows by a key."""
    if not isinstance(node, ast.GeneratorExp | ast.ListComp):
        return None
    each = node.generators[0]
    condition = each.ifs[0] if len(each.ifs) == 1 else None
    if not isinstance(condition, ast.Compare) or len(condition.ops) != 1:
        return None
    if not isinstance(condition.ops[0], ast.Eq) or code.loop(code.statement) is None:
        return None
    sides = [condition.left, condition.comparators[0]]
    name = text(each.target)
    keys = [side for side in sides if _mentions(side, name)]
    if len(keys) != 1 or text(node.elt) != name:
        return None
    [value] = [side for side in sides if side is not keys[0]]
    found = f"{plural(name)}_by_key"
    return (
        f"{found} = {{{text(keys[0])}: {name} for {name} in {text(each.iter)}}}"
        f"  # before the loop\n{found}.get({text(value)})"
    )


def _mentions(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name for each in ast.walk(node)
    )


def _joined(code: Code, statement: ast.stmt) -> str | None:
    """Return a join for text that grows piece by piece in a loop."""
    if not isinstance(statement, ast.AugAssign) or not isinstance(
        statement.op, ast.Add
    ):
        return None
    name = text(statement.target)
    begin = code.value_of(name)
    is_text = isinstance(begin, ast.Constant) and isinstance(begin.value, str)
    if not is_text or code.loop(statement) is None:
        return None
    return (
        "parts = []  # before the loop\n"
        f"parts.append({text(statement.value)})\n"
        f'{name} = "".join(parts)  # after it'
    )
