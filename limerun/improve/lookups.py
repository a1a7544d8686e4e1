"""Recognize queries for the objects with one property's value. Pure."""

import libcst as cst

from limerun.improve.change import Facts
from limerun.improve.code import Code
from limerun.improve.relations import ALL, FIRST, Lookup, relation_of
from limerun.improve.shapes import (
    assigned,
    body_of,
    called,
    expression,
    find,
    keyword,
    last_name,
    positional,
    small_statement,
    yields,
)


def query_of(code: Code, node: cst.CSTNode, scope: cst.CSTNode) -> Lookup | None:
    """Return what `….limetypes.T.get_all(filter=Filter(EqualsOperator(K, V)))` looks up.

    Args:
        code: The module.
        node: The node that may be the query.
        scope: Where its filter and its limetype may be assigned to names.
    """
    call = called(node, "get_all")
    if call is None or not isinstance(call.func, cst.Attribute) or len(call.args) != 1:
        return None
    wanted = keyword(call, "filter")
    named = _limetype(code, call.func.value, scope)
    if wanted is None or named is None:
        return None
    operator = _value(wanted, scope)
    if called(operator, "Filter"):
        inner = positional(operator, 1)  # type: ignore[arg-type]
        operator = _value(inner[0], scope) if inner else operator
    if called(operator, "EqualsOperator") is None:
        return None
    given = positional(operator, 2)  # type: ignore[arg-type]
    if given is None or not isinstance(given[0], cst.SimpleString):
        return None
    return Lookup(
        application=named[0],
        limetype=named[1],
        key=str(given[0].evaluated_value),
        value=given[1],
        result=ALL,
    )


def _value(node: cst.BaseExpression, scope: cst.CSTNode) -> cst.BaseExpression:
    """Return an expression, or the one that its name is assigned in the scope."""
    if not isinstance(node, cst.Name):
        return node
    values = [
        found[1]
        for line in find(scope, cst.SimpleStatementLine)
        if (found := assigned(line)) and found[0] == node.value
    ]
    return values[0] if len(values) == 1 else node


def _limetype(
    code: Code, node: cst.BaseExpression, scope: cst.CSTNode
) -> tuple[str, str] | None:
    """Return the application and the limetype of `application.limetypes.contract`."""
    node = _value(node, scope)
    if isinstance(node, cst.Call) and last_name(node.func) == "get_limetype":
        given = positional(node, 1)
        if not given or not isinstance(given[0], cst.SimpleString):
            return None
        name, owner = str(given[0].evaluated_value), node.func.value  # type: ignore[attr-defined]
    elif isinstance(node, cst.Attribute):
        name, owner = node.attr.value, node.value
    else:
        return None
    if not isinstance(owner, cst.Attribute) or owner.attr.value != "limetypes":
        return None
    return code.text(owner.value), name


def first_of(code: Code, function: cst.FunctionDef) -> Lookup | None:
    """Return the lookup of a function that returns its first object or None, only that."""
    if function.decorators or function.asynchronous or yields(function):
        return None
    body = body_of(function)
    while body and _is_filter(body[0]):
        del body[0]
    searched = _searched(code, body)
    found = None if searched is None else query_of(code, searched, function)
    if found is None:
        return None
    return Lookup(
        application=found.application,
        limetype=found.limetype,
        key=found.key,
        value=found.value,
        result=FIRST,
    )


def _is_filter(statement: cst.BaseStatement) -> bool:
    found = assigned(statement)
    if found is None:
        return False
    is_limetype = isinstance(found[1], cst.Attribute)
    makes = called(found[1], "Filter") or called(found[1], "EqualsOperator")
    return makes is not None or is_limetype


def _searched(code: Code, body: list[cst.BaseStatement]) -> cst.BaseExpression | None:
    """Return the expression whose first object the statements return."""
    if not body:
        return None
    first, rest = body[0], body[1:]
    if isinstance(first, cst.For):
        inner = list(first.body.body)
        returned = _returned(inner[0]) if len(inner) == 1 else None
        is_first = returned is not None and code.text(returned) == code.text(
            first.target
        )
        return first.iter if is_first and _returns_none(code, rest) else None
    returned = _returned(first)
    if returned is not None and not rest:
        return first_in(code, returned)
    found = assigned(first)
    if found is None:
        return None
    name, value = found
    if first_in(code, value) is not None and _text_of(code, rest) == f"return {name}":
        return first_in(code, value)
    listed = called(value, "list")
    given = positional(listed, 1) if listed is not None else None
    shapes = {
        f"return {name}[0] if {name} else None",
        f"if {name}:\n        return {name}[0]\n    return None",
        f"if not {name}:\n        return None\n    return {name}[0]",
    }
    return given[0] if given and _text_of(code, rest) in shapes else None


def _text_of(code: Code, statements: list[cst.BaseStatement]) -> str:
    text = "".join(code.module.code_for_node(each) for each in statements)
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines).strip()


def _returned(statement: cst.CSTNode) -> cst.BaseExpression | None:
    small = small_statement(statement)
    return small.value if isinstance(small, cst.Return) else None


def _returns_none(code: Code, statements: list[cst.BaseStatement]) -> bool:
    return _text_of(code, statements) in ("", "return", "return None")


def first_in(code: Code, node: cst.CSTNode) -> cst.BaseExpression | None:
    """Return the argument of `iter` in `next(iter(…), None)`."""
    call = called(node, "next")
    given = positional(call, 2) if call is not None else None
    if not given or code.text(given[1]) != "None" or called(given[0], "iter") is None:
        return None
    inner = positional(given[0], 1)  # type: ignore[arg-type]
    return inner[0] if inner else None


# --- relations ------------------------------------------------------------------------


def lookup_at(code: Code, node: cst.CSTNode, facts: Facts) -> Lookup | None:
    """Return what an expression looks up for each row, here or in a helper."""
    scope = code.function_of(node)
    if scope is None:
        return None
    searched = first_in(code, node)
    if searched is not None:
        found = query_of(code, searched, scope)
        return None if found is None else _first(found)
    return (
        query_of(code, node, scope)
        or _by_id(code, node, scope)
        or relation_of(code, node, facts)
    )


def _by_id(code: Code, node: cst.CSTNode, scope: cst.CSTNode) -> Lookup | None:
    """Return what `application.limetypes.company.get(id)` looks up."""
    call = called(node, "get")
    given = positional(call, 1) if call is not None else None
    if call is None or given is None or not isinstance(call.func, cst.Attribute):
        return None
    named = _limetype(code, call.func.value, scope)
    if named is None:
        return None
    return Lookup(
        application=named[0],
        limetype=named[1],
        key="_id",
        value=given[0],
        result=FIRST,
        must_exist=True,
    )


def _first(lookup: Lookup) -> Lookup:
    return Lookup(
        application=lookup.application,
        limetype=lookup.limetype,
        key=lookup.key,
        value=lookup.value,
        result=FIRST,
    )


def filter_statement(code: Code, node: cst.CSTNode) -> cst.BaseStatement | None:
    """Return the statement that assigns a query's filter to a name used only there."""
    call = called(first_in(code, node) or node, "get_all")
    wanted = keyword(call, "filter") if call is not None else None
    scope = code.function_of(node)
    if not isinstance(wanted, cst.Name) or scope is None:
        return None
    if len(code.loads(wanted.value, scope)) != 1:
        return None
    made = [
        line
        for line in find(scope, cst.SimpleStatementLine)
        if (found := assigned(line)) and found[0] == wanted.value
    ]
    return made[0] if len(made) == 1 else None


def expression_call(statement: cst.CSTNode) -> cst.Call | None:
    """Return the call that is a whole statement."""
    value = expression(statement)
    return value if isinstance(value, cst.Call) else None
