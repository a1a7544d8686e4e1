"""Find exceptions that are silently ignored, or logged without details. Pure."""

import ast
from collections.abc import Iterator

from limerun.lint.functions import last_name, names_in
from limerun.lint.known_values import Values
from limerun.lint.log_calls import (
    FAILURES,
    is_log_call,
    logged_values,
    passes_logger,
)
from limerun.lint.row_loops import row_loops
from limerun.lint.suspicions import suspicion
from limerun.records import Finding

_RULE = "log.exceptions"
_EXPECTED = frozenset(
    {"StopIteration", "StopAsyncIteration", "GeneratorExit", "ImportError"}
    | {"ModuleNotFoundError", "FileNotFoundError", "FileExistsError", "Empty", "Full"}
    | {"CancelledError", "ProcessLookupError", "KeyboardInterrupt"}
)
"""Exceptions that can also be part of normal operation."""
_BROAD = frozenset({"", "Exception", "BaseException"})
_DETAILS = frozenset(
    {"status_code", "status", "code", "reason", "errno", "strerror", "text", "content"}
    | {"format_exc", "exc_info", "format_exception", "response", "args"}
)


def exception_findings(values: Values) -> Iterator[Finding]:
    """Yield the findings about the exception handlers of a function."""
    for node in values.function.nodes:
        if isinstance(node, ast.ExceptHandler):
            if is_swallowed(node):
                yield _swallowed(node, values)
            else:
                yield from _without_details(node, values)
        elif isinstance(node, ast.With | ast.AsyncWith):
            yield from _suppressed(node, values)


def caught_types(handler_type: ast.expr | None) -> set[str]:
    """Return the names of the classes that a handler catches; "" stands for all."""
    if isinstance(handler_type, ast.Tuple):
        return {last_name(each) for each in handler_type.elts}
    return {last_name(handler_type)}


def is_swallowed(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler does nothing about an unusual exception.

    It neither logs, re-raises, returns or assigns a value, nor counts.
    """
    types = caught_types(handler.type)
    if types <= _EXPECTED:
        return False
    return all(_does_nothing(each, types) for each in handler.body)


def _does_nothing(statement: ast.stmt, types: set[str]) -> bool:
    if isinstance(statement, ast.Pass | ast.Continue | ast.Break):
        return True
    if isinstance(statement, ast.Return):
        return statement.value is None and bool(types & _BROAD)
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _swallowed(handler: ast.ExceptHandler, values: Values) -> Finding:
    caught = ast.unparse(handler.type) if handler.type else "every exception"
    return suspicion(
        _RULE,
        "warning",
        values.function,
        handler,
        "An exception is swallowed",
        f"The handler of {caught} neither logs, counts, re-raises nor returns anything.",
    )


def _suppressed(node: ast.With | ast.AsyncWith, values: Values) -> Iterator[Finding]:
    for item in node.items:
        if hides_everything(suppressed_types(item)):
            yield suspicion(
                _RULE,
                "warning",
                values.function,
                node,
                "An exception is swallowed",
                f"{ast.unparse(item.context_expr)} hides every error in its block.",
            )


def suppressed_types(item: ast.withitem) -> set[str]:
    """Return the names of the classes that `contextlib.suppress` suppresses."""
    call = item.context_expr
    if isinstance(call, ast.Call) and last_name(call.func) == "suppress":
        return {last_name(each) for each in call.args}
    return set()


def hides_everything(types: set[str]) -> bool:
    """Return whether classes include every error."""
    return bool(types & _BROAD)


# --- details --------------------------------------------------------------------


def _without_details(handler: ast.ExceptHandler, values: Values) -> Iterator[Finding]:
    function = values.function
    inside = [node for node in function.nodes if function.inside(node, handler)]
    if any(isinstance(each, ast.Raise) for each in inside):
        return
    calls = [each for each in inside if isinstance(each, ast.Call)]
    logged = [each for each in calls if is_log_call(each, function)]
    failures = [each for each in logged if last_name(each.func) in FAILURES | {"log"}]
    shown = failures or logged
    if not shown or any(passes_logger(each, function) for each in calls):
        return
    names = _derived_from_error(handler, inside)
    if not any(_has_details(each, names) for each in logged):
        yield suspicion(
            _RULE,
            "warning",
            function,
            shown[0],
            "An error is logged without details",
            "The message has neither the exception nor a status. Use "
            "logger.exception(), or put the exception into the message.",
        )
        return
    row = _row_names(handler, values)
    if row and not any(_mentions(each, row) for each in logged):
        yield suspicion(
            _RULE,
            "note",
            function,
            shown[0],
            "An error is logged without the row's id",
            "The message does not say which row failed: it contains none of "
            f"{', '.join(sorted(row))}.",
        )


def _derived_from_error(handler: ast.ExceptHandler, inside: list[ast.AST]) -> set[str]:
    names = {handler.name} if handler.name else set()
    for node in inside:
        if isinstance(node, ast.Assign) and (
            names & names_in(node.value) or _mentions_details(node.value)
        ):
            names |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return names


def _has_details(call: ast.Call, error_names: set[str]) -> bool:
    if last_name(call.func) == "exception":
        return True
    if any(_is_on(each) for each in call.keywords):
        return True
    return any(
        error_names & names_in(value) or _mentions_details(value)
        for value in logged_values(call)
    )


def _is_on(keyword: ast.keyword) -> bool:
    off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
    return keyword.arg == "exc_info" and not off


def _mentions_details(value: ast.expr) -> bool:
    return any(last_name(each) in _DETAILS for each in ast.walk(value))


def _mentions(call: ast.Call, names: set[str]) -> bool:
    return any(names & names_in(value) for value in logged_values(call))


def _row_names(handler: ast.ExceptHandler, values: Values) -> set[str]:
    """Return the names that identify the row whose error a handler handles."""
    loop = next(row_loops(handler, values), None)
    if loop is None or loop.target is None:
        return set()
    function = values.function
    names = names_in(loop.target)
    for name, bindings in function.bindings.items():
        for each in bindings:
            if function.inside(each.at, loop.node) and names & names_in(each.value):
                names = names | {name}
    return names
