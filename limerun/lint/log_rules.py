"""Check that a task logs its start, its end and its parameters. Pure."""

import ast
import re
from collections.abc import Iterator

from limerun.config.masking import looks_secret
from limerun.lint.functions import Function, last_name, names_in
from limerun.lint.known_values import Values
from limerun.lint.log_calls import is_log_call, log_calls, passes_logger
from limerun.lint.program import Program, argument_of
from limerun.lint.suspicions import suspicion
from limerun.records import Finding
from limerun.syntax_trees import children_of

_DEEPEST = 5
_APPLICATION = re.compile(r"^(app|application|lime_application|self|cls|context)$")
_TASK_DECORATORS = frozenset({"task", "shared_task"})
_CONVERSIONS = frozenset(
    {
        "Path",
        "str",
        "int",
        "float",
        "fromisoformat",
        "strptime",
        "join",
        "sorted",
        "len",
    }
    | {"list", "set", "tuple", "urlparse", "urljoin", "abspath", "dict"}
)
_LOOPS = ast.For | ast.AsyncFor | ast.While


def log_findings(values: Values) -> Iterator[Finding]:
    """Yield a finding for each thing that a task fails to log."""
    function, program = values.function, values.program
    if not function.is_task or _has_other_decorator(function):
        return  # another decorator may log
    if not any(_logs(each) for each in program.functions):
        yield suspicion(
            "log.flow",
            "warning",
            function,
            function.node,
            "The task logs nothing",
            f"Neither {function.name} nor a function that it calls writes to a log.",
        )
        return
    yield from _flow(values)
    yield from _parameters(function, program)


def _logs(function: Function) -> bool:
    return any(True for _ in log_calls(function)) or any(
        passes_logger(call, function) for call in function.calls()
    )


# --- start and end --------------------------------------------------------------


def _flow(values: Values) -> Iterator[Finding]:
    function = values.function
    events = "".join(_events(function.node, values, 0))
    if "L" not in events:
        return
    before, _, _ = events.partition("L")
    _, _, after = events.rpartition("E")
    if "g" not in before:
        yield _lacks(values, "start", "before its first loop or request")
    if "g" not in after:
        yield _lacks(values, "end", "after its last loop")


def _lacks(values: Values, what: str, where: str) -> Finding:
    return suspicion(
        "log.flow",
        "warning",
        values.function,
        values.function.node,
        f"The task does not log its {what}",
        f"Nothing is logged {where}.",
    )


def _has_other_decorator(function: Function) -> bool:
    names = [
        last_name(each.func if isinstance(each, ast.Call) else each)
        for each in function.node.decorator_list
    ]
    return any(each not in _TASK_DECORATORS for each in names)


def _events(node: ast.AST, values: Values, depth: int) -> Iterator[str]:
    """Yield events in order: "g" a line is logged, "L" a loop begins, "E" it ends.

    An HTTP request counts as a loop, because it may take as long as one.
    """
    function = values.function
    is_loop = isinstance(node, _LOOPS)
    logs_at_exit = False
    if is_loop:
        yield "L"
    for child in _children(node):
        if child not in function.acting:  # nor is what is defined inside it
            continue
        inner = [*_events(child, values, depth)]
        logs_at_exit |= isinstance(child, ast.withitem) and "g" in inner
        yield from inner
    if isinstance(node, ast.Call):
        yield from _call_events(node, values, depth)
    if is_loop:
        yield "E"
    if logs_at_exit:
        yield "g"


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return iter(node.body)
    if isinstance(node, ast.Try):  # except blocks are not the usual path
        return iter([*node.body, *node.orelse, *node.finalbody])
    return iter(children_of(node))


def _call_events(call: ast.Call, values: Values, depth: int) -> Iterator[str]:
    function, program = values.function, values.program
    if is_log_call(call, function) or passes_logger(call, function):
        yield "g"
        return
    if values.query_of(call) == "request":
        yield from "LE"
    called = program.called(call, function)
    if called is not None and depth < _DEEPEST and called is not function:
        inner = [*_events(called.node, Values(called, program), depth + 1)]
        yield from (each for each in inner if not called.is_generator or each == "g")


# --- parameters -----------------------------------------------------------------


def _parameters(task: Function, program: Program) -> Iterator[Finding]:
    names = [
        each.arg
        for each in task.parameters()
        if not _is_application(each) and not looks_secret(each.arg)
    ]
    if not names or any(_is_logged(each, task, program, 0) for each in names):
        return
    yield suspicion(
        "log.parameters",
        "note",
        task,
        task.node,
        "The task does not log its parameters",
        f"No log line contains {' or '.join(names)}.",
    )


def _is_application(parameter: ast.arg) -> bool:
    annotation = parameter.annotation
    return (
        bool(_APPLICATION.match(parameter.arg))
        or last_name(annotation) == "LimeApplication"
    )


def _is_logged(name: str, function: Function, program: Program, depth: int) -> bool:
    names = _derived(name, function)
    for call in function.calls():
        if not names & names_in(call):
            continue
        if is_log_call(call, function) or passes_logger(call, function):
            return True
        called = program.called(call, function)
        if called is None or depth >= _DEEPEST:
            continue
        for each in called.parameters():
            passed = argument_of(call, called, each.arg)
            is_passed = passed is not None and names & names_in(passed)
            if is_passed and _is_logged(each.arg, called, program, depth + 1):
                return True
    return False


def _derived(name: str, function: Function) -> set[str]:
    """Return a variable and those that are computed from it."""
    return {name} | {
        other
        for other, bindings in function.bindings.items()
        if any(_is_form_of(name, each.value) for each in bindings)
    }


def _is_form_of(name: str, value: ast.expr) -> bool:
    if name not in names_in(value):
        return False
    if isinstance(value, ast.Call):
        is_method = name in names_in(value.func)
        return is_method or last_name(value.func) in _CONVERSIONS
    return not isinstance(value, ast.ListComp | ast.SetComp | ast.GeneratorExp)
