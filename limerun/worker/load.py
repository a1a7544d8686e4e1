"""Import the user's module, find the task in it, and work out how to call it."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType

from limerun.worker.celery_tasks import count_what_is_sent
from limerun.worker.signature import (
    Signature,
    application_parameter,
    function_of,
    given_by_position,
    why_refused,
)
from limerun.worker.standard import import_standard, own_imports, put_first


class Unloadable(Exception):
    """The task cannot be called as configured; the text says why and what to do."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class LoadedTask:
    """A task, ready to be called."""

    def __init__(self, name: str, found: object, package: str) -> None:
        self.name = name
        self.package = package
        self.kind = "function"
        if why := why_refused(found, os.path.basename(name)):
            raise Unloadable(f"{name} {why}")
        self.call: Callable[..., object] = found  # type: ignore[assignment]
        body = checked = found
        if is_celery_task(found):
            with own_imports():
                from limerun.worker.celery_tasks.call import CeleryCall

            self.kind = "celery"
            self.call = CeleryCall(found)
            body, checked = self.call.body, self.call.checked
        elif getattr(found, "lime_task", None) is not None:
            self.kind = "lime"
        self._body = body
        self._signature = Signature(checked)
        if why := Signature(body).why_not_run():
            raise Unloadable(f"{name} {why}")
        function = function_of(body)
        self.code = function.__code__ if isinstance(function, FunctionType) else None
        takes, self._application_name = application_parameter(body)
        self.takes_application = takes or self.kind == "lime"

    @property
    def file(self) -> str | None:
        """The file of the task's code."""
        return self.code.co_filename if self.code else None

    @property
    def folder(self) -> str | None:
        """The folder of the user's code: that of the task's package, or of its file."""
        for path in getattr(sys.modules.get(self.package), "__path__", ()):
            return str(path)
        return os.path.dirname(self.file) if self.file else None

    @property
    def line(self) -> int | None:
        """The line of the task's definition, below its decorators."""
        return defining_line(self.code) if self.code else None

    def open(
        self, handler: "dict[str, float | None] | None", send: Callable[..., None]
    ) -> None:
        """Prepare the call, before the baseline is measured.

        Args:
            handler: Time limits of the task handler; None: enforce none.
            send: Sends a message to the watcher.
        """
        if self.kind == "celery" or any((handler or {}).values()):
            with own_imports():
                from limerun.worker.limits import AttemptLimits

            limits = AttemptLimits(handler, send)
            if self.kind == "celery":
                self.call.open(limits, send)  # type: ignore[attr-defined]
            else:
                self.call = limits.around(self.call)
        count_what_is_sent()

    def check_parameters(self, given: dict[str, object]) -> None:
        """Compare keyword arguments with the task's parameters, if these are known.

        Raises:
            Unloadable: A parameter is unknown, or a required one is missing.
        """
        signature = self._signature
        if signature.code is None:
            return
        by_position = signature.positional[int(self._is_application_first) :]
        takes = [*by_position, *signature.keyword_only]
        wanted = [name for name in takes if name != self._application_name]
        unknown = sorted(set(given) - set(wanted) - set(given_by_position(self._body)))
        if unknown and not signature.takes_more_names:
            raise Unloadable(
                f"{self.name} has no parameter {unknown[0]!r}; "
                f"it takes {', '.join(wanted) or 'none'}"
            )
        if wanted[:1] == ["self"] and "self" not in given and not signature.bound:
            raise Unloadable(
                f"{self.name} is a method of objects of its class; name a function, "
                f"a static method, or the method of an object in the module"
            )
        known = {*given, *signature.defaults, *signature.preset}
        missing = [name for name in wanted if name not in known]
        if missing:
            raise Unloadable(
                f"{self.name} needs the parameter {missing[0]!r}: "
                f"set it under `parameters:` in the config"
            )

    def arrange(
        self, arguments: list[object], parameters: dict[str, object]
    ) -> tuple[list[object], dict[str, object]]:
        """Return the positional arguments and the keyword arguments for the call.

        Args:
            arguments: The application, if the task takes it.
            parameters: The parameters from the config, by name.
        """
        named = dict(parameters)
        if arguments and self._application_name:
            named[self._application_name] = arguments[0]
            arguments = []
        names = given_by_position(self._body)[len(arguments) :]
        while names and names[-1] not in named:
            names.pop()
        defaults = self._signature.defaults
        placed = [
            named.pop(name, defaults.get(name))
            for name in names
            if name in named or name in defaults
        ]
        return [*arguments, *placed], named

    @property
    def _is_application_first(self) -> bool:
        return self.takes_application and not self._application_name


def load_task(spec: str, paths: list[str]) -> LoadedTask:
    """Return the task named `package.module:function` or `/path/file.py:function`.

    Raises:
        Unloadable: The task does not exist, cannot be imported, or would not run.
    """
    place, _, name = spec.rpartition(":")
    module = import_named(place, paths)
    found: object = module
    for part in name.split("."):
        found = _attribute(found, part, place)
    package = getattr(module, "__name__", place).partition(".")[0]
    return LoadedTask(spec, found, package)


def _attribute(holder: object, name: str, place: str) -> object:
    """Return an attribute of a module or class; this may run the user's code."""
    try:
        return getattr(holder, name)
    except AttributeError as error:
        raise Unloadable(_no_such_name(holder, place, name, error)) from None
    except BaseException as error:
        raise _failed(f"{place}: {name} cannot be loaded", error) from None


def import_named(place: str, paths: list[str]) -> ModuleType:
    """Return the module `package.module` or `/path/file.py`, imported.

    Raises:
        Unloadable: The module does not exist, or its import fails.
    """
    if place.endswith(".py"):
        return _import_file(place)
    put_first(paths)
    return _import(place, lambda: importlib.import_module(place))


def _import_file(path: str) -> ModuleType:
    folder, base = os.path.split(path)
    name = base[: -len(".py")]
    root = folder
    if base == "__init__.py":
        root, name = os.path.split(folder)
    while os.path.exists(os.path.join(root, "__init__.py")):
        root, package = os.path.split(root)
        name = f"{package}.{name}"
    put_first([root])
    if "." in name or base == "__init__.py":
        return _import(path, lambda: importlib.import_module(name))
    if name in sys.modules:  # the file has the name of a library
        name = f"limerun_task_{name}"

    def run_file() -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is not a Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return sys.modules.get(name, module)  # it may replace itself

    return _import(path, run_file)


def _import(what: str, importing: Callable[[], ModuleType]) -> ModuleType:
    try:
        return importing()
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and _is_part(error.name, what):
            # The module itself does not exist: a traceback would add nothing.
            raise Unloadable(f"{what} cannot be imported: {error}{_PLACES}") from None
        raise _failed(f"{what} cannot be imported", error) from None


def _failed(what: str, error: BaseException) -> Unloadable:
    lines = import_standard("traceback").format_exception(error)
    text = "".join(line for line in lines if "limerun/worker" not in line)
    return Unloadable(f"{what}: {type(error).__name__}: {error}{_hint(error)}", text)


_PLACES = (
    "; limerun searched the current folder, the config's folder and "
    f"{sys.executable}; to use another interpreter, set `python`"
)


def _is_part(name: str | None, what: str) -> bool:
    return name is not None and (what == name or what.startswith(f"{name}."))


def _hint(error: BaseException) -> str:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    if "`python:`" in str(error):  # the stand-in's text already says what to do
        return ""
    return (
        f"; install {error.name.partition('.')[0]} in {sys.executable}, or set "
        f"`python` to the interpreter that has it"
    )


def _no_such_name(holder: object, place: str, name: str, error: AttributeError) -> str:
    if error.name not in (None, name):  # raised by the module's code
        return f'{place} has no "{name}": {error}'
    with own_imports():
        from limerun.nearest_name import did_you_mean

        return f'{place} has no "{name}"{did_you_mean(name, dir(holder))}'


def defining_line(code: CodeType) -> int:
    """Return the line of a function's `def`, or its first line if there is none."""
    first = code.co_firstlineno
    try:
        with open(code.co_filename, encoding="utf-8") as source:
            lines = list(source)[first - 1 :]
    except (OSError, ValueError):
        return first
    if not lines or not lines[0].lstrip().startswith("@"):
        return first
    defined = (
        number
        for number, text in enumerate(lines, first)
        if text.lstrip().startswith(("def ", "async def "))
    )
    return next(defined, first)


def is_celery_task(found: object) -> bool:
    """Return whether this object is a Celery task, or a proxy for one."""
    if "celery._state" not in sys.modules:
        return False
    finalize_apps()
    from celery.app.task import Task

    return isinstance(found, Task)


def finalize_apps() -> None:
    """Make Celery's apps create their tasks, as a worker does when it starts."""
    state = sys.modules.get("celery._state")
    for app in state._get_active_apps() if state is not None else ():
        try:
            app.finalize()
        except Exception as error:
            raise _failed("the Celery app cannot be set up", error) from None
