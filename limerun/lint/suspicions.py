"""Create a finding for a line of a function. Pure."""

import ast

from limerun.lint.functions import Function
from limerun.records import Finding, Level, Location
from limerun.records.rules import make_finding


def suspicion(
    rule: str,
    level: Level,
    function: Function,
    node: ast.AST,
    title: str,
    detail: str,
) -> Finding:
    """Return a finding for a node of a function."""
    line: int = getattr(node, "lineno", function.node.lineno)
    place = Location(file=function.path, line=line, function=function.name)
    return make_finding(rule, level, title, detail, place)


def code_of(node: ast.AST, limit: int = 60) -> str:
    """Return a node's code in one short line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= limit else f"{text[: limit - 3]}..."
