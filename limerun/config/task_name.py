"""Find a task's file and the function in it, without importing anything."""

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
"""The statement that binds a name; None for `import *`."""


class TaskNotFound(Exception):
    """The task does not exist or cannot run; the text says why."""


class TaskUnreadable(Exception):
    """The task's file is not valid Python; contains the problem and its place."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def find_task(task: str, folder: Path, *, own_python: bool) -> str:
    """Return the task's name with the absolute path of its file.

    Args:
        task: The task as written in the config.
        folder: The config's folder; relative paths start there.
        own_python: True if the worker runs under limerun's own interpreter. Another
            version of Python may accept other syntax.

    Raises:
        TaskNotFound: It cannot be found, or would not run.
        TaskUnreadable: Its file has a syntax error.
    """
    place, colon, name = task.rpartition(":")
    if not colon and not _is_file(task) and _is_dotted(task):
        return task  # a module or package: its tasks are listed once it is imported
    if not colon or not place or not name:
        raise TaskNotFound(f"does not name a function; {_HOW}")
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise TaskNotFound(f'"{name}" is not a valid function name; {_HOW}')
    if not _is_file(place):
        if not _is_dotted(place):
            raise TaskNotFound(f'"{place}" is not a valid module name; {_HOW}')
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
        raise TaskNotFound(f"{path} is not a Python file; {_HOW}")
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
        text = f"the task's file is not valid Python: {error.msg}"
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
                return  # the worker reports it, once the file is imported
            within = f"{path}: {'.'.join(parts[:depth])}" if depth else str(path)
            raise TaskNotFound(f'{within} has no "{part}"{right_names(part, names)}')
        found = names[part]
        if not isinstance(found, ast.ClassDef):
            break
        if found.bases or found.decorator_list:
            return  # it may have more members than its body shows
        body = found.body
    _refuse_async_and_generators(found, parts[-1])


_CREATES_NAMES = {
    *("globals", "locals", "vars", "setattr", "exec", "eval", "modules", "__dict__"),
    *("__getattr__", "__import__", "import_module", "_getframe", "currentframe"),
}


def _may_make_names(tree: ast.Module) -> bool:
    """Return whether importing a file may create names that its source does not show.

    The file itself may create them, or code of another module that it runs.
    """
    for node in ast.walk(tree):
        names = {getattr(node, each, None) for each in ("id", "attr", "name")}
        if names & _CREATES_NAMES:
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


def _refuse_async_and_generators(found: _Definition, name: str) -> None:
    if getattr(found, "decorator_list", ()):
        return  # the decorator may return a plain function
    if isinstance(found, ast.AsyncFunctionDef):
        raise TaskNotFound(
            f'"{name}" is async: a call does not run its body; '
            f"name a plain function that calls asyncio.run"
        )
    if isinstance(found, ast.FunctionDef) and _yields(found.body):
        raise TaskNotFound(
            f'"{name}" is a generator: a call does not run its body; '
            f"name a function that iterates over it"
        )


def _definitions(body: list[ast.stmt]) -> Iterator[tuple[str, _Definition]]:
    """Yield the names that a body binds, in order; "*" stands for unknown ones."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0], node
        else:
            yield from _bound_in(node)


def _bound_in(node: ast.stmt) -> Iterator[tuple[str, _Definition]]:
    """Yield the names that a statement binds, also inside if, for, with and try."""
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
    """Return whether a function's body yields, apart from nested functions."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        if not isinstance(node, nested):
            waiting.extend(ast.iter_child_nodes(node))
    return False
