"""Send a query that is the same for every row once, before the loop. Pure."""

from collections.abc import Iterator

import libcst as cst

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code, fresh_name
from limerun.improve.editing import Edits
from limerun.improve.shapes import (
    assigned,
    find,
    last_name,
    owner_of,
    variables,
    yields,
)

_QUERIES = frozenset({"get_all", "execute_query", "fetch"})
_ACTS = frozenset(
    {"commit", "add", "append", "extend", "update", "delete", "attach", "detach"}
    | {"debug", "info", "warning", "error", "exception", "write", "print", "remove"}
    | {"pop", "sleep", "unit_of_work", "setdefault", "insert", "flush", "save"}
)
_PREFIXES = ("find_", "get_", "fetch_", "load_", "read_", "_find_", "_get_", "_fetch_")


def query_once(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each query in a loop that does not depend on the loop."""
    for call in find(code.module, cst.Call):
        loop = code.loop_of(call)
        if loop is None or not code.is_reached(call) or not _queries(code, call):
            continue
        if _acts(code, call) or not _is_outermost(code, call):
            continue
        outer = _outermost_without(code, call, loop)
        function = code.function_of(call)
        if outer is None or function is None:
            continue
        source = _moved(code, call, outer)
        if source is None:
            continue
        yield Change(
            line=code.line(call),
            place=f"{function.name.value}: {code.text(call)}",
            what="send a query once, before the loop",
            sources=(source,),
        )


def _queries(code: Code, node: cst.CSTNode, depth: int = 0) -> bool:
    """Return whether an expression sends a query, here or in a function it calls."""
    for call in find(node, cst.Call):
        name = last_name(call.func)
        if name in _QUERIES or (name == "get" and "limetypes" in owner_of(call.func)):
            return True
        own = code.function_called(call)
        if own is not None and depth < 3 and _queries(code, own.body, depth + 1):
            return True
    return False


def _acts(code: Code, node: cst.CSTNode, depth: int = 0) -> bool:
    """Return whether an expression may do more than read."""
    if yields(node):
        return True
    for call in find(node, cst.Call):
        if last_name(call.func) in _ACTS:
            return True
        own = code.function_called(call)
        if own is not None and (depth == 3 or _acts(code, own.body, depth + 1)):
            return True
    return False


def _is_outermost(code: Code, call: cst.Call) -> bool:
    """Return whether no larger call around it could be moved instead."""
    for each in code.ancestors(call):
        if isinstance(each, cst.BaseStatement | cst.Lambda | cst.CompFor):
            return not isinstance(each, cst.Lambda | cst.CompFor)
        if isinstance(each, cst.BaseComp):
            return False
        if isinstance(each, cst.Call) and not _acts(code, each):
            return False
    return True


def _outermost_without(
    code: Code, call: cst.Call, loop: cst.For | cst.While
) -> cst.For | cst.While | None:
    """Return the outermost loop that changes nothing that a call uses."""
    names = variables(call)
    found = None
    current: cst.For | cst.While | None = loop
    while current is not None:
        if any(code.stores(name, current) for name in names):
            break
        found = current
        current = code.loop_of(current)
    return found


def _moved(code: Code, call: cst.Call, loop: cst.For | cst.While) -> str | None:
    statement = code.statement_of(call)
    found = assigned(statement)
    edits = Edits(code)
    if found is not None and found[1] is call:
        function = code.function_of(call)
        is_only = len(code.stores(found[0], function or code.module)) == 1
        if is_only and len(code.block_of(statement)) > 1:
            edits.remove(statement)
            edits.before(loop, [statement])
            return edits.source()
    name = fresh_name(code, _name_for(code, call), f"{_name_for(code, call)}_found")
    edits.replace(call, name)
    edits.before(loop, [f"{name} = {code.text(call)}"])
    return edits.source()


def _name_for(code: Code, call: cst.Call) -> str:
    name = last_name(call.func)
    if name == "get":
        return last_name(call.func.value)  # type: ignore[attr-defined]
    for prefix in _PREFIXES:
        if name.startswith(prefix) and len(name) > len(prefix):
            return name.removeprefix(prefix)
    return "found"
