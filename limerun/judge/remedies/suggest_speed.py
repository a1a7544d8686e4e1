"""Advise faster ways to search, queue and join. Pure."""

import ast
from collections.abc import Iterator

from limerun.judge.remedies.remedy import Patch, Remedy
from limerun.judge.remedies.source_code import (
    SourceCode,
    mentions,
    name_of,
    plural,
    text,
)

_LISTS = ("list", "sorted")


def speed_up(code: SourceCode, file: str) -> tuple[int, Remedy] | None:
    """Return the line of a known slow pattern, and advice against it.

    A profiler samples the stack at the next call, so a slow statement without a call may
    be just above the line that the profiler names.
    """
    for statement in (code.statement, code.before(code.statement)):
        if statement is None:
            continue
        for node in _own_nodes(statement):
            line = getattr(node, "lineno", statement.lineno)
            searched = _searched_list(code, node)
            if searched is not None:
                return line, _set_instead(code, searched, file)
            advice = _front_of_list(node) or _lookup(code, node)
            if advice is not None:
                return line, Remedy(advice=advice)
        joined = _joined(code, statement)
        if joined is not None:
            return statement.lineno, Remedy(advice=joined)
    return None


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield a statement's nodes without those of nested statements."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [
            each
            for each in ast.iter_child_nodes(node)
            if not isinstance(each, ast.stmt)
        ]


# --- a search in a list ---------------------------------------------------------


def _searched_list(code: SourceCode, node: ast.AST) -> str | None:
    """Return the name of the list that `value in list` searches."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    searched = node.comparators[0]
    if not isinstance(node.ops[0], ast.In | ast.NotIn) or not isinstance(
        searched, ast.Name
    ):
        return None
    made = code.value_of(searched.id)
    is_list = isinstance(made, ast.List | ast.ListComp) or (
        isinstance(made, ast.Call) and name_of(made.func) in _LISTS
    )
    return searched.id if is_list else None


def _set_instead(code: SourceCode, name: str, file: str) -> Remedy:
    advice = (
        f"A search in the list `{name}` looks at every item. Use a set of the same "
        "values if they are hashable, and neither order nor duplicates matter."
    )
    return Remedy(advice=advice, diff=_set_diff(code, name, file))


def _set_diff(code: SourceCode, name: str, file: str) -> str | None:
    """Return a diff that replaces a list with a set, if it is only used like a set."""
    stored = [
        node
        for node in ast.walk(code.scope)
        if isinstance(node, ast.Name) and node.id == name and not _is_load(node)
    ]
    if code.function is None or len(stored) != 1:
        return None
    made = code.parents[stored[0]]
    if not isinstance(made, ast.Assign) or code.function_of(made) is not code.function:
        return None
    if len(made.targets) != 1 or text(made.value) != "[]":
        return None
    patch = Patch(code.source)
    patch.replace(made.value, "set()")
    loads = [
        node
        for node in ast.walk(code.scope)
        if isinstance(node, ast.Name) and node.id == name and _is_load(node)
    ]
    fits = all(_works_on_set(code, node, patch) for node in loads)
    return patch.diff(file) if fits else None


def _is_load(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _works_on_set(code: SourceCode, node: ast.Name, patch: Patch) -> bool:
    """Replace `append` with `add`; return whether this use also works with a set."""
    above = code.parents[node]
    if isinstance(above, ast.Compare):
        is_search = isinstance(above.ops[0], ast.In | ast.NotIn) and len(above.ops) == 1
        return is_search and above.comparators == [node] and _is_hashable(above.left)
    if isinstance(above, ast.Attribute) and above.attr == "append":
        call = code.parents[above]
        if not isinstance(call, ast.Call) or call.func is not above:
            return False
        patch.replace(above, f"{node.id}.add")
        is_statement = isinstance(code.parents[call], ast.Expr)
        return is_statement and len(call.args) == 1 and _is_hashable(call.args[0])
    if isinstance(above, ast.Call) and text(above.func) == "len":
        return _has_no_duplicates(code, node.id)
    return isinstance(above, ast.If | ast.While) and above.test is node


def _has_no_duplicates(code: SourceCode, name: str) -> bool:
    """Return whether a `not in` test guards each append, so that no value repeats."""
    appended = [
        node
        for node in ast.walk(code.scope)
        if isinstance(node, ast.Call) and text(node.func) == f"{name}.append"
    ]
    for call in appended:
        statement = code.statement_of(call)
        block = code.parents[statement]
        if not isinstance(block, ast.If) or block.body[0] is not statement:
            return False
        if text(block.test) != f"{text(call.args[0])} not in {name}":
            return False
    return True


def _is_hashable(value: ast.expr) -> bool:
    """Return whether a value is probably hashable: a field of a row, or text from it.

    A field with a plural name may be a list.
    """
    if isinstance(value, ast.JoinedStr | ast.Constant):
        return True
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant):
        return not str(value.slice.value).endswith("s")
    if isinstance(value, ast.Call):
        name = name_of(value.func).rpartition(".")[2]
        return name in ("str", "int", "strip", "lower", "upper")
    return isinstance(value, ast.Attribute) and not value.attr.endswith("s")


# --- other slow patterns ----------------------------------------------------------


def _front_of_list(node: ast.AST) -> str | None:
    """Advise a deque where a call moves every item of a list."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    first = node.args[0] if node.args else None
    at_front = isinstance(first, ast.Constant) and first.value == 0
    if not at_front or node.func.attr not in ("pop", "insert"):
        return None
    queue, instead = text(node.func.value), "popleft"
    if node.func.attr == "insert":
        instead = "appendleft"
    return (
        f"`{text(node)}` moves every item of `{queue}`. If it is a list, make it a "
        f"collections.deque, and use `{queue}.{instead}`."
    )


def _lookup(code: SourceCode, node: ast.AST) -> str | None:
    """Advise a dict where a loop searches all rows for a key."""
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
    keys = [side for side in sides if mentions(side, {name})]
    if len(keys) != 1 or text(node.elt) != name:
        return None
    return (
        f"Each search goes through all of `{text(each.iter)}`. Before the loop, build a "
        f"dict of {plural(name)} with `{text(keys[0])}` as its key, and look up there."
    )


def _joined(code: SourceCode, statement: ast.stmt) -> str | None:
    """Advise a join where a loop extends a text piece by piece."""
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
        f"Collect the pieces of `{name}` in a list, and join them after the loop: each "
        "addition may copy the whole text."
    )
