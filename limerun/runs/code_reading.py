"""Read the code of tasks, and all code that they can reach, without running it."""

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from limerun.errors import TaskError
from limerun.lint.check import findings_in, summary_of
from limerun.lint.functions import Function, functions_in
from limerun.lint.program import Program
from limerun.lint.ruff_codes import RuffResult
from limerun.nearest_name import right_names
from limerun.records import Finding, Level, Lint
from limerun.runs.code_places import Target, package_root
from limerun.runs.ruff_process import EXTRA, RuffProcess
from limerun.scaffold.code import MOST_BYTES, python_files
from limerun.scaffold.parsed_code import Module
from limerun.scaffold.reachable_code import ProjectModules, reachable_definitions
from limerun.scaffold.task_candidates import find_tasks

_TASKS = re.compile(rb"@[\w.]*task\b")
_Functions = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class CodeReader:
    """Reads and parses files, each only once."""

    trees: dict[str, ast.Module | None] = field(default_factory=dict)
    lines: dict[str, Sequence[str]] = field(default_factory=dict)

    def tree_of(self, path: str) -> ast.Module | None:
        """Return a file's syntax tree; None if it is too large.

        Raises:
            TaskError: It cannot be read, or is not valid Python.
        """
        if path not in self.trees:
            self.trees[path] = self._parse(path)
        return self.trees[path]

    def lines_of(self, path: str) -> Sequence[str]:
        """Return the lines of a file; empty if it cannot be read."""
        if path not in self.lines:
            try:
                text = Path(path).read_text(encoding="utf-8-sig", errors="replace")
            except OSError:
                text = ""
            self.lines[path] = text.splitlines()
        return self.lines[path]

    def _parse(self, path: str) -> ast.Module | None:
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise TaskError(f"{path}: cannot be read: {error.strerror}") from error
        if len(content) > MOST_BYTES:
            return None
        try:
            return _parsed(content, path)
        except SyntaxError as error:
            return _parsed_newer(content, path, error)
        except (ValueError, RecursionError, MemoryError) as error:
            raise TaskError(f"{path}: cannot be parsed: {error}") from error


def _parsed(content: bytes | str, path: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(content, filename=path)


def _parsed_newer(content: bytes, path: str, error: SyntaxError) -> ast.Module:
    """Return the syntax tree of a file that needs a newer Python version.

    Raises:
        TaskError: It is not valid in any Python version, or libcst is not installed.
    """
    place = f"{path}, line {error.lineno or 1}, column {error.offset or 1}"
    version = "{}.{}".format(*sys.version_info[:2])
    try:
        from limerun.lint.newer_syntax import in_older_syntax

        older = in_older_syntax(content.decode("utf-8", "replace"))
        if older is not None:
            return _parsed(older, path)
    except ImportError:
        raise TaskError(
            f"{place}: not valid Python {version}: {error.msg}; if it is the syntax of "
            f"a newer Python, install libcst: {EXTRA}"
        ) from None
    except SyntaxError:
        pass
    raise TaskError(f"{place}: not valid Python: {error.msg}") from None


@dataclass(frozen=True, slots=True)
class TaskCode:
    """The code that tasks can reach, and what ruff reported about it."""

    programs: Sequence[Program]
    results: Sequence[RuffResult]
    missing: tuple[str, ...]
    """Parts that were not checked, each with the reason."""
    lines_of: Callable[[str], Sequence[str]]

    @property
    def files(self) -> tuple[str, ...]:
        """The files with functions that the tasks can reach."""
        return tuple(dict.fromkeys(each.path for each in self._functions()))

    def reaches(self, path: str, line: int) -> bool:
        """Return whether a line of a file is in a function that a task can reach."""
        return any(
            each.path == path and each.contains(line) for each in self._functions()
        )

    def _functions(self) -> Iterator[Function]:
        return (each for program in self.programs for each in program.functions)

    def findings(self) -> tuple[Finding, ...]:
        """Return the findings at their default levels."""
        return findings_in(self.programs, self.results, self.lines_of)

    def summary(self, findings: Sequence[Finding]) -> Lint:
        """Return a summary of what was read, with the number of findings per task."""
        tasks = tuple(summary_of(program, findings) for program in self.programs)
        return Lint(tasks=tasks, files=self.files, missing=self.missing)


def read_tasks(
    targets: Sequence[Target],
    *,
    ruff: bool = True,
    personal: Mapping[str, Level] = MappingProxyType({}),
) -> TaskCode:
    """Return the code that the tasks of all targets can reach.

    Args:
        targets: Where the tasks are.
        ruff: True if ruff reads the files too.
        personal: The personal properties of the data model.

    Raises:
        TaskError: There is no task, or a file cannot be read or is not valid Python.
    """
    reader, notes = CodeReader(), list[str]()
    every = (path for each in targets for path in _files_of(each, notes))
    files = list(dict.fromkeys(every))
    # Ruff reads the files while this process parses.
    with RuffProcess(files if ruff else ()) as started:
        places = ProjectModules(files, reader.tree_of)
        tasks = {
            node: path
            for target in targets
            for path, node in _tasks_of(target, reader, notes)
        }
        programs = [
            _program(path, node, places, personal) for node, path in tasks.items()
        ]
        results, missing = started.results()
    if not programs:
        shown = ", ".join(str(each.path) for each in targets)
        hint = "; ".join(notes) or "name a function: FILE:FUNCTION"
        raise TaskError(f"{shown}: contains no task; {hint}")
    return TaskCode(programs, results, (*notes, *missing), reader.lines_of)


def _program(
    path: str,
    node: _Functions,
    places: ProjectModules,
    personal: Mapping[str, Level],
) -> Program:
    definitions = reachable_definitions(path, node, places)
    functions = [
        function
        for where, each in definitions
        for function in functions_in(where, each, task=each is node)
    ]
    constants: dict[str, dict[str, ast.expr]] = {}
    for where, each in definitions:
        if isinstance(each, ast.Assign | ast.AnnAssign) and each.value is not None:
            targets = each.targets if isinstance(each, ast.Assign) else [each.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    constants.setdefault(where, {})[target.id] = each.value
    return Program(functions, constants, personal)


# --- files and tasks ------------------------------------------------------------


def _files_of(target: Target, notes: list[str]) -> Iterator[str]:
    """Yield the files that a target's tasks may use: those of their package."""
    if target.path.is_file():
        yield target.path.as_posix()
    for path in python_files(package_root(target.path), notes):
        yield path.as_posix()


def _tasks_of(
    target: Target, reader: CodeReader, notes: list[str]
) -> Iterator[tuple[str, _Functions]]:
    path = target.path
    if target.function is not None:
        yield path.as_posix(), _function_named(target, reader)
        return
    files = [path] if path.is_file() else list(python_files(path, []))
    modules = [
        Module(path=file.as_posix(), tree=tree)
        for file in files
        if (path.is_file() or _may_hold_tasks(file))
        and (tree := reader.tree_of(file.as_posix())) is not None
    ]
    found, rejected = find_tasks(modules)
    notes += rejected
    for each in sorted(
        found, key=lambda task: (task.module.path, task.function.lineno)
    ):
        yield each.module.path, each.function


def _may_hold_tasks(file: Path) -> bool:
    try:
        return _TASKS.search(file.read_bytes()) is not None
    except OSError:
        return False


def _function_named(target: Target, reader: CodeReader) -> _Functions:
    path, name = target.path.as_posix(), target.function or ""
    tree = reader.tree_of(path)
    body: list[ast.stmt] = [] if tree is None else tree.body
    found: ast.stmt | None = None
    for part in name.split("."):
        named = [
            each
            for each in body
            if isinstance(each, _Functions | ast.ClassDef) and each.name == part
        ]
        found = named[-1] if named else None
        body = found.body if isinstance(found, ast.ClassDef) else []
    if not isinstance(found, _Functions):
        top = tree.body if tree else []
        functions = [each.name for each in top if isinstance(each, _Functions)]
        raise TaskError(f"{path}: has no function {name}{right_names(name, functions)}")
    return found
