"""Analyze the user's code around a line: its function, loops and names. Pure."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from io import StringIO

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Loop = ast.For | ast.AsyncFor | ast.While | Comprehension
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopedCall:
    """A function call inside a loop, or inside a function that a loop calls."""

    call: ast.Call
    loop: Loop
    direct: bool
    """True if the loop contains the call itself."""


class SourceCode:
    """A module's syntax tree, and the line to examine in it."""

    def __init__(self, source: str, line: int, task: str | None = None) -> None:
        """Parse the module.

        Args:
            source: The text of the module.
            line: The line to examine.
            task: The function that was run; code that it calls is preferred.

        Raises:
            SyntaxError: The module cannot be parsed, or the line has no code.
        """
        module = _Module(source)
        self.source = source
        self.tree = module.tree
        self.parents = module.parents
        holding = [node for node in module.statements if _holds(node, line)]
        if not holding:
            raise SyntaxError(f"no code in line {line}")
        self.statement: ast.stmt = min(holding, key=_lines)
        self.functions = module.functions
        self._calls = module.calls
        functions = [node for node in holding if isinstance(node, Function)]
        self.function: Function | None = min(functions, key=_lines, default=None)
        self._task = task

    @property
    def scope(self) -> ast.AST:
        """The function around the line, or the module."""
        return self.function or self.tree

    def loop(self, node: ast.AST) -> Loop | None:
        """Return the innermost loop around a node, in the same function."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, Function | ast.Lambda):
            if isinstance(above, ast.comprehension):
                whole = self.parents[above]
                assert isinstance(whole, Comprehension)
                if node is not above.iter or above is not whole.generators[0]:
                    return whole
                node, above = whole, self.parents.get(whole)
                continue
            if isinstance(above, Loop) and not _is_evaluated_once(node, above):
                return above
            node, above = above, self.parents.get(above)
        return None

    def outermost_loop(self, node: ast.AST) -> Loop | None:
        """Return the outermost loop around a node, in the same function."""
        found = self.loop(node)
        while found is not None and (further := self.loop(found)) is not None:
            found = further
        return found

    def function_of(self, node: ast.AST) -> Function | None:
        """Return the function that contains a node."""
        above = self.parents.get(node)
        while above is not None and not isinstance(above, Function):
            above = self.parents.get(above)
        return above

    def looped_call(self) -> LoopedCall | None:
        """Return a call inside a loop that runs the function around the line.

        Tasks in one module share helpers, so calls from the task that ran come first.
        """
        return self._looped_call(self.function, set())

    def _looped_call(
        self, function: Function | None, seen: set[str]
    ) -> LoopedCall | None:
        if function is None or function.name in seen:
            return None
        seen.add(function.name)
        for call in self.calls_of(function):
            loop = self.outermost_loop(call)
            higher = self._looped_call(self.function_of(call), seen)
            if higher is not None:
                return LoopedCall(call=call, loop=higher.loop, direct=False)
            if loop is not None:
                return LoopedCall(call=call, loop=loop, direct=True)
        return None

    def calls_of(self, function: Function) -> list[ast.Call]:
        """Return the calls to a function; those that the task can reach come first."""
        return [
            call
            for place in (*self._reached_from_task, self.tree)
            for call in self._calls.get(function.name, ())
            if self._is_inside(call, place)
        ]

    @cached_property
    def _reached_from_task(self) -> list[ast.AST]:
        return self.reached_from(self.task_function)

    def _is_inside(self, node: ast.AST, place: ast.AST) -> bool:
        while node is not place and node in self.parents:
            node = self.parents[node]
        return node is place

    @property
    def task_function(self) -> Function | None:
        """The function that was run, if it is in this module."""
        return self.functions.get(self._task or "")

    def reached_from(self, *places: ast.AST | None) -> list[ast.AST]:
        """Return the places and the functions of the module that they call, transitively."""
        functions = self.functions
        reached = [place for place in places if place is not None]
        for place in reached:  # grows during the loop
            for node in ast.walk(place):
                called = isinstance(node, ast.Call) and functions.get(last_name(node))
                if isinstance(called, Function) and called not in reached:
                    reached.append(called)
        return reached

    def repeating_loop(self) -> Loop | None:
        """Return the loop that repeats the line: in its caller, or around the line."""
        called = self.looped_call()
        if called is not None:
            return called.loop
        own = self.outermost_loop(self.statement)
        if own is None and isinstance(self.statement, Loop):
            return self.statement
        if own is None:
            inside = [
                n for n in ast.walk(self.statement) if isinstance(n, Comprehension)
            ]
            return inside[0] if inside else None
        return own

    def depends_on(self, loop: Loop, value: ast.AST) -> bool:
        """Return whether a value uses a variable that changes between iterations."""
        changing = {
            node.id
            for node in ast.walk(loop)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        own = {
            node.id
            for node in ast.walk(value)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        return any(
            isinstance(node, ast.Name) and node.id in changing - own
            for node in ast.walk(value)
        )

    def before(self, statement: ast.stmt) -> ast.stmt | None:
        """Return the previous statement in the block, or else the one around it."""
        parent = self.parents.get(statement)
        for body in ("body", "orelse", "finalbody"):
            statements = getattr(parent, body, [])
            if isinstance(statements, list) and statement in statements:
                place = statements.index(statement)
                if place:
                    above: ast.stmt = statements[place - 1]
                    return above
        is_inside = isinstance(parent, ast.stmt) and not isinstance(parent, Function)
        return parent if is_inside else None  # type: ignore[return-value]

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """Return the statement that contains a node."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def value_of(self, name: str, near: ast.AST | None = None) -> ast.expr | None:
        """Return the first value assigned to a name in the function of a node or line."""
        for node in ast.walk((near and self.function_of(near)) or self.scope):
            if isinstance(node, ast.Assign) and name in map(text, node.targets):
                return node.value
            if isinstance(node, ast.AnnAssign) and text(node.target) == name:
                return node.value
        return None

    def loads(self, name: str, near: ast.AST) -> Iterator[ast.Name]:
        """Yield the places that read a name, in the function that contains a node."""
        while near in self.parents and not isinstance(near, Function):
            near = self.parents[near]
        for node in ast.walk(near):
            if (
                isinstance(node, ast.Name)
                and node.id == name
                and isinstance(node.ctx, ast.Load)
            ):
                yield node


@lru_cache(maxsize=8)
class _Module:
    """A module's syntax tree; parsed once for all findings, and never changed."""

    def __init__(self, source: str) -> None:
        self.tree = ast.parse(source)
        self.parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }
        self.statements = [n for n in self.parents if isinstance(n, ast.stmt)]
        self.functions: dict[str, Function] = {
            node.name: node for node in self.parents if isinstance(node, Function)
        }
        self.calls: dict[str, list[ast.Call]] = {}
        for node in self.parents:
            if isinstance(node, ast.Call):
                self.calls.setdefault(last_name(node), []).append(node)


def _is_evaluated_once(node: ast.AST, loop: Loop) -> bool:
    """Return whether a part of a loop runs only once: its iterable or `else` block."""
    return node is getattr(loop, "iter", None) or node in getattr(loop, "orelse", ())


def _holds(node: ast.stmt, line: int) -> bool:
    """Return whether a line belongs to a statement or one of its decorators."""
    above = getattr(node, "decorator_list", ())
    first = min((each.lineno for each in above), default=node.lineno)
    return first <= line <= (node.end_lineno or node.lineno)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def lines_of(source: str) -> list[str]:
    """Return the lines of a file with their line ends, as Python counts them.

    `str.splitlines` also splits at a form feed or U+2028, which would shift the numbers
    of all later lines.
    """
    return StringIO(source).readlines()


def text(node: ast.AST) -> str:
    """Return code as text, with double instead of single quotes."""
    written = ast.unparse(node)
    return written if '"' in written else written.replace("'", '"')


def name_of(node: ast.expr) -> str:
    """Return a dotted name; "" for any other expression."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def last_name(call: ast.Call) -> str:
    """Return the last part of the called function's dotted name."""
    return name_of(call.func).rpartition(".")[2]


def mentions(node: ast.AST, names: Collection[str]) -> bool:
    """Return whether one of the names occurs anywhere in code."""
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def plural(name: str) -> str:
    """Return the plural of a name."""
    name = name.strip("_").lower()
    if name.endswith("y") and not name.endswith(("ay", "ey", "oy")):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"
