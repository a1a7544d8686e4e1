"""What an expression is: Lime objects, a generator, a list, a unit of work. Pure.

A variable has a kind only if all values that are assigned to it have this kind.
"""

import ast
import re
from collections.abc import Callable

from limerun.lint.functions import Function, dotted, last_name
from limerun.lint.program import Program, argument_of

_DEEPEST = 6
_LAZY = frozenset({"map", "filter", "zip", "iter", "islice", "chain", "from_iterable"})
_READERS = frozenset({"reader", "DictReader"})
_EAGER = frozenset({"list", "tuple", "sorted"})
_SAME_ROWS = _EAGER | {"set", "enumerate", "reversed", "iter", "filter", "progress"}
_UNIT_OF_WORK = frozenset({"uow", "unit_of_work"})
_LARGE_CALLS = frozenset(
    {"get_all", "execute_query", "load", "json", "open", "readlines"}
    | {"splitlines", "reader", "DictReader", "iter_lines", "fetchall"}
)
_CLIENTS = frozenset({"Session", "Client", "AsyncClient", "ClientSession"})
_HTTP_VERBS = frozenset({"get", "post", "put", "patch", "delete", "request", "head"})
_CONNECTION = re.compile(r"(^|_)(conn|connection|cursor|session|db|engine|database)$")
_SQL = frozenset({"execute", "executemany", "scalar", "scalars", "query"})

Test = Callable[[ast.expr, int], bool]


class Values:
    """Answers which kind of value each expression in one function has."""

    def __init__(self, function: Function, program: Program) -> None:
        self.function = function
        self.program = program

    # --- Lime ---------------------------------------------------------------

    def is_limetype(self, node: ast.expr | None, depth: int = 0) -> bool:
        """Return whether an expression is a limetype, such as limetypes.company."""
        if isinstance(node, ast.Name):
            return self._all_values(node, self.is_limetype, depth)
        if isinstance(node, ast.Call):
            return last_name(node.func) in ("get_limetype", "getattr") and (
                "limetypes" in ast.dump(node)
            )
        if isinstance(node, ast.Attribute | ast.Subscript):
            return last_name(node.value).endswith("limetypes")
        return False

    def is_unit_of_work(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression is a unit of work."""
        if isinstance(node, ast.Call):
            return last_name(node.func) in ("unit_of_work", "UnitOfWork")
        if isinstance(node, ast.Name) and node.id in self.function.bindings:
            return self._all_values(node, self.is_unit_of_work, depth)
        return last_name(node) in _UNIT_OF_WORK

    def is_objects(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether iterating yields Lime objects from the database."""
        if isinstance(node, ast.Call):
            return self._call_gives_objects(node, depth)
        if isinstance(node, ast.GeneratorExp):
            first = node.generators[0]
            same = last_name(node.elt) == last_name(first.target) != ""
            return same and self.is_objects(first.iter, depth)
        if isinstance(node, ast.Name):
            return self._all_values(node, self.is_objects, depth)
        return False

    def _call_gives_objects(self, node: ast.Call, depth: int) -> bool:
        name = last_name(node.func)
        if name == "get_all":
            return True
        if name == "fetch":
            return ".properties." in dotted(node.func)
        if name in ("iter", "filter", "enumerate", "islice") and node.args:
            return self.is_objects(node.args[-1 if name == "filter" else 0], depth)
        called = self.program.called(node, self.function)
        if called is None or depth > _DEEPEST:
            return False
        there = Values(called, self.program)
        results = list(called.results())
        return bool(results) and all(
            there.is_objects(each, depth + 1) for each in results
        )

    def is_object(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression is one Lime object."""
        if isinstance(node, ast.Call):
            return self._call_gives_object(node, depth)
        if isinstance(node, ast.Name) and depth <= _DEEPEST:
            bindings = self.function.bindings.get(node.id, [])
            return bool(bindings) and all(
                (each.how == "each" and self.is_objects(each.value, depth + 1))
                or (each.how == "value" and self.is_object(each.value, depth + 1))
                for each in bindings
            )
        return False

    def _call_gives_object(self, node: ast.Call, depth: int) -> bool:
        name = last_name(node.func)
        if self.is_limetype(node.func):
            return True
        if name == "get" and isinstance(node.func, ast.Attribute):
            return self.is_limetype(node.func.value)
        if name == "next" and node.args:
            return self.is_objects(node.args[0], depth)
        called = self.program.called(node, self.function)
        if called is None or depth > _DEEPEST or called.is_generator:
            return False
        there = Values(called, self.program)
        results = [
            each for each in called.results() if not isinstance(each, ast.Constant)
        ]
        return bool(results) and all(
            there.is_object(each, depth + 1) for each in results
        )

    # --- iterators and lists ------------------------------------------------

    def is_iterator(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression can be iterated only once."""
        if isinstance(node, ast.GeneratorExp):
            return True
        if isinstance(node, ast.Name):
            return self._all_values(node, self.is_iterator, depth)
        if not isinstance(node, ast.Call):
            return False
        name = last_name(node.func)
        if name in _LAZY or name in _READERS:
            return True
        called = self.program.called(node, self.function)
        return called is not None and called.is_generator

    def is_list(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression is a list."""
        if isinstance(node, ast.List | ast.ListComp):
            return True
        if isinstance(node, ast.Call):
            return last_name(node.func) in ("list", "sorted")
        if isinstance(node, ast.Name):
            return self._all_values(node, self.is_list, depth)
        return False

    def is_large(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression has about one element for each row."""
        if depth > _DEEPEST:
            return False
        if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return self.is_large(node.generators[0].iter, depth + 1)
        if isinstance(node, ast.Subscript):
            sliced = isinstance(node.slice, ast.Slice)
            return not sliced and self.is_large(node.value, depth + 1)
        if isinstance(node, ast.Name):
            return self._is_large_name(node.id, depth)
        return isinstance(node, ast.Call) and self._is_large_call(node, depth)

    def _is_large_name(self, name: str, depth: int) -> bool:
        bindings = self.function.bindings.get(name, [])
        if bindings:
            return all(
                each.how in ("value", "with", "changed")
                and (_is_empty(each.value) or self.is_large(each.value, depth + 1))
                for each in bindings
            ) and any(not _is_empty(each.value) for each in bindings)
        if name not in {each.arg for each in self.function.parameters()}:
            return False
        if self.function.is_task:
            return True
        passed = [
            Values(where, self.program).is_large(argument, depth + 1)
            for where, call in self.program.calls_of(self.function)
            if (argument := argument_of(call, self.function, name)) is not None
        ]
        return bool(passed) and all(passed)

    def _is_large_call(self, node: ast.Call, depth: int) -> bool:
        name = last_name(node.func)
        if name in _LARGE_CALLS:
            return not any(each.arg in ("limit", "first") for each in node.keywords)
        if name in _SAME_ROWS or name in ("map", "zip"):
            return any(self.is_large(each, depth + 1) for each in node.args)
        called = self.program.called(node, self.function)
        if called is None:
            return False
        there = Values(called, self.program)
        if called.is_generator:
            return True
        return any(there.is_large(each, depth + 1) for each in called.results())

    # --- queries ------------------------------------------------------------

    def query_of(self, node: ast.Call) -> str | None:
        """Return "query" (SQL) or "request" (HTTP) if a call sends one, else None."""
        name = last_name(node.func)
        if name in ("get_all", "execute_query"):
            return "query"
        if name == "fetch" and ".properties." in dotted(node.func):
            return "query"
        if not isinstance(node.func, ast.Attribute):
            return "request" if name == "urlopen" else None
        base = node.func.value
        if name == "get" and self.is_limetype(base):
            return "query"
        if name in _SQL and _CONNECTION.search(last_name(base).lower()):
            return "query"
        if name == "urlopen" or (name in _HTTP_VERBS and self.is_http_client(base)):
            return "request"
        return None

    def is_http_client(self, node: ast.expr, depth: int = 0) -> bool:
        """Return whether an expression sends HTTP requests."""
        if isinstance(node, ast.Call):
            return last_name(node.func) in _CLIENTS
        if last_name(node) in ("requests", "httpx"):
            return True
        if not isinstance(node, ast.Name):
            return False
        bindings = self.function.bindings.get(node.id, [])
        if bindings and depth <= _DEEPEST:
            return all(self.is_http_client(each.value, depth + 1) for each in bindings)
        constant = self.program.constant(node.id, self.function)
        if constant is not None:
            return self.is_http_client(constant, _DEEPEST)
        annotations = [
            last_name(each.annotation)
            for each in self.function.parameters()
            if each.arg == node.id
        ]
        return any(each in _CLIENTS for each in annotations)

    def _all_values(self, node: ast.Name, test: Test, depth: int) -> bool:
        """Return whether all values that are assigned to a variable pass a test."""
        bindings = self.function.bindings.get(node.id, [])
        return (
            bool(bindings)
            and depth <= _DEEPEST
            and all(
                each.how == "value" and test(each.value, depth + 1) for each in bindings
            )
        )


def _is_empty(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.Constant | ast.Dict) and not (
        getattr(node, "elts", None) or getattr(node, "keys", None)
    )
