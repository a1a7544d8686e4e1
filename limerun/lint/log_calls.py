"""Find the calls that write to a log, and what they write. Pure."""

import ast
import re
from collections.abc import Iterator

from limerun.lint.functions import Function, last_name

_METHODS = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal"}
    | {"log"}
)
_LOGGER = re.compile(r"(^|_)(log|logger|logging)$", re.IGNORECASE)
_MAKERS = frozenset({"getLogger", "get_logger", "get_task_logger"})
_WRAPPERS = frozenset({"bind", "getChild", "opt", "LoggerAdapter"})
FAILURES = frozenset({"warning", "warn", "error", "exception", "critical", "fatal"})


def is_logger(node: ast.expr, function: Function) -> bool:
    """Return whether an expression is a logger, according to its name or origin."""
    if isinstance(node, ast.Call):
        name = last_name(node.func)
        if name in _WRAPPERS and isinstance(node.func, ast.Attribute):
            return is_logger(node.func.value, function) or name == "LoggerAdapter"
        return name in _MAKERS
    if isinstance(node, ast.Name) and (values := function.values_of(node.id)):
        return all(
            isinstance(each, ast.Call | ast.Attribute) and is_logger(each, function)
            for each in values
        )
    return bool(_LOGGER.search(last_name(node)))


def is_log_call(node: ast.AST, function: Function) -> bool:
    """Return whether a node is a call that writes to a log."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _METHODS
        and is_logger(node.func.value, function)
    )


def log_calls(function: Function) -> Iterator[ast.Call]:
    """Yield the calls of a function that write to a log."""
    for call in function.calls():
        if is_log_call(call, function):
            yield call


def passes_logger(call: ast.Call, function: Function) -> bool:
    """Return whether a call passes a logger on; the called code probably uses it."""
    values = (*call.args, *(each.value for each in call.keywords))
    return any(
        isinstance(each, ast.Name | ast.Attribute) and is_logger(each, function)
        for each in values
    )


def logged_values(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the expressions whose text or value reaches the log."""
    yield from call.args
    for keyword in call.keywords:
        if keyword.arg not in ("exc_info", "stack_info", "stacklevel"):
            yield keyword.value
