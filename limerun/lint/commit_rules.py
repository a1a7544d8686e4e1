"""Find units of work that are committed too often, too rarely, or reused. Pure."""

import ast
from collections.abc import Iterator

from limerun.lint.functions import (
    Function,
    Loop,
    dotted,
    last_name,
    method_call,
    names_in,
)
from limerun.lint.known_values import Values
from limerun.lint.program import Program
from limerun.lint.row_loops import is_guarded, row_loops
from limerun.lint.suspicions import suspicion
from limerun.records import Finding

_RULE = "memory.batches"


def commit_findings(values: Values) -> Iterator[Finding]:
    """Yield the findings about the commits of a function."""
    commits = [*_calls_on_unit_of_work(values, "commit")]
    for commit in commits:
        yield from _per_row(commit, values)
        yield from _one_for_all(commit, commits, values)
        yield from _reused(commit, values)
    yield from _calls_that_commit(values)
    yield from _unchanged(values)


def _calls_on_unit_of_work(values: Values, method: str) -> Iterator[ast.Call]:
    for call in values.function.calls():
        unit = method_call(call, (method,))
        if unit is not None and values.is_unit_of_work(unit):
            yield call


# --- one commit for each row ----------------------------------------------------


def _per_row(commit: ast.Call, values: Values) -> Iterator[Finding]:
    loop = _row_loop(commit, values)
    if loop is None or not _adds_directly(loop, values):
        return
    yield suspicion(
        _RULE,
        "warning",
        values.function,
        commit,
        "One commit for each row",
        f"This line commits in each iteration of the loop in line {_line(loop)}.",
    )


def _calls_that_commit(values: Values) -> Iterator[Finding]:
    """Yield the calls, inside a loop over rows, of a function that commits one row."""
    for call in values.function.calls():
        called = values.program.called(call, values.function)
        if called is None or called is values.function or called.is_generator:
            continue
        loop = _row_loop(call, values)
        if loop is not None and _commits_one(called, values.program):
            yield suspicion(
                _RULE,
                "warning",
                values.function,
                call,
                "One commit for each row",
                f"{called.name} commits, and the loop in line {_line(loop)} calls it "
                "for each row.",
            )


def _commits_one(function: Function, program: Program) -> bool:
    values = Values(function, program)
    commits = list(_calls_on_unit_of_work(values, "commit"))
    adds = list(_calls_on_unit_of_work(values, "add"))
    opens = [
        each
        for each in function.calls()
        if last_name(each.func) in ("unit_of_work", "UnitOfWork")
    ]
    calls = [*commits, *adds]
    in_loop = any(True for each in calls for _ in function.loops(each))
    return bool(commits and adds and opens) and not in_loop


def _row_loop(node: ast.AST, values: Values) -> Loop | None:
    """Return the innermost loop, if it is over rows and runs a node for every row."""
    innermost = next(values.function.loops(node), None)
    over_rows = next(row_loops(node, values), None)
    if innermost is None or over_rows is None or innermost.node is not over_rows.node:
        return None
    return None if is_guarded(node, values.function, over_rows) else over_rows


def _adds_directly(loop: Loop, values: Values) -> bool:
    """Return whether a loop adds objects, and never in an inner loop."""
    adds = [
        each
        for method in ("add", "delete")
        for each in _calls_on_unit_of_work(values, method)
        if values.function.inside(each, loop.node)
    ]
    innermost = [next(values.function.loops(each)) for each in adds]
    return bool(adds) and all(each.node is loop.node for each in innermost)


def _line(loop: Loop) -> int:
    line: int = getattr(loop.node, "lineno", 0)
    return line


# --- one commit for all rows ----------------------------------------------------


def _one_for_all(
    commit: ast.Call, commits: list[ast.Call], values: Values
) -> Iterator[Finding]:
    """Yield a finding for a commit after a loop that adds all rows without commits."""
    function = values.function
    for add in _calls_on_unit_of_work(values, "add"):
        if _next_commit(add, commits) is not commit:
            continue
        for loop in row_loops(add, values):
            assert loop.iterable is not None
            is_after = not any(function.inside(each, loop.node) for each in commits)
            if is_after and values.is_large(loop.iterable):
                yield suspicion(
                    _RULE,
                    "warning",
                    function,
                    commit,
                    "One commit for all rows",
                    f"The loop in line {_line(loop)} adds an object for each row, and "
                    "nothing is committed before its end.",
                )
                return


def _next_commit(add: ast.Call, commits: list[ast.Call]) -> ast.Call | None:
    """Return the first commit, below a line, of the unit of work that the line uses."""
    later = [
        each
        for each in commits
        if each.lineno > add.lineno and _unit_name(each) == _unit_name(add)
    ]
    return min(later, key=lambda each: each.lineno, default=None)


def _unit_name(call: ast.Call) -> str:
    return dotted(call.func).rpartition(".")[0]


# --- a unit of work after its commit --------------------------------------------


def _reused(commit: ast.Call, values: Values) -> Iterator[Finding]:
    function = values.function
    unit = commit.func.value  # type: ignore[attr-defined]  # a method call
    if not isinstance(unit, ast.Name):
        return
    for loop in function.loops(commit):
        opened = function.bindings.get(unit.id, [])
        if any(function.inside(each.at, loop.node) for each in opened):
            return
        adds = _calls_on_unit_of_work(values, "add")
        used = [each for each in adds if function.inside(each, loop.node)]
        if opened and any(unit.id in names_in(each.func) for each in used):
            yield suspicion(
                _RULE,
                "warning",
                function,
                commit,
                "A unit of work is used again after its commit",
                f"{unit.id} is opened before the loop in line {_line(loop)}, so its "
                "objects stay in memory and are saved again. Open a new one after "
                "each commit.",
            )
            return


# --- objects that were not changed ----------------------------------------------


def _unchanged(values: Values) -> Iterator[Finding]:
    for add in _calls_on_unit_of_work(values, "add"):
        if len(add.args) != 1 or not isinstance(add.args[0], ast.Name):
            continue
        name = add.args[0]
        read = values.function.bindings.get(name.id, [])
        is_read = bool(read) and all(
            each.how == "each" and values.is_objects(each.value) for each in read
        )
        if is_read and not _may_change(name, add, values.function):
            yield suspicion(
                _RULE,
                "warning",
                values.function,
                add,
                "An unchanged object is saved",
                f"{name.id} is read and added to the unit of work, and nothing in "
                "between changes it.",
            )


def _may_change(name: ast.Name, add: ast.Call, function: Function) -> bool:
    """Return whether a function may change an object: it sets, calls or passes it."""
    for node in function.nodes:
        if not isinstance(node, ast.Name) or node.id != name.id or node is name:
            continue
        if isinstance(node.ctx, ast.Store):
            continue
        outer: ast.AST = node
        while isinstance(
            above := function.parent[outer], ast.Attribute | ast.Subscript
        ):
            if isinstance(above.ctx, ast.Store):
                return True
            outer = above
        if isinstance(above, ast.Call) or outer is node:
            return True
    return False
