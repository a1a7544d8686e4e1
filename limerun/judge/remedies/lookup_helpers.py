"""Recognize helper functions that find one object by a property's value. Pure."""

import ast
from dataclasses import dataclass

from limerun.judge.remedies.source_code import Function, name_of, text


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupHelper:
    """A helper function that finds an object of a limetype by a property's value."""

    limetype: str
    key: str
    application: str
    value: str
    """The names of the helper's two parameters."""


def lookup_of(function: Function) -> LookupHelper | None:
    """Return what a function looks up; None if it does anything else."""
    if function.decorator_list or isinstance(function, ast.AsyncFunctionDef):
        return None
    body = [each for each in function.body if not _is_docstring(each)]
    filters: dict[str, ast.expr] = {}
    while body and isinstance(body[0], ast.Assign):
        assign = body[0]
        del body[0]
        target = assign.targets[0]
        if not isinstance(target, ast.Name) or len(assign.targets) > 1:
            return None
        filters[target.id] = assign.value
    searched = _searched(body)
    if searched is None:
        return None
    return _lookup(function, searched, filters)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _searched(body: list[ast.stmt]) -> ast.expr | None:
    """Return the expression whose first object a function body returns, or None."""
    first = body[0] if body else None
    rest = body[1:]
    if isinstance(first, ast.Return) and not rest:
        return _first_of(first.value)
    if not isinstance(first, ast.For) or first.orelse or len(first.body) != 1:
        return None
    returned = first.body[0]
    returns_found = (
        isinstance(returned, ast.Return)
        and returned.value is not None
        and text(returned.value) == text(first.target)
    )
    returns_none = not rest or (len(rest) == 1 and _returns_none(rest[0]))
    return first.iter if returns_found and returns_none else None


def _returns_none(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and (
        statement.value is None or text(statement.value) == "None"
    )


def _first_of(value: ast.expr | None) -> ast.expr | None:
    """Return the argument of `iter` in `next(iter(…), None)`."""
    if not isinstance(value, ast.Call) or text(value.func) != "next":
        return None
    if len(value.args) != 2 or text(value.args[1]) != "None":
        return None
    searched = value.args[0]
    is_iter = isinstance(searched, ast.Call) and text(searched.func) == "iter"
    if not isinstance(searched, ast.Call) or not is_iter or len(searched.args) != 1:
        return None
    return searched.args[0]


def _lookup(
    function: Function, searched: ast.expr, filters: dict[str, ast.expr]
) -> LookupHelper | None:
    if not isinstance(searched, ast.Call) or searched.args:
        return None
    if not isinstance(searched.func, ast.Attribute) or searched.func.attr != "get_all":
        return None
    if [each.arg for each in searched.keywords] != ["filter"]:
        return None
    wanted = searched.keywords[0].value
    if isinstance(wanted, ast.Name):
        wanted = filters.pop(wanted.id, wanted)
    compared = _equals(wanted)
    queried = _limetype(searched.func.value)
    if filters or compared is None or queried is None:
        return None
    application, limetype = queried
    key, value = compared
    parameters = [each.arg for each in function.args.args]
    if sorted(parameters) != sorted([application, value]):
        return None
    return LookupHelper(
        limetype=limetype, key=key, application=application, value=value
    )


def _equals(wanted: ast.expr) -> tuple[str, str] | None:
    """Return the property and variable of `Filter(EqualsOperator("number", number))`."""
    if not isinstance(wanted, ast.Call) or len(wanted.args) != 1 or wanted.keywords:
        return None
    inner = wanted.args[0]
    if name_of(wanted.func).rpartition(".")[2] != "Filter":
        return None
    if not isinstance(inner, ast.Call) or inner.keywords or len(inner.args) != 2:
        return None
    key, value = inner.args
    if name_of(inner.func).rpartition(".")[2] != "EqualsOperator":
        return None
    is_key = isinstance(key, ast.Constant) and str(key.value).isidentifier()
    if not isinstance(key, ast.Constant) or not is_key:
        return None
    return (str(key.value), value.id) if isinstance(value, ast.Name) else None


def _limetype(owner: ast.expr) -> tuple[str, str] | None:
    """Return application and limetype of `application.limetypes.contract`."""
    if isinstance(owner, ast.Subscript) and isinstance(owner.slice, ast.Constant):
        limetypes, limetype = owner.value, str(owner.slice.value)
    elif isinstance(owner, ast.Attribute):
        limetypes, limetype = owner.value, owner.attr
    else:
        return None
    application, _, name = name_of(limetypes).rpartition(".")
    is_known = name == "limetypes" and limetype.isidentifier()
    return (application, limetype) if is_known else None
