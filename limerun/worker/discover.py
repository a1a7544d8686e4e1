"""Find the tasks in a module or package."""

import os
import re
import sys
from types import FunctionType, ModuleType

from limerun.worker.load import (
    Unloadable,
    defining_line,
    finalize_apps,
    import_named,
    is_celery_task,
)
from limerun.worker.protocol import MENTIONS_TASKS
from limerun.worker.signature import function_of
from limerun.worker.standard import apart, own_imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pkgutil import ModuleInfo

Found = dict[str, object]


def find_tasks(places: list[str], paths: list[str]) -> tuple[list[Found], list[str]]:
    """Return the tasks in files, a module or a package, and what failed to import.

    Each task is {name, kind, signature, docstring, qos, file, line}, in source order;
    `name` is its name in a config, relative to the first of `paths`.

    Raises:
        Unloadable: There is only one place to search, and it cannot be imported.
    """
    notes: list[str] = []
    named: list[tuple[ModuleType | None, str]]
    if len(places) == 1:
        module = import_named(places[0], paths)
        modules = [module] if places[0].endswith(".py") else _modules_of(module, notes)
        named = [(module, places[0]) for module in modules]
    else:
        sys.path[:0] = paths
        named = [(_import_noting(place, notes), place) for place in places]
    finalize_apps()
    found = [
        _described(_name(module, place, paths, name), value)
        for module, place in dict.fromkeys(named)
        if module is not None
        for name, value in _tasks_of(module)
    ]
    return sorted(found, key=lambda task: (str(task["file"]), task["line"])), notes


def refuse_module(place: str, paths: list[str]) -> None:
    """Raise an error that lists a module's tasks, since the config must name one.

    Raises:
        Unloadable: Always.
    """
    names = [str(task["name"]) for task in find_tasks([place], paths)[0]]
    if not names:
        raise Unloadable(
            f"{place} contains no task; name a function, like {place}:my_function"
        )
    raise Unloadable(
        f"{place} is a module; name one of its tasks:\n"
        + "\n".join(f"  task: {name}" for name in names)
    )


def _name(module: ModuleType, place: str, paths: list[str], name: str) -> str:
    """Return the name of a task in a config: with its module, if that is importable."""
    if place.endswith(".py"):
        root = place
        for _ in range(module.__name__.count(".") + 1):
            root = os.path.dirname(root)
        is_package = "." in module.__name__ or place.endswith("__init__.py")
        if place.endswith("__init__.py"):
            root = os.path.dirname(root)
        if root not in paths or not is_package:
            return f"{os.path.relpath(place, paths[0])}:{name}"
    return f"{module.__name__}:{name}"


def _modules_of(module: ModuleType, notes: list[str]) -> list[ModuleType]:
    """Return a module, and a package's modules that may contain tasks, except tests.

    A package lists such modules in `get_task_modules()`, defined in the package itself
    or in its module `tasks`.
    """
    found = [module]
    for each in _searched(module, notes):
        imported = _import_noting(each, notes)
        if imported is not None:
            found.append(imported)
    for holder in list(found):
        get_task_modules = getattr(holder, "get_task_modules", None)
        if callable(get_task_modules):
            found += get_task_modules()
    return list(dict.fromkeys(found))


def _searched(package: ModuleType, notes: list[str]) -> "Iterator[str]":
    with own_imports():
        import pkgutil

    def note(name: str) -> None:
        _import_noting(name, notes)

    paths = getattr(package, "__path__", None)
    if paths is None:
        return
    for found in pkgutil.walk_packages(paths, f"{package.__name__}.", onerror=note):
        if not _TESTS.search(found.name) and _may_hold_tasks(found):
            yield found.name


_TESTS = re.compile(r"\.(tests?|test_[^.]*|[^.]*_test|conftest|__main__)(\.|$)")


def _may_hold_tasks(module: "ModuleInfo") -> bool:
    spec = module.module_finder.find_spec(module.name, None)
    origin = getattr(spec, "origin", None)
    if origin is None or not origin.endswith(".py"):
        return True
    try:
        with open(origin, "rb") as file:
            return re.search(MENTIONS_TASKS, file.read()) is not None
    except OSError:
        return False


def _import_noting(place: str, notes: list[str]) -> ModuleType | None:
    """Return a module; if its import fails, add a one-line note and return None."""
    try:
        with apart():
            return import_named(place, [])
    except Unloadable as error:
        text = f"left out {error}"
        if text not in notes:
            notes.append(text)
        return None


def _tasks_of(module: ModuleType) -> list[tuple[str, object]]:
    found = []
    for name, value in list(vars(module).items()):
        try:
            task = _evaluated(value)
            if _is_task(task) and getattr(task, "__module__", None) == module.__name__:
                found.append((name, task))
        except Exception:  # such as Flask's proxies outside a request
            continue
    return found


def _evaluated(value: object) -> object:
    """Return the object behind a Celery proxy; other objects are returned unchanged."""
    if not type(value).__module__.startswith("celery."):
        return value
    evaluate = getattr(value, "_get_current_object", None)
    return value if evaluate is None else evaluate()


def _is_task(value: object) -> bool:
    if isinstance(value, type):
        return False
    return is_celery_task(value) or getattr(value, "lime_task", None) is not None


def _described(name: str, task: object) -> Found:
    with own_imports():
        import inspect

    is_lime = getattr(task, "lime_task", None)
    call = task if is_lime is not None else getattr(task, "run", task)
    function = function_of(call)
    code = function.__code__ if isinstance(function, FunctionType) else None
    try:
        signature = str(inspect.signature(call))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        signature = "(...)"
    return {
        "name": name,
        "kind": "celery" if is_lime is None else "lime",
        "signature": signature,
        "docstring": inspect.getdoc(task),
        "qos": is_lime.get("qos") if isinstance(is_lime, dict) else None,
        "file": code.co_filename if code else None,
        "line": defining_line(code) if code else 0,
    }
