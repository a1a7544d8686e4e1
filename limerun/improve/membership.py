"""Search a set instead of a list inside a loop. Pure."""

from collections.abc import Iterator

import libcst as cst

from limerun.improve.change import Change, Declined, Facts
from limerun.improve.code import Code
from limerun.improve.editing import Edits
from limerun.improve.shapes import assigned, called, find, last_name, positional


def search_a_set(code: Code, facts: Facts) -> Iterator[Change | Declined]:
    """Yield a change for each list that a loop searches and that can be a set."""
    seen: set[tuple[cst.FunctionDef, str]] = set()
    for test in find(code.module, cst.ComparisonTarget):
        where = test.comparator
        if not isinstance(test.operator, cst.In | cst.NotIn):
            continue
        function = code.function_of(test)
        if not isinstance(where, cst.Name) or function is None:
            continue
        is_repeated = code.loop_of(test) is not None or _in_comprehension(code, test)
        if not is_repeated or not code.is_reached(test):
            continue
        if (function, where.value) in seen:
            continue
        seen.add((function, where.value))
        made = _definition(code, function, where.value)
        if made is None:
            continue
        line, place = code.line(test), f"{function.name.value}: in {where.value}"
        found = _as_set(code, function, where.value, made)
        if found is None:
            why = f"`{where.value}` is used as a list too"
            yield Declined(line=line, place=place, why=why)
        else:
            what = f"search a set instead of the list `{where.value}`"
            yield Change(line=line, place=place, what=what, sources=(found,))


def _in_comprehension(code: Code, node: cst.CSTNode) -> bool:
    return any(isinstance(each, cst.CompFor) for each in code.ancestors(node))


def _definition(
    code: Code, function: cst.FunctionDef, name: str
) -> cst.BaseExpression | None:
    """Return the list that a name is assigned, once in its function."""
    values = [
        found[1]
        for each in find(function, cst.SimpleStatementLine)
        if (found := assigned(each)) and found[0] == name
    ]
    if len(values) != 1 or len(code.stores(name, function)) != 1:
        return None
    value = values[0]
    if isinstance(value, cst.List | cst.ListComp) or called(value, "list"):
        return value
    is_own = isinstance(value, cst.Call) and code.function_called(value) is not None
    return value if is_own and _returns_list(code, value) else None


def _returns_list(code: Code, value: cst.BaseExpression) -> bool:
    function = code.function_called(value) if isinstance(value, cst.Call) else None
    if function is None or find(function, cst.Yield):
        return False
    for each in find(function, cst.Return):
        if isinstance(each.value, cst.Name):
            return _definition(code, function, each.value.value) is not None
        if isinstance(each.value, cst.ListComp):
            return True
    return False


def _as_set(
    code: Code, function: cst.FunctionDef, name: str, value: cst.BaseExpression
) -> str | None:
    edits = Edits(code)
    for load in code.loads(name, function):
        above = code.parent(load)
        if isinstance(above, cst.ComparisonTarget):
            continue
        if isinstance(above, cst.Attribute) and above.attr.value == "append":
            edits.replace(above.attr, "add")
        elif not _is_length(code, load, function, name):
            return None
    edits.replace(value, _set_of(code, value))
    _annotate(code, edits, value)
    return edits.source()


def _set_of(code: Code, value: cst.BaseExpression) -> cst.BaseExpression | str:
    if isinstance(value, cst.ListComp):
        return cst.SetComp(elt=value.elt, for_in=value.for_in)
    if isinstance(value, cst.List):
        return cst.Set(elements=value.elements) if value.elements else "set()"
    if isinstance(value, cst.Call) and called(value, "list") and value.args:
        return value.with_changes(func=cst.Name("set"))
    if called(value, "list"):
        return "set()"
    return f"set({code.text(value)})"


def _annotate(code: Code, edits: Edits, value: cst.BaseExpression) -> None:
    """Change `list[str]` to `set[str]` in the variable's annotation."""
    statement = code.parent(value)
    if isinstance(statement, cst.AnnAssign):
        for each in find(statement.annotation, cst.Name):
            if each.value == "list":
                edits.replace(each, "set")


def _is_length(
    code: Code, load: cst.Name, function: cst.FunctionDef, name: str
) -> bool:
    """Return whether `len(name)` is asked of a list that has no value twice."""
    call = code.parent(code.parent(load))
    if not isinstance(call, cst.Call) or last_name(call.func) != "len":
        return False
    return all(_is_guarded(code, each) for each in _appends(code, function, name))


def _appends(code: Code, function: cst.FunctionDef, name: str) -> list[cst.Call]:
    return [
        call
        for call in find(function, cst.Call)
        if code.text(call.func) == f"{name}.append"
    ]


def _is_guarded(code: Code, append: cst.Call) -> bool:
    """Return whether a value is appended only if the list does not have it."""
    given = positional(append, 1)
    owner = code.text(append.func).rpartition(".")[0]
    if given is None:
        return False
    guard = f"{code.text(given[0])} not in {owner}"
    return any(
        isinstance(each, cst.If) and code.text(each.test).strip("()") == guard
        for each in code.ancestors(append)
    )
