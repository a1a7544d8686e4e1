"""Find the tasks that a module or a package holds."""

import importlib.util
import re
from types import FunctionType, ModuleType

from limerun.worker.load import Unloadable, defining_line, function_of, import_named

Found = dict[str, object]


def find_tasks(place: str, paths: list[str]) -> list[Found]:
    """Return the tasks of a package that has `get_task_modules`, or of a module.

    Each is {name, kind, signature, docstring, qos, file, line}, in the order of
    the code; `name` is how a config asks for it.

    Raises:
        Unloadable: The module or one of the package's cannot be imported.
    """
    module = import_named(place, paths)
    found = [
        _described(name, value)
        for each in _task_modules(module)
        for name, value in _tasks_of(each)
    ]
    return sorted(found, key=lambda task: (str(task["file"]), task["line"]))


def refuse_module(place: str, paths: list[str]) -> None:
    """Say which tasks a module holds, since one of them must be asked for.

    Raises:
        Unloadable: Always.
    """
    names = [str(task["name"]) for task in find_tasks(place, paths)]
    if not names:
        raise Unloadable(
            f"{place} holds no task; name a function, like {place}:my_function"
        )
    raise Unloadable(
        f"{place} is a module; name one of its tasks:\n"
        + "\n".join(f"  task: {name}" for name in names)
    )


def _task_modules(module: ModuleType) -> list[ModuleType]:
    """Return the modules that a package says hold tasks, or else all that it has.

    A package says so by `get_task_modules()`, in itself or in its `tasks`. One that
    does not is searched: its `tasks`, or all of it where there is none, but for tests.
    """
    tasks = _tasks_package(module)
    for holder in filter(None, (module, tasks)):
        get_task_modules = getattr(holder, "get_task_modules", None)
        if callable(get_task_modules):
            return list(get_task_modules())
    searched = tasks or module
    return [searched, *map(_import_found, _modules_in(searched))]


def _tasks_package(module: ModuleType) -> ModuleType | None:
    """Return `<package>.tasks`, where solutions keep their tasks."""
    if not hasattr(module, "__path__"):
        return None
    name = f"{module.__name__}.tasks"
    if importlib.util.find_spec(name) is None:
        return None
    return import_named(name, [])


def _modules_in(package: ModuleType) -> list[str]:
    import pkgutil

    paths = getattr(package, "__path__", None)
    if paths is None:
        return []
    return [
        found.name
        for found in pkgutil.walk_packages(paths, f"{package.__name__}.")
        if not _TESTS.search(found.name)
    ]


_TESTS = re.compile(r"\.(tests?|test_[^.]*|[^.]*_test|conftest|__main__)(\.|$)")


def _import_found(name: str) -> ModuleType:
    return import_named(name, [])


def _tasks_of(module: ModuleType) -> list[tuple[str, object]]:
    return [
        (f"{module.__name__}:{name}", value)
        for name, value in vars(module).items()
        if _is_task(value) and getattr(value, "__module__", None) == module.__name__
    ]


def _is_task(value: object) -> bool:
    if isinstance(value, type):
        return False
    is_celery = hasattr(value, "apply_async") and callable(getattr(value, "run", None))
    return is_celery or getattr(value, "lime_task", None) is not None


def _described(name: str, task: object) -> Found:
    import inspect

    is_lime = getattr(task, "lime_task", None)
    call = task if is_lime is not None else getattr(task, "run", task)
    function = function_of(call)
    code = function.__code__ if isinstance(function, FunctionType) else None
    return {
        "name": name,
        "kind": "celery" if is_lime is None else "lime",
        "signature": str(inspect.signature(call)) if callable(call) else "",
        "docstring": inspect.getdoc(task),
        "qos": is_lime.get("qos") if isinstance(is_lime, dict) else None,
        "file": code.co_filename if code else None,
        "line": defining_line(code) if code else 0,
    }
