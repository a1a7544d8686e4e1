"""Find out how the value that a line fetches is used afterwards. Pure."""

import ast
from collections.abc import Sequence

from limerun.judge.remedies.source_code import (
    Function,
    SourceCode,
    last_name,
    name_of,
    text,
)

EXISTENCE, READ, OBJECT = "existence", "read", "object"


def use_of(code: SourceCode, call: ast.Call) -> tuple[str, list[str]]:
    """Return how a call's result is used, and the properties that are read.

    "existence": only tested for existence. "read": its id or properties are read too.
    "object": changed, attached, kept, or unknown.
    """
    if presence_of(code, call) is not None:
        return EXISTENCE, []
    name = assigned_name(code, call)
    if name is None or _is_shared(code, name):
        return OBJECT, []
    read: list[str] = []
    for node in loads_after(code, call, name):
        if presence_of(code, node) is not None or _is_counted(code, node):
            continue
        found = _read(code, node)
        if found is None:
            return OBJECT, []
        read.append(found)
    return (READ if read else EXISTENCE), list(dict.fromkeys(read))


def presence_of(code: SourceCode, node: ast.expr) -> tuple[ast.expr, bool] | None:
    """Return the expression that tests whether a value exists, and its result if so.

    `x is None` is False then; `x is not None`, `bool(x)` and the test of an `if` are
    True. None if the value itself is used.
    """
    above = code.parents[node]
    if isinstance(above, ast.NamedExpr) and above.value is node:
        if any(True for _ in code.loads(above.target.id, node)):
            return None
        return presence_of(code, above)
    if isinstance(above, ast.Compare):
        return _compared_with_none(above, node)
    if isinstance(above, ast.Call):
        is_bool = text(above.func) == "bool" and above.args == [node]
        return (above, True) if is_bool else None
    tests = (ast.If, ast.While, ast.IfExp, ast.Assert)
    if isinstance(above, tests) and above.test is node:
        return node, True
    if isinstance(above, ast.comprehension) and node in above.ifs:
        return node, True
    if isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not):
        return above, False
    return None


def _compared_with_none(
    compare: ast.Compare, node: ast.expr
) -> tuple[ast.expr, bool] | None:
    right = compare.comparators[0]
    with_none = isinstance(right, ast.Constant) and right.value is None
    if compare.left is not node or len(compare.ops) != 1 or not with_none:
        return None
    if isinstance(compare.ops[0], ast.Is | ast.Eq):
        return compare, False
    if isinstance(compare.ops[0], ast.IsNot | ast.NotEq):
        return compare, True
    return None


def assigned_name(code: SourceCode, call: ast.Call) -> str | None:
    """Return the name that a call's result is assigned to, if there is exactly one."""
    above = code.parents[call]
    target: ast.expr | None = None
    if isinstance(above, ast.Assign) and len(above.targets) == 1:
        target = above.targets[0]
    elif isinstance(above, ast.AnnAssign | ast.NamedExpr):
        target = above.target
    return target.id if isinstance(target, ast.Name) else None


def loads_after(code: SourceCode, call: ast.Call, name: str) -> list[ast.Name]:
    """Return the reads of a variable that may still contain the call's result."""
    definition = code.statement_of(call)
    found = []
    for node in code.loads(name, call):
        overwritten = any(
            isinstance(other, ast.Assign | ast.AnnAssign)
            and other is not definition
            and name in _names_of(other)
            and _overwrites(code, other, definition, node)
            for other in ast.walk(code.function_of(call) or code.tree)
        )
        if not overwritten:
            found.append(node)
    return found


def _names_of(assign: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = assign.targets if isinstance(assign, ast.Assign) else [assign.target]
    return [each.id for each in targets if isinstance(each, ast.Name)]


def _overwrites(
    code: SourceCode, assign: ast.stmt, definition: ast.stmt, node: ast.AST
) -> bool:
    """Return whether an assignment always runs between the definition and a read.

    It does if it follows the definition and precedes the read in the read's block. An
    assignment in another branch proves nothing.
    """
    if assign.lineno <= definition.lineno:
        return False
    block = _block_of(code, assign)
    reading = _statement_in(code, node, block)
    if reading is None or reading is assign:
        return False
    return block.index(reading) > block.index(assign)


def _block_of(code: SourceCode, statement: ast.stmt) -> Sequence[ast.stmt]:
    parent = code.parents[statement]
    blocks = [getattr(parent, name, []) for name in ("body", "orelse", "finalbody")]
    return next(block for block in blocks if statement in block)


def _statement_in(
    code: SourceCode, node: ast.AST, block: Sequence[ast.stmt]
) -> ast.stmt | None:
    """Return the statement of a block that contains a node."""
    above: ast.AST | None = node
    while above is not None and not isinstance(above, Function):
        if isinstance(above, ast.stmt) and above in block:
            return above
        above = code.parents.get(above)
    return None


def _read(code: SourceCode, node: ast.Name) -> str | None:
    """Return the property that code reads: `x.id` or `x.properties.phone.value`."""
    above = code.parents[node]
    if not isinstance(above, ast.Attribute) or not isinstance(above.ctx, ast.Load):
        return None
    if above.attr == "id":
        return "_id"
    named = code.parents[above]
    if above.attr != "properties" or not isinstance(named, ast.Attribute):
        return None
    value = code.parents[named]
    is_read = isinstance(value, ast.Attribute) and isinstance(value.ctx, ast.Load)
    if not is_read or text(value).rpartition(".")[2] not in ("value", "id"):
        return None
    return named.attr


def _is_shared(code: SourceCode, name: str) -> bool:
    return any(
        isinstance(node, ast.Global | ast.Nonlocal) and name in node.names
        for node in ast.walk(code.tree)
    )


def _is_counted(code: SourceCode, node: ast.Name) -> bool:
    """Return whether a value only goes into a list that is only used for its length."""
    call = code.parents[node]
    if not isinstance(call, ast.Call) or call.args != [node]:
        return False
    owner, _, method = name_of(call.func).rpartition(".")
    if method != "append" or not owner.isidentifier():
        return False
    made = code.value_of(owner, node)
    is_new = isinstance(made, ast.List) and not made.elts
    return is_new and is_only_counted(code, owner, node)


def is_only_counted(code: SourceCode, name: str, near: ast.AST) -> bool:
    """Return whether a list is only appended to and only used for its length."""
    for node in code.loads(name, near):
        above = code.parents[node]
        if isinstance(above, ast.Attribute) and above.attr == "append":
            continue
        if isinstance(above, ast.Call) and last_name(above) == "len":
            continue
        return False
    return True
