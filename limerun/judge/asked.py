"""Tell what a line asks the database for, by the code around it. Pure."""

import ast
import re
from dataclasses import dataclass

from limerun.judge.code import Code, LoopedCall, name_of, text

FROM = re.compile(r'\bFROM\s+"?(\w+)"?', re.IGNORECASE)
WHERE = re.compile(r'\bWHERE\s+\(*(?:"?\w+"?\.)?"?(\w+)"?\s*=\s*[?:%$]', re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a line asks for: a property of a limetype, by a value."""

    application: str
    limetype: str
    key: str
    value: str


def asked_of(code: Code, statement: str, called: LoopedCall | None) -> Asked | None:
    """Return what a line asks for; None: that cannot be told from its code.

    Args:
        code: The code around the line.
        statement: What it sent.
        called: The call, from inside a loop, of the function that the line is in.
    """
    found = _limetype(code, statement)
    if found is None:
        return None
    application, limetype = found
    compared = _compared(code, limetype)
    if compared is None:
        column = WHERE.search(statement)
        if column is None:
            return None
        compared = column[1], None
    key, value = compared
    return Asked(
        application=_seen_from_loop(code, application, called),
        limetype=limetype,
        key=key,
        value="..." if value is None else _seen_from_loop(code, text(value), called),
    )


def _limetype(code: Code, statement: str) -> tuple[str, str] | None:
    """Return the application's name and the limetype that the line asks for."""
    table = FROM.search(statement)
    asked = table[1].lower() if table is not None else None
    places = [code.statement, code.scope]
    found = [each for place in places for each in _limetypes_in(place)]
    for application, limetype in found:
        if asked in (None, limetype.lower()):
            return application, limetype
    return None


def _limetypes_in(place: ast.AST) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(place):
        if isinstance(node, ast.Attribute):
            owner, name = node.value, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            owner, name = node.value, str(node.slice.value)
        else:
            continue
        if isinstance(owner, ast.Attribute) and owner.attr == "limetypes":
            found.append((text(owner.value), name))
    return found


def _compared(code: Code, limetype: str) -> tuple[str, ast.expr | None] | None:
    """Return the property, and the expression, by which the line finds objects."""
    for node in ast.walk(code.scope):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func).rpartition(".")[2]
        if name == "EqualsOperator" and len(node.args) == 2:
            key, value = node.args
            if isinstance(key, ast.Constant):
                return str(key.value), value
        if name == "get" and node.args and text(node.func).endswith(f"{limetype}.get"):
            return "_id", node.args[0]
    return None


def _seen_from_loop(code: Code, expression: str, called: LoopedCall | None) -> str:
    """Return an expression of the line's function as the caller's loop writes it."""
    if called is None:
        return expression
    head = re.match(r"\w+", expression)
    given = code.argument(called.call, head[0]) if head is not None else None
    if head is None or given is None:
        return expression
    return text(given) + expression[head.end() :]
