"""The functions that a task can reach: their nodes, loops and variables. Pure."""

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property

from limerun.syntax_trees import children_of, nodes_of

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_Nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_ACTS = ast.Call | ast.For | ast.AsyncFor | ast.While
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
_ADDERS = frozenset({"append", "add", "extend", "update"})


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop or comprehension around a node."""

    node: ast.AST
    target: ast.expr | None
    iterable: ast.expr | None
    """None for a `while` loop."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A value that is assigned to a variable."""

    value: ast.expr
    how: str
    """"value", "each" (for each item), "with", "part" (of a tuple) or "changed"."""
    at: ast.AST


class Function:
    """A function's code, without the functions that are defined inside it."""

    def __init__(self, path: str, node: Definition, owner: str, *, task: bool) -> None:
        self.path = path
        self.node = node
        self.owner = owner
        """The name of the class that it belongs to, or ""."""
        self.is_task = task
        self.parent: dict[ast.AST, ast.AST] = {}
        self.nodes: list[ast.AST] = []
        self._calls: list[ast.Call] = []
        self.bindings: dict[str, list[Binding]] = {}
        self.added: dict[str, list[ast.expr]] = {}
        """The values that are added to each list or set, by its variable's name."""
        for statement in node.body:
            self._read(statement, node)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.node.name

    def contains(self, line: int) -> bool:
        """Return whether a line of the file is in the function or its decorators."""
        first = min(each.lineno for each in (self.node, *self.node.decorator_list))
        return first <= line <= (self.node.end_lineno or first)

    def _read(self, node: ast.AST, parent: ast.AST) -> None:
        self.parent[node] = parent
        self.nodes.append(node)
        self._bind(node)
        if isinstance(node, ast.Call):
            self._calls.append(node)
            self._add(node)
        if not isinstance(node, _Nested):
            for child in children_of(node):
                self._read(child, node)

    # --- names --------------------------------------------------------------

    def _bind(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind_target(target, node.value, "value", node)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
            if node.value is not None:
                self._bind_target(node.target, node.value, "value", node)
        elif isinstance(node, ast.AugAssign):
            self._bind_target(node.target, node.value, "changed", node)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._bind_target(node.target, node.iter, "each", node)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            self._bind_target(node.optional_vars, node.context_expr, "with", node)

    def _add(self, call: ast.Call) -> None:
        owner = method_call(call, _ADDERS)
        if isinstance(owner, ast.Name):
            self.added.setdefault(owner.id, []).extend(call.args)

    def _bind_target(
        self, target: ast.expr, value: ast.expr, how: str, at: ast.AST
    ) -> None:
        if isinstance(target, ast.Name):
            self.bindings.setdefault(target.id, []).append(Binding(value, how, at))
        elif isinstance(target, ast.Tuple | ast.List):
            values = _parts(value, len(target.elts)) if how == "value" else None
            for index, each in enumerate(target.elts):
                part = values[index] if values else value
                self._bind_target(each, part, how if values else "part", at)

    def values_of(self, name: str) -> list[ast.expr]:
        """Return the values that a name is set to."""
        return [
            each.value for each in self.bindings.get(name, ()) if each.how == "value"
        ]

    def parameters(self) -> list[ast.arg]:
        """Return all parameters, in order."""
        arguments = self.node.args
        rest = (arguments.vararg, arguments.kwarg)
        return [
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *(each for each in rest if each is not None),
        ]

    # --- places -------------------------------------------------------------

    def ancestors(self, node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
        """Yield each ancestor and its child towards the node, innermost first."""
        while node in self.parent:
            above = self.parent[node]
            yield above, node
            node = above

    def loops(self, node: ast.AST) -> Iterator[Loop]:
        """Yield the loops that repeat a node, innermost first."""
        for above, child in self.ancestors(node):
            if isinstance(above, ast.For | ast.AsyncFor):
                if child in above.body:
                    yield Loop(above, above.target, above.iter)
            elif isinstance(above, ast.While):
                if child not in above.orelse:
                    yield Loop(above, None, None)
            elif isinstance(above, _Comprehension) and child is not above.generators[0]:
                first = above.generators[0]
                yield Loop(above, first.target, first.iter)
            elif isinstance(above, ast.comprehension) and child is not above.iter:
                whole = self.parent[above]
                yield Loop(whole, above.target, above.iter)

    def inside(self, node: ast.AST, outer: ast.AST) -> bool:
        """Return whether a node is part of another one."""
        return any(above is outer for above, _ in self.ancestors(node))

    def statement(self, node: ast.AST) -> ast.AST:
        """Return the statement that a node is part of."""
        while not isinstance(node, ast.stmt):
            node = self.parent[node]
        return node

    def calls(self) -> Iterator[ast.Call]:
        """Return the calls in source order."""
        return iter(self._calls)

    @cached_property
    def acting(self) -> set[ast.AST]:
        """The nodes that contain a call or a loop."""
        found: set[ast.AST] = set()
        for node in self.nodes:
            if isinstance(node, _ACTS):
                while node not in found:
                    found.add(node)
                    node = self.parent.get(node, node)
        return found

    @cached_property
    def is_generator(self) -> bool:
        """True if calling the function returns a generator."""
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in self.nodes)

    def results(self) -> Iterator[ast.expr]:
        """Yield the expressions that the function returns."""
        for node in self.nodes:
            if isinstance(node, ast.Return) and node.value is not None:
                yield node.value


def _parts(value: ast.expr, count: int) -> list[ast.expr] | None:
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == count:
        return value.elts
    return None


def functions_in(path: str, node: ast.stmt, *, task: bool) -> Iterator[Function]:
    """Yield the functions in a definition: itself, its methods, and nested ones."""
    yield from _functions(path, node, "", task=task)


def _functions(
    path: str, node: ast.AST, owner: str, *, task: bool
) -> Iterator[Function]:
    inner = owner
    if isinstance(node, Definition):
        yield Function(path, node, owner, task=task)
        inner = ""
    elif isinstance(node, ast.ClassDef):
        inner = node.name
    for block in _BLOCKS:  # definitions are statements
        for child in getattr(node, block, ()):
            yield from _functions(path, child, inner, task=False)


def method_call(node: ast.AST, methods: Container[str]) -> ast.expr | None:
    """Return the object on which a node calls one of the methods, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value if node.func.attr in methods else None
    return None


def last_name(node: ast.AST | None) -> str:
    """Return the last part of a dotted name; "" for any other node."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def dotted(node: ast.AST | None) -> str:
    """Return a dotted name as text; calls and subscripts in it are left out."""
    parts: list[str] = []
    while node is not None:
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            parts.append(node.id if isinstance(node, ast.Name) else "")
            node = None
    return ".".join(reversed(parts))


def names_in(node: ast.AST) -> set[str]:
    """Return the variables that an expression uses."""
    return {each.id for each in nodes_of(node) if isinstance(each, ast.Name)}
