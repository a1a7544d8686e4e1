"""A module's concrete syntax tree, with parents, positions and reached functions. Pure."""

from collections.abc import Iterator
from typing import TypeVar

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider

from limerun.improve.shapes import find, last_name, owner_of

_Node = TypeVar("_Node", bound=cst.CSTNode)
_SCOPES = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


class Code:
    """The source of one module, and the functions in it that a task reaches."""

    def __init__(self, source: str, task: str | None = None) -> None:
        """Parse the source.

        Raises:
            libcst.ParserSyntaxError: It is not valid Python.
        """
        wrapper = MetadataWrapper(cst.parse_module(source))
        self.source, self.task = source, task
        self.module = wrapper.module
        self._parents = wrapper.resolve(ParentNodeProvider)
        self._positions = wrapper.resolve(PositionProvider)
        self.functions = find(self.module, cst.FunctionDef)
        self.reached = self._reached_from(task)

    def line(self, node: cst.CSTNode) -> int:
        """Return the line on which a node begins."""
        return int(self._positions[node].start.line)

    def text(self, node: cst.CSTNode) -> str:
        """Return a node's source."""
        return self.module.code_for_node(node).strip()

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """Return the node around a node."""
        return self._parents[node]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the nodes around a node, the innermost first."""
        while node is not self.module:
            node = self._parents[node]
            yield node

    def function_of(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """Return the innermost function around a node."""
        return _first(self.ancestors(node), cst.FunctionDef)

    def class_of(self, node: cst.CSTNode) -> cst.ClassDef | None:
        """Return the innermost class around a node."""
        return _first(self.ancestors(node), cst.ClassDef)

    def statement_of(self, node: cst.CSTNode) -> cst.BaseStatement:
        """Return the innermost statement that contains a node."""
        around = (node, *self.ancestors(node))
        return next(each for each in around if isinstance(each, cst.BaseStatement))

    def block_of(self, statement: cst.CSTNode) -> list[cst.BaseStatement]:
        """Return the statements among which a statement stands; [] in a one-line block."""
        body = getattr(self.parent(statement), "body", ())
        return list(body) if isinstance(body, list | tuple) else []

    def loop_of(self, node: cst.CSTNode) -> cst.For | cst.While | None:
        """Return the innermost loop that repeats a node, in the same function."""
        inner = node
        for each in self.ancestors(node):
            if isinstance(each, _SCOPES):
                return None
            if isinstance(each, cst.For) and inner is not each.iter:
                return each
            if isinstance(each, cst.While):
                return each
            inner = each
        return None

    def outermost_loop(self, node: cst.CSTNode) -> cst.For | None:
        """Return the outermost `for` around a node, in its function."""
        found, loop = None, self.loop_of(node)
        while loop is not None:
            found = loop if isinstance(loop, cst.For) else found
            loop = self.loop_of(loop)
        return found

    def names_between(self, node: cst.CSTNode, outer: cst.CSTNode) -> list[type]:
        """Return the types of the nodes between a node and one around it."""
        types = []
        for each in self.ancestors(node):
            if each is outer:
                break
            types.append(type(each))
        return types

    def loads(self, name: str, scope: cst.CSTNode) -> list[cst.Name]:
        """Return the places in a scope where a variable is read."""
        return [
            each
            for each in find(scope, cst.Name)
            if each.value == name and self._is_load(each)
        ]

    def stores(self, name: str, scope: cst.CSTNode) -> list[cst.Name]:
        """Return the places in a scope where a variable is assigned."""
        return [
            each
            for each in find(scope, cst.Name)
            if each.value == name and self._is_variable(each) and self._is_store(each)
        ]

    def names(self) -> set[str]:
        """Return every name in the module."""
        return {each.value for each in find(self.module, cst.Name)}

    def calls_of(self, function: cst.FunctionDef) -> list[cst.Call]:
        """Return the calls of a function of this module, or of a method through self."""
        return [
            each
            for each in find(self.module, cst.Call)
            if self.function_called(each) is function
        ]

    def function_called(self, call: cst.Call) -> cst.FunctionDef | None:
        """Return the function of this module that a call runs; None if it is another."""
        name, owner = last_name(call.func), owner_of(call.func)
        named = [each for each in self.functions if each.name.value == name]
        if len(named) != 1 or owner not in ("", "self"):
            return None
        is_method = self.class_of(named[0]) is not None
        return named[0] if is_method == (owner == "self") else None

    def uses(self, function: cst.FunctionDef) -> int:
        """Return how often a function's name appears, without its definition."""
        name = function.name.value
        texts = [each.value for each in find(self.module, cst.SimpleString)]
        return (
            sum(each.value == name for each in find(self.module, cst.Name))
            - 1
            + sum(text.strip("\"'") == name for text in texts)
        )

    def _is_load(self, name: cst.Name) -> bool:
        return self._is_variable(name) and not self._is_store(name)

    def _is_variable(self, name: cst.Name) -> bool:
        parent = self._parents[name]
        if isinstance(parent, cst.Attribute):
            return parent.value is name
        if isinstance(parent, cst.Arg):
            return parent.value is name
        return not isinstance(
            parent,
            cst.FunctionDef | cst.ClassDef | cst.ImportAlias | cst.Param | cst.AsName,
        )

    def _is_store(self, name: cst.Name) -> bool:
        node: cst.CSTNode = name
        parent = self._parents[node]
        while isinstance(parent, cst.Element | cst.Tuple | cst.List):
            node, parent = parent, self._parents[parent]
        if isinstance(parent, cst.AssignTarget):
            return True
        targets = (cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor)
        return isinstance(parent, targets) and parent.target is node

    def _reached_from(self, task: str | None) -> set[str]:
        """Return the names of the functions that a task may run; all if it is None."""
        bodies = {each.name.value: each for each in self.functions}
        for each in find(self.module, cst.ClassDef):
            bodies.setdefault(each.name.value, each)  # type: ignore[arg-type]
        if task is None or task not in bodies:
            return set(bodies)
        reached, waiting = {task}, [task]
        while waiting:
            used = {each.value for each in find(bodies[waiting.pop()], cst.Name)}
            new = (used & bodies.keys()) - reached
            reached |= new
            waiting += new
        return reached

    def is_reached(self, node: cst.CSTNode) -> bool:
        """Return whether the task runs the function around a node."""
        function = self.function_of(node)
        return function is not None and function.name.value in self.reached


def _first(nodes: Iterator[cst.CSTNode], kind: type[_Node]) -> _Node | None:
    return next((each for each in nodes if isinstance(each, kind)), None)


# --- shapes of statements and expressions --------------------------------------------


def fresh_name(code: Code, *wanted: str) -> str:
    """Return the first of these names that the module does not use yet."""
    taken = code.names()
    numbered = (f"{wanted[-1]}_{number}" for number in range(2, 100))
    return next(each for each in (*wanted, *numbered) if each not in taken)
