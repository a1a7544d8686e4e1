"""Find the code that a task runs, in all modules of a project. Pure."""

import ast
from collections.abc import Callable, Iterable, Iterator

from limerun.scaffold.code import last_name
from limerun.scaffold.parsed_code import Candidate, Module
from limerun.syntax_trees import nodes_of

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def reachable_code(candidate: Candidate, modules: Iterable[Module]) -> Module:
    """Return a module with only the definitions that a task may use when it runs."""
    trees = {module.path: module.tree for module in (*modules, candidate.module)}
    path = candidate.module.path
    found = reachable_definitions(
        path, candidate.function, ProjectModules(trees, trees.get)
    )
    tree = ast.Module(body=[node for _, node in found], type_ignores=[])
    return Module(path=path, tree=tree)


def reachable_definitions(
    path: str, node: ast.stmt, places: "ProjectModules"
) -> list[tuple[str, ast.stmt]]:
    """Return a definition and all those that it may use when it runs, with their files.

    Functions that are named but not called are left out, because they may be tasks that
    the code sends to the queue.
    """
    waiting: list[tuple[str, ast.stmt]] = [(path, node)]
    found: dict[ast.stmt, str] = {}
    while waiting:
        path, node = waiting.pop(0)
        if node in found:
            continue
        found[node] = path
        nodes = nodes_of(node)
        called = {last_name(each.func) for each in nodes if isinstance(each, ast.Call)}
        names = {last_name(each) for each in nodes if isinstance(each, ast.expr)}
        place = places.at(path)
        for name in names - {""}:
            for where, defined in place.look_up(name, places) if place else ():
                if name in called or not isinstance(defined, _Function):
                    waiting.append((where, defined))
    return [(path, node) for node, path in found.items()]


class ProjectModules:
    """The modules of a project, each parsed when it is first needed."""

    def __init__(
        self, paths: Iterable[str], tree_of: Callable[[str], ast.Module | None]
    ) -> None:
        self._tree_of = tree_of
        self._known: dict[str, _Place | None] = {}
        self._paths: dict[str, list[str]] = {}
        """The files by the end of their dotted name: "b" and "a.b" for a/b.py."""
        for path in paths:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            for index in range(len(parts)):
                self._paths.setdefault(".".join(parts[index:]), []).append(path)

    def at(self, path: str) -> "_Place | None":
        """Return the place at a path; None if it cannot be read."""
        if path not in self._known:
            tree = self._tree_of(path)
            place = None if tree is None else _Place(Module(path=path, tree=tree))
            self._known[path] = place
        return self._known[path]

    def defining(self, module: str, name: str) -> "Iterator[tuple[str, ast.stmt]]":
        """Yield the definitions of a name in the modules with a dotted name."""
        for path in self._paths.get(module, ()):
            place = self.at(path)
            if place is not None and name in place.defined:
                yield path, place.defined[name]


class _Place:
    """The definitions and imports of a module."""

    def __init__(self, module: Module) -> None:
        self._path = module.path
        self._imports: dict[str, tuple[str, str]] = {}
        """For each local name, the imported module, and the name in it or ""."""
        self.defined: dict[str, ast.stmt] = {}
        for node in module.tree.body:
            for name in _defined(node):
                self.defined[name] = node
        for each in nodes_of(module.tree):
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
        self, name: str, places: ProjectModules
    ) -> Iterator[tuple[str, ast.stmt]]:
        """Yield the possible definitions of a name or of a module's attribute."""
        if name in self.defined:
            yield self._path, self.defined[name]
        for here, (module, there) in self._imports.items():
            if here == name and there:
                yield from places.defining(module, there)
            elif here != name:  # readers.read_rows: an attribute of an imported module
                yield from places.defining(f"{module}.{there}".rstrip("."), name)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, _Function | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id
