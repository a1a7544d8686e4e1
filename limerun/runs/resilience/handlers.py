"""Find the exception handler around a line of code."""

import ast
from collections.abc import Iterator, Sequence

from limerun.records import Location
from limerun.runs.source_text import source_of

_CATCHING = frozenset(
    {"Exception", "BaseException", "Error", "OperationalError", "DatabaseError"}
    | {"DBAPIError", "SQLAlchemyError", "StatementError"}
)


def handler_around(places: Sequence[Location]) -> Location | None:
    """Return the handler that an error of the database reaches first; None: no handler.

    Args:
        places: The lines that were running, innermost first.
    """
    for place in places:
        source = source_of(place.file)
        try:
            tree = ast.parse(source or "")
        except (SyntaxError, ValueError):
            continue
        handlers = [*_handlers(tree, place.line)]
        if handlers:
            _, line = max(handlers)  # the innermost `try` begins last
            return Location(file=place.file, line=line, function=place.function)
    return None


def _handlers(tree: ast.AST, line: int) -> Iterator[tuple[int, int]]:
    """Yield the lines of each `try` around a line, and of its handler for the error."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and _contains(node.body, line):
            caught = [each.lineno for each in node.handlers if _catches(each)]
            yield from [(node.lineno, each) for each in caught[:1]]


def _contains(body: Sequence[ast.stmt], line: int) -> bool:
    return body[0].lineno <= line <= (body[-1].end_lineno or 0)


def _catches(handler: ast.ExceptHandler) -> bool:
    types = handler.type
    listed = types.elts if isinstance(types, ast.Tuple) else [types]
    names = {ast.unparse(each).rpartition(".")[2] if each else "" for each in listed}
    return bool(names & (_CATCHING | {""}))
