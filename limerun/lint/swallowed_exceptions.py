"""Find the handlers that swallowed the exceptions of a run, in the code. Pure."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from limerun.lint.exception_rules import (
    caught_types,
    hides_everything,
    is_swallowed,
    suppressed_types,
)
from limerun.records import HandledException, Location, SwallowedExceptions

_Blocks = ast.Try | ast.With | ast.AsyncWith
_Handler = ast.ExceptHandler | ast.With | ast.AsyncWith
_Functions = ast.FunctionDef | ast.AsyncFunctionDef
_ALIASES = {"IOError": "OSError", "EnvironmentError": "OSError"}


def swallowed_in(
    tree: ast.Module, exceptions: Iterable[HandledException]
) -> Iterator[SwallowedExceptions]:
    """Yield the handlers of a file that swallowed exceptions of a run.

    Args:
        tree: The file's syntax tree.
        exceptions: The exceptions that the worker counted in this file.
    """
    nodes = [*ast.walk(tree)]
    blocks = [node for node in nodes if isinstance(node, _Blocks)]
    functions = [node for node in nodes if isinstance(node, _Functions)]
    swallowed: dict[tuple[int, str], Counter[str]] = {}
    for each in exceptions:
        if each.is_raised:
            handler = _handler_around(each, blocks, functions)
        else:
            handler = _handler_at(each, blocks)
        if handler is not None and _swallows(handler):
            key = handler.lineno, each.function
            swallowed.setdefault(key, Counter())[each.names[0]] += each.times
            file = each.file
    for (line, function), by_type in swallowed.items():
        yield SwallowedExceptions(
            location=Location(file=file, line=line, function=function),
            count=by_type.total(),
            by_type=dict(by_type.most_common()),
        )


def _handler_at(each: HandledException, blocks: Iterable[_Blocks]) -> _Handler | None:
    """Return the handler that took an exception at the line where handling began."""
    for block in blocks:
        first, last = _head(block)
        if first <= each.line <= last:
            return _matching(block, each.names)
    return None


def _head(block: _Blocks) -> tuple[int, int]:
    """Return the first and the last line at which handling may begin."""
    if not isinstance(block, ast.Try):
        return block.lineno, block.items[-1].context_expr.end_lineno or block.lineno
    if not block.handlers:
        return 0, 0
    first = block.handlers[0]
    caught = first.type.end_lineno if first.type is not None else None
    return first.lineno, caught or first.lineno


def _handler_around(
    each: HandledException,
    blocks: Iterable[_Blocks],
    functions: Iterable[ast.FunctionDef | ast.AsyncFunctionDef],
) -> _Handler | None:
    """Return the handler that took an exception which a line raised."""
    starts = [
        node.lineno
        for node in functions
        if node.lineno <= each.line <= (node.end_lineno or node.lineno)
    ]
    own = max(starts, default=0)
    around = [
        block
        for block in blocks
        if block.lineno >= own
        and block.body[0].lineno <= each.line <= (block.body[-1].end_lineno or 0)
    ]
    for block in sorted(around, key=lambda block: -block.lineno):  # innermost first
        handler = _matching(block, each.names)
        if handler is not None and not _raises_again(handler):
            return handler
    return None


def _matching(block: _Blocks, names: tuple[str, ...]) -> _Handler | None:
    """Return the handler of a block that takes an exception with these classes."""
    if not isinstance(block, ast.Try):
        types = set.union(*(suppressed_types(item) for item in block.items))
        return block if _plain(types) & {*names} else None
    for handler in block.handlers:
        if handler.type is None or _plain(caught_types(handler.type)) & {*names}:
            return handler
    return None


def _plain(types: set[str]) -> set[str]:
    return {_ALIASES.get(name, name) for name in types}


def _raises_again(handler: _Handler) -> bool:
    last = handler.body[-1]
    return (
        isinstance(handler, ast.ExceptHandler)
        and isinstance(last, ast.Raise)
        and last.exc is None
    )


def _swallows(handler: _Handler) -> bool:
    if isinstance(handler, ast.ExceptHandler):
        return is_swallowed(handler)
    return any(hides_everything(suppressed_types(item)) for item in handler.items)
