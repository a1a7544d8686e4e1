"""Find the tasks in parsed code, and choose the one to measure first. Pure."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from limerun.scaffold.code import last_name
from limerun.scaffold.parsed_code import Candidate, Module, Parameter
from limerun.syntax_trees import nodes_of

_HEAVY = re.compile(
    r"import|sync|export|update|fetch|migrat|clean|close|calculat|report|send|archive"
)
_OF_ONE = re.compile(r"(^|_)id$")
_APPLICATION = "LimeApplication"


def find_tasks(modules: Iterable[Module]) -> tuple[list[Candidate], list[str]]:
    """Return the tasks, probably expensive ones first, and notes on rejected ones."""
    parsed = [(module, nodes_of(module.tree)) for module in modules]
    schedule = _Schedule(nodes for _, nodes in parsed)
    found: list[Candidate] = []
    notes: list[str] = []
    for module, nodes in parsed:
        decorators = _Decorators(nodes)
        for function in _functions(module.tree):
            kind = decorators.kind(function)
            if kind is None:
                continue
            if why := _why_rejected(function):
                notes.append(f"skipped {module.path}:{function.name}: {why}")
            elif isinstance(function, ast.FunctionDef):
                found.append(_candidate(module, function, kind, schedule))
    found.sort(key=_rank)
    return found, notes


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


class _Decorators:
    """Determines from a module's imports which decorators define tasks."""

    def __init__(self, nodes: Iterable[ast.AST]) -> None:
        self._lime: set[str] = set()
        self._celery: set[str] = set()
        self._apps: set[str] = set()
        for node in nodes:
            if isinstance(node, ast.ImportFrom):
                self._import_from(node)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name == "lime_task":
                        self._lime.add(f"{alias.asname or alias.name}.task")
                    if alias.name == "celery":
                        self._celery.add(f"{alias.asname or alias.name}.shared_task")
            elif isinstance(node, ast.Assign) and _is_celery_app(node.value):
                names = (target for target in node.targets)
                self._apps |= {each.id for each in names if isinstance(each, ast.Name)}

    def _import_from(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name
            if node.module in ("lime_task", "lime_task.tasks") and alias.name == "task":
                self._lime.add(name)
            elif node.module == "celery" and alias.name == "shared_task":
                self._celery.add(name)
            elif "celery" in (node.module or "") or "celery" in alias.name:
                self._apps.add(name)  # such as: from proj.celery import app
            elif alias.name in ("app", "celery_app"):
                self._apps.add(name)

    def kind(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> Literal["lime", "celery"] | None:
        for decorator in function.decorator_list:
            call = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = ast.unparse(call)
            if name in self._lime:
                return "lime"
            base, _, last = name.rpartition(".")
            if name in self._celery or (last == "task" and base in self._apps):
                return "celery"
        return None


def _is_celery_app(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func).endswith("Celery")


def _why_rejected(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if isinstance(function, ast.AsyncFunctionDef):
        return "it is async, so a call does not run its body"
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _body(function)):
        return "it is a generator, so a call does not run its body"
    return ""


def _body(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Yield the nodes of a function's body, without nested functions."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        within = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        if not isinstance(node, within):
            waiting.extend(ast.iter_child_nodes(node))


def _candidate(
    module: Module,
    function: ast.FunctionDef,
    kind: Literal["lime", "celery"],
    schedule: "_Schedule",
) -> Candidate:
    arguments = [*function.args.posonlyargs, *function.args.args]
    first = arguments[:1]
    skipped = bool(first) and (kind == "lime" or _is_implicit(first[0], function))
    names = [each.arg for each in arguments[int(skipped) :]]
    needed = [each for each in _required(function) if not skipped or each != first[0]]
    return Candidate(
        module=module,
        function=function,
        kind=kind,
        parameters=tuple(
            Parameter(name=each.arg, annotation=each.annotation) for each in needed
        ),
        scheduled=schedule.values(function.name, names),
        is_scheduled=function.name in schedule.calls,
    )


def functions_taking_application(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """Yield the functions to which limerun passes the application, as to a task."""
    for function in _functions(tree):
        positional = [*function.args.posonlyargs, *function.args.args]
        is_plain = isinstance(function, ast.FunctionDef) and not _why_rejected(function)
        if is_plain and positional and _is_application(positional[0]):
            yield function  # type: ignore[misc]  # it is plain


def _is_application(first: ast.arg) -> bool:
    annotation = ast.unparse(first.annotation) if first.annotation else ""
    return annotation.strip("'\"").rpartition(".")[2] == _APPLICATION


def _is_implicit(first: ast.arg, function: ast.FunctionDef) -> bool:
    """Return whether the first parameter needs no value: the application, or self."""
    return _is_application(first) or any(
        keyword.arg == "bind" and ast.unparse(keyword.value) == "True"
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call)
        for keyword in decorator.keywords
    )


def _required(function: ast.FunctionDef) -> list[ast.arg]:
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    only_named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        *positional[:without],
        *(each for each, default in only_named if default is None),
    ]


class _Schedule:
    """The arguments in the project's `ScheduledTask(task=…, args=…)`, by task name."""

    def __init__(self, modules: Iterable[Iterable[ast.AST]]) -> None:
        self.calls: dict[str, tuple[object, object]] = {}
        for nodes in modules:
            for node in nodes:
                if isinstance(node, ast.Call):
                    self._read(node)

    def _read(self, call: ast.Call) -> None:
        if not last_name(call.func).endswith("ScheduledTask"):
            return
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        task = named.get("task") or (call.args[0] if call.args else None)
        if task is not None:
            name = ast.unparse(task).rpartition(".")[2]
            kwargs, args = (_literal(named.get(key)) for key in ("kwargs", "args"))
            self.calls.setdefault(name, (args, kwargs))

    def values(self, task: str, names: list[str]) -> Mapping[str, object]:
        args, kwargs = self.calls.get(task, (None, None))
        by_place = args if isinstance(args, list | tuple) else ()
        by_name = kwargs if isinstance(kwargs, dict) else {}
        values = {**dict(zip(names, by_place, strict=False)), **by_name}
        return {name: value for name, value in values.items() if _is_plain(value)}


def _literal(node: ast.expr | None) -> object:
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _is_plain(value: object) -> bool:
    """Return whether YAML and JSON can represent a value."""
    if isinstance(value, list):
        return all(_is_plain(each) for each in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(value[key]) for key in value)
    return value is None or isinstance(value, str | int | bool | float)


def _rank(candidate: Candidate) -> tuple[int, int, str, int]:
    """Return a sort key: tasks that process much data first, tasks for one row last."""
    loops = ast.For | ast.While | ast.comprehension
    body = candidate.function
    score = 4 * candidate.is_scheduled + 2 * bool(_HEAVY.search(body.name))
    score += 2 * any(isinstance(node, loops) for node in ast.walk(body))
    score -= 3 * any(_OF_ONE.search(each.name) for each in candidate.parameters)
    return (
        candidate.kind != "lime",
        -score,
        candidate.module.path,
        candidate.function.lineno,
    )
