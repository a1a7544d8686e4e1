"""All functions that a task can reach, and which of them a call runs. Pure."""

import ast
from collections.abc import Iterator, Mapping

from limerun.lint.functions import Function, last_name
from limerun.records import Level

_PLATFORM_NAMES = frozenset(
    {"get", "get_all", "fetch", "add", "commit", "delete", "execute", "append"}
    | {"update", "items", "values", "keys", "close", "read", "write", "join", "pop"}
    | {"send", "post", "put", "info", "debug", "error", "warning", "exception"}
)
"""A call of these usually runs a platform method, not a user's method of that name."""


class Program:
    """The functions that one task can reach, with the task first."""

    def __init__(
        self,
        functions: list[Function],
        constants: Mapping[str, Mapping[str, ast.expr]],
        personal: Mapping[str, Level],
    ) -> None:
        self.functions = functions
        self.personal = personal
        """The personal properties of the data model, each with the level of a finding."""
        self._constants = constants
        """Values of module-level names: path -> name -> value."""
        self._by_name: dict[str, list[Function]] = {}
        for each in functions:
            self._by_name.setdefault(each.name, []).append(each)

    @property
    def task(self) -> Function:
        """The task itself."""
        return self.functions[0]

    def called(self, call: ast.Call, within: Function) -> Function | None:
        """Return the user's function that a call runs; None if that is uncertain."""
        name = last_name(call.func)
        found = self._by_name.get(name, [])
        if isinstance(call.func, ast.Name):
            found = [each for each in found if not each.owner]
        elif _is_self(call.func):
            own = [each for each in found if each.owner == within.owner]
            found = own or [each for each in found if each.owner]
        elif name in _PLATFORM_NAMES:
            return None
        near = [each for each in found if each.path == within.path] or found
        return near[0] if len(near) == 1 else None

    def constant(self, name: str, within: Function) -> ast.expr | None:
        """Return the value of a module-level name."""
        return self._constants.get(within.path, {}).get(name)

    def calls_of(self, function: Function) -> Iterator[tuple[Function, ast.Call]]:
        """Yield each call that runs a function, with the function that contains it."""
        for each in self.functions:
            for call in each.calls():
                if last_name(call.func) == function.name and (
                    self.called(call, each) is function
                ):
                    yield each, call


def _is_self(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and last_name(func.value) in ("self", "cls")


def argument_of(call: ast.Call, function: Function, name: str) -> ast.expr | None:
    """Return the argument that a call passes for a parameter of a function."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    names = [
        each.arg for each in (*function.node.args.posonlyargs, *function.node.args.args)
    ]
    if function.owner and names[:1] in (["self"], ["cls"]):
        names = names[1:]
    if name in names and names.index(name) < len(call.args):
        return call.args[names.index(name)]
    return None
