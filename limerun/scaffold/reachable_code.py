"""Find the code that a task runs, in all modules of a project. Pure."""

import ast
from collections.abc import Iterable, Iterator

from limerun.scaffold.code import last_name
from limerun.scaffold.parsed_code import Candidate, Module

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def reachable_code(candidate: Candidate, modules: Iterable[Module]) -> Module:
    """Return a module with only the definitions that a task may use when it runs.

    Functions that are named but not called are left out, because they may be tasks that
    the code sends to the queue.
    """
    places = {module.path: _Place(module) for module in modules}
    place = places.setdefault(candidate.module.path, _Place(candidate.module))
    waiting: list[tuple[_Place, ast.stmt]] = [(place, candidate.function)]
    found: list[ast.stmt] = []
    while waiting:
        place, node = waiting.pop(0)
        if node in found:
            continue
        found.append(node)
        called = {last_name(each.func) for each in ast.walk(node) if _is_call(each)}  # type: ignore[attr-defined]  # as _is_call says
        for name in _names(node):
            for where, defined in place.look_up(name, places):
                if name in called or not isinstance(defined, _Function):
                    waiting.append((where, defined))
    tree = ast.Module(body=found, type_ignores=[])
    return Module(path=candidate.module.path, tree=tree)


class _Place:
    """The definitions and imports of a module."""

    def __init__(self, module: Module) -> None:
        self._path = module.path
        self._imports: dict[str, tuple[str, str]] = {}
        """Local names: the imported module, and the name in it or ""."""
        self.defined: dict[str, ast.stmt] = {}
        for node in module.tree.body:
            for name in _defined(node):
                self.defined[name] = node
        for each in ast.walk(module.tree):
            if isinstance(each, ast.Import):
                for alias in each.names:
                    self._imports[alias.asname or alias.name] = (alias.name, "")
            elif isinstance(each, ast.ImportFrom):
                for alias in each.names:
                    here = alias.asname or alias.name
                    self._imports[here] = (self._absolute(each), alias.name)

    def _absolute(self, node: ast.ImportFrom) -> str:
        """Return the imported module, relative to the project."""
        above = self._path.removesuffix(".py").split("/")[: -node.level]
        within = above if node.level else []
        return ".".join([*within, *filter(None, [node.module])])

    def look_up(
        self, name: str, places: dict[str, "_Place"]
    ) -> Iterator[tuple["_Place", ast.stmt]]:
        """Yield the possible definitions of a name or of a module's attribute."""
        if name in self.defined:
            yield self, self.defined[name]
        for here, (module, there) in self._imports.items():
            if here == name and there:
                yield from _at(places, module, there)
            elif here != name:  # readers.read_rows: an attribute of an imported module
                yield from _at(places, f"{module}.{there}".rstrip("."), name)


def _at(
    places: dict[str, _Place], module: str, name: str
) -> Iterator[tuple[_Place, ast.stmt]]:
    """Yield the definition of a name in a module, in any folder of the project."""
    file = module.replace(".", "/")
    for path, place in places.items():
        ends = (f"/{path}".endswith(f"/{file}{end}") for end in (".py", "/__init__.py"))
        if any(ends) and name in place.defined:
            yield place, place.defined[name]


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, _Function | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id


def _names(node: ast.stmt) -> set[str]:
    return {
        last_name(each) for each in ast.walk(node) if isinstance(each, ast.expr)
    } - {""}


def _is_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call)
