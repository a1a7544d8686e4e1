"""Look into the user's code around a line: its function, its loops, its names. Pure."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Loop = ast.For | ast.While
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopedCall:
    """A call of a function from inside a loop."""

    call: ast.Call
    loop: Loop


class Code:
    """A module's code, seen from one of its lines."""

    def __init__(self, source: str, line: int, task: str | None = None) -> None:
        """Parse the module.

        Args:
            source: Its text.
            line: What is looked at.
            task: The function that was run; the code that it reaches comes first.

        Raises:
            SyntaxError: It cannot be parsed, or has no code in that line.
        """
        self.tree = ast.parse(source)
        self.parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }
        holding = [
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.stmt) and _holds(node, line)
        ]
        if not holding:
            raise SyntaxError(f"no code in line {line}")
        self.statement: ast.stmt = min(holding, key=_lines)
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
        while above is not None and not isinstance(above, Function):
            if isinstance(above, Loop) and node is not getattr(above, "iter", None):
                return above
            node, above = above, self.parents.get(above)
        return None

    def looped_call(self) -> LoopedCall | None:
        """Return a call, from inside a loop, of the function that the line is in.

        Tasks of one module share their helpers: the call of the task that ran counts.
        """
        if self.function is None:
            return None
        for place in (*self._reached(), self.tree):
            for node in ast.walk(place):
                if not isinstance(node, ast.Call):
                    continue
                loop = self.loop(node)
                if loop is not None and _last_name(node) == self.function.name:
                    return LoopedCall(call=node, loop=loop)
        return None

    def _reached(self) -> list[Function]:
        """Return the task's function, then those of the module that it calls."""
        functions = {
            node.name: node
            for node in ast.walk(self.tree)
            if isinstance(node, Function)
        }
        reached = [functions[self._task]] if self._task in functions else []
        for function in reached:  # which grows meanwhile
            for node in ast.walk(function):
                called = isinstance(node, ast.Call) and functions.get(_last_name(node))
                if isinstance(called, Function) and called not in reached:
                    reached.append(called)
        return reached

    def around(self) -> tuple[Loop, LoopedCall | None] | None:
        """Return the loop that the line runs in: its own, or that of who calls it."""
        own = self.loop(self.statement)
        if isinstance(self.statement, Loop) and own is None:
            called = self.looped_call()
            if called is None:
                return self.statement, None
            return called.loop, called
        if own is not None:
            return own, None
        called = self.looped_call()
        return None if called is None else (called.loop, called)

    def depends_on(self, loop: Loop, value: ast.AST) -> bool:
        """Say whether a value is made of anything that changes from turn to turn."""
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

    def argument(self, call: ast.Call, parameter: str) -> ast.expr | None:
        """Return what a call gives for a parameter of the line's function."""
        assert self.function is not None
        for keyword in call.keywords:
            if keyword.arg == parameter:
                return keyword.value
        names = [each.arg for each in self.function.args.args]
        if parameter in names and names.index(parameter) < len(call.args):
            return call.args[names.index(parameter)]
        return None

    def before(self, statement: ast.stmt) -> ast.stmt | None:
        """Return what runs just before a statement: the one above, or what it is in."""
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
        """Return the statement that a node is in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def value_of(self, name: str) -> ast.expr | None:
        """Return what a name is first assigned in the line's function."""
        for node in ast.walk(self.scope):
            if isinstance(node, ast.Assign) and name in map(text, node.targets):
                return node.value
            if isinstance(node, ast.AnnAssign) and text(node.target) == name:
                return node.value
        return None

    def loads(self, name: str, near: ast.AST) -> Iterator[ast.Name]:
        """Yield where a name is read, in the function that a node is in."""
        while near in self.parents and not isinstance(near, Function):
            near = self.parents[near]
        for node in ast.walk(near):
            if (
                isinstance(node, ast.Name)
                and node.id == name
                and isinstance(node.ctx, ast.Load)
            ):
                yield node


def _holds(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno


def text(node: ast.AST) -> str:
    """Return code as text, with double quotes where it has single ones."""
    written = ast.unparse(node)
    return written if '"' in written else written.replace("'", '"')


def name_of(node: ast.expr) -> str:
    """Return a dotted name; "" for what is none."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return ""


def _last_name(call: ast.Call) -> str:
    """Return the name of what is called, without what it belongs to."""
    return name_of(call.func).rpartition(".")[2]


def target_of(statement: ast.stmt) -> str:
    """Return the name that a statement assigns to; "" if it assigns to none."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return text(statement.targets[0])
    if isinstance(statement, ast.AnnAssign):
        return text(statement.target)
    return ""


def plural(name: str) -> str:
    """Return a name for many of what a name is of."""
    name = name.strip("_").lower()
    if name.endswith("y") and not name.endswith(("ay", "ey", "oy")):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def singular(name: str) -> str:
    """Return a name for one of many."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and len(name) > 2 else "row"
