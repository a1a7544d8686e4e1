"""Find a task's file and the name in it, without importing anything."""

import ast
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from limerun.config.interpreter import absolute
from limerun.config.problems import Place, Problem
from limerun.nearest_name import right_names

_HOW = "write path/file.py:function or package.module:function"
_Definition = ast.AST | None
"""What binds a name; None where it came from `import *`."""


class TaskNotFound(Exception):
    """The task cannot be as written; the text says why."""


class TaskUnreadable(Exception):
    """The task's file is no Python; carries the problem, with its own place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def find_task(task: str, folder: Path, *, own_python: bool) -> str:
    """Return the task's name with its file made absolute.

    Args:
        task: As in the config.
        folder: The config's, which a relative file starts from.
        own_python: The worker runs under limerun's own interpreter. Under another
            one, syntax that is unknown here may be right there.

    Raises:
        TaskNotFound: It cannot be found, or would not run.
        TaskUnreadable: Its file has a syntax error.
    """
    place, colon, name = task.rpartition(":")
    if not colon and not _is_file(task) and _is_dotted(task):
        return task  # a module or package: its tasks are listed once it is imported
    if not colon or not place or not name:
        raise TaskNotFound(f"names no function; {_HOW}")
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TaskNotFound(f'"{name}" is no name of a function; {_HOW}')
    if not _is_file(place):
        if not _is_dotted(place):
            raise TaskNotFound(f'"{place}" is no name of a module; {_HOW}')
        return task
    path = _find_file(place, folder)
    tree = _parse(path, own_python=own_python)
    if tree is not None:
        _check_name(tree, parts, path)
    return f"{path}:{name}"


def _find_file(place: str, folder: Path) -> Path:
    path = absolute(place, folder)
    if not os.path.isfile(path):  # noqa: PTH113 - False for a name too long, too
        raise TaskNotFound(f"there is no file {path}{_near_file(path)}")
    if path.suffix != ".py":
        raise TaskNotFound(f"{path} is no Python file; {_HOW}")
    return path


def _is_dotted(place: str) -> bool:
    return all(part.isidentifier() for part in place.split("."))


def _is_file(place: str) -> bool:
    return place.endswith(".py") or "/" in place or os.sep in place


def _near_file(path: Path) -> str:
    folder = path.parent
    if not os.path.isdir(folder):  # noqa: PTH112 - as above
        return f"; there is no folder {folder}"
    return right_names(path.name, [each.name for each in folder.glob("*.py")])


def _parse(path: Path, *, own_python: bool) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(path.read_bytes(), filename=str(path))
    except SyntaxError as error:
        if not own_python:
            return None
        column = error.offset or 1
        place = Place(name=str(path), line=error.lineno or 1, column=column)
        text = f"the task's file is no valid Python: {error.msg}"
        raise TaskUnreadable(Problem(place=place, text=text)) from None
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        place = Place(name=str(path))
        text = f"the task's file cannot be read: {error}"
        raise TaskUnreadable(Problem(place=place, text=text)) from None


def _check_name(tree: ast.Module, parts: list[str], path: Path) -> None:
    body, found = tree.body, None
    for depth, part in enumerate(parts):
        names: dict[str, _Definition] = dict(_definitions(body))
        if part not in names:
            if "*" in names or _may_make_names(tree):
                return  # the worker says it, once the file is imported
            within = f"{path}: {'.'.join(parts[:depth])}" if depth else str(path)
            raise TaskNotFound(f'{within} holds no "{part}"{right_names(part, names)}')
        found = names[part]
        if not isinstance(found, ast.ClassDef):
            break
        if found.bases or found.decorator_list:
            return  # may hold more than its body shows
        body = found.body
    _refuse_what_would_not_run(found, parts[-1])


_MAKING_NAMES = {
    *("globals", "locals", "vars", "setattr", "exec", "eval", "modules", "__dict__"),
    *("__getattr__", "__import__", "import_module", "_getframe", "currentframe"),
}


def _may_make_names(tree: ast.Module) -> bool:
    """Return whether importing a file may make names that its source does not show.

    Either it does so itself, or it runs code of another module that may.
    """
    for node in ast.walk(tree):
        names = {getattr(node, each, None) for each in ("id", "attr", "name")}
        if names & _MAKING_NAMES:
            return True
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = ["." * node.level + (node.module or "")]
        else:
            continue
        if any(_is_foreign(module) for module in modules):
            return True
    return False


def _is_foreign(module: str) -> bool:
    return module.partition(".")[0] not in sys.stdlib_module_names


def _refuse_what_would_not_run(found: _Definition, name: str) -> None:
    if getattr(found, "decorator_list", ()):
        return  # what a decorator makes of it may run
    if isinstance(found, ast.AsyncFunctionDef):
        raise TaskNotFound(
            f'"{name}" is async: calling it would not run it; '
            f"name a plain function that calls asyncio.run"
        )
    if isinstance(found, ast.FunctionDef) and _yields(found.body):
        raise TaskNotFound(
            f'"{name}" is a generator: its body would never run; '
            f"name a function that iterates over it"
        )


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, _Definition]]:
    """Yield the names that a body binds, in order; "*" for an unknown lot."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], node
        else:
            yield from _bound_in(node)


def _bound_in(node: ast.stmt) -> Iterator[tuple[str, _Definition]]:
    """Yield what an assignment binds, or the blocks of an if, for, with, try."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.withitem | ast.pattern):
            for inner in ast.walk(child):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id, node
        elif isinstance(child, ast.stmt):
            yield from _definitions([child])
        else:
            for inner in ast.iter_child_nodes(child):
                if isinstance(inner, ast.stmt):
                    yield from _definitions([inner])


def _yields(body: list[ast.stmt]) -> bool:
    """Return whether a function's own body yields; what it nests does not count."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        if not isinstance(node, nested):
            waiting.extend(ast.iter_child_nodes(node))
    return False
