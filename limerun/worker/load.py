"""Import the user's module, find the task in it, and say how it is to be called."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from types import CodeType, FunctionType, MethodType, ModuleType

_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200
_VARIABLE_KEYWORDS = 0x08


class Unloadable(Exception):
    """The task cannot be called as asked; the text says why and what to do."""

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class LoadedTask:
    """A task, ready to be called."""

    def __init__(self, name: str, found: object, package: str) -> None:
        self.name = name
        self.package = package
        self.kind = "function"
        self.call: Callable[..., object] = _called(found, name)
        if self.call is not found:
            self.kind = "celery"
        elif getattr(found, "lime_task", None) is not None:
            self.kind = "lime"
        self.code = _code(self.call)
        _refuse_what_would_not_run(self.code, name)
        self.takes_application = self.kind == "lime" or _is_annotated(self.call)

    @property
    def file(self) -> str | None:
        """Where the task's code is."""
        return self.code.co_filename if self.code else None

    @property
    def folder(self) -> str | None:
        """Where the user's code is: the task's package, or the folder of its file."""
        for path in getattr(sys.modules.get(self.package), "__path__", ()):
            return str(path)
        return os.path.dirname(self.file) if self.file else None

    @property
    def line(self) -> int | None:
        """Where the task is defined, below its decorators."""
        return defining_line(self.code) if self.code else None

    def check_parameters(self, given: dict[str, object]) -> None:
        """Compare keyword arguments with the task's own, where they can be seen.

        Raises:
            Unloadable: One is unknown, or a needed one is missing.
        """
        code = self.code
        if code is None:
            return
        function = function_of(self.call)
        if not isinstance(function, FunctionType):
            return
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        skipped = int(isinstance(self.call, MethodType)) + int(self.takes_application)
        optional = _optional(function)
        wanted = names[skipped:]
        unknown = sorted(set(given) - set(wanted))
        if unknown and not code.co_flags & _VARIABLE_KEYWORDS:
            raise Unloadable(
                f"{self.name} has no parameter {unknown[0]!r}; "
                f"it takes {', '.join(wanted) or 'none'}"
            )
        if names[:1] == ("self",) and "self" not in given and skipped == 0:
            raise Unloadable(
                f"{self.name} is a method of objects of its class; name a function, "
                f"a static method, or the method of an object in the module"
            )
        missing = [
            name for name in wanted if name not in given and name not in optional
        ]
        if missing:
            raise Unloadable(
                f"{self.name} needs the parameter {missing[0]!r}: "
                f"give it under `parameters:` in the config"
            )


def load_task(spec: str, paths: list[str]) -> LoadedTask:
    """Return the task named `package.module:function` or `/path/file.py:function`.

    Raises:
        Unloadable: It is not there, cannot be imported, or would not run.
    """
    place, _, name = spec.rpartition(":")
    module = import_named(place, paths)
    found: object = module
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise Unloadable(_no_such_name(module, place, part)) from None
    return LoadedTask(spec, found, module.__name__.partition(".")[0])


def import_named(place: str, paths: list[str]) -> ModuleType:
    """Return the module `package.module` or `/path/file.py`, imported.

    Raises:
        Unloadable: It is not there, or fails.
    """
    if place.endswith(".py"):
        return _import_file(place)
    sys.path[:0] = [path for path in paths if path not in sys.path]
    return _import(place, lambda: importlib.import_module(place))


def _import_file(path: str) -> ModuleType:
    folder, base = os.path.split(path)
    name = base[: -len(".py")]
    root = folder
    while os.path.exists(os.path.join(root, "__init__.py")):
        root, package = os.path.split(root)
        name = f"{package}.{name}"
    if root not in sys.path:
        sys.path.insert(0, root)
    if root != folder:
        return _import(path, lambda: importlib.import_module(name))
    if name in sys.modules:  # a file that bears the name of a library
        name = f"limerun_task_{name}"

    def run_file() -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} is no Python file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    return _import(path, run_file)


def _import(what: str, importing: Callable[[], ModuleType]) -> ModuleType:
    try:
        return importing()
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and _is_part(error.name, what):
            # What was asked for is itself not there: a traceback says no more.
            raise Unloadable(f"{what} cannot be imported: {error}{_PLACES}") from None
        import traceback

        lines = traceback.format_exception(error)
        text = "".join(line for line in lines if "limerun/worker" not in line)
        raise Unloadable(
            f"{what} cannot be imported: {type(error).__name__}: {error}{_hint(error)}",
            text,
        ) from None


_PLACES = (
    "; it is looked for in the current folder, beside the config and in "
    f"{sys.executable}; is another interpreter meant (python)?"
)


def _is_part(name: str | None, what: str) -> bool:
    return name is not None and (what == name or what.startswith(f"{name}."))


def _hint(error: BaseException) -> str:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return ""
    return (
        f"; install {error.name.partition('.')[0]} in {sys.executable}, or name the "
        f"interpreter that has it (python)"
    )


def _no_such_name(module: ModuleType, place: str, name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, vars(module), n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return f"{place} holds no {name!r}{hint}"


def defining_line(code: CodeType) -> int:
    """Return the line of a function's `def`; the first one where none can be read."""
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


def _called(found: object, name: str) -> Callable[..., object]:
    if hasattr(found, "apply_async") and callable(getattr(found, "run", None)):
        run: Callable[..., object] = found.run  # type: ignore[attr-defined]
        return run
    if isinstance(found, ModuleType):
        raise Unloadable(f"{name} is a module, not a function")
    if not callable(found):
        raise Unloadable(f"{name} is {type(found).__name__}, which cannot be called")
    return found


def function_of(call: object) -> object:
    """Return the plain function behind methods and wrappers."""
    call = call.__func__ if isinstance(call, MethodType) else call
    while hasattr(call, "__wrapped__"):
        call = call.__wrapped__
    return call


def _code(call: object) -> CodeType | None:
    function = function_of(call)
    return function.__code__ if isinstance(function, FunctionType) else None


def _optional(function: FunctionType) -> set[str]:
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    defaults = function.__defaults__ or ()
    return {
        *positional[len(positional) - len(defaults) :],
        *(function.__kwdefaults__ or {}),
    }


def _refuse_what_would_not_run(code: CodeType | None, name: str) -> None:
    flags = code.co_flags if code else 0
    if flags & (_COROUTINE | _ASYNC_GENERATOR):
        raise Unloadable(
            f"{name} is async: calling it would not run it; "
            f"name a plain function that calls asyncio.run"
        )
    if flags & _GENERATOR:
        raise Unloadable(
            f"{name} is a generator: calling it would not run its body; "
            f"name a function that iterates over it"
        )


def _is_annotated(call: Callable[..., object]) -> bool:
    function = function_of(call)
    code = _code(call)
    if code is None or not isinstance(function, FunctionType):
        return False
    position = int(isinstance(call, MethodType))
    if code.co_argcount <= position:
        return False
    annotation = function.__annotations__.get(code.co_varnames[position])
    if isinstance(annotation, str):
        return annotation.strip("'\"").rpartition(".")[2] == "LimeApplication"
    return getattr(annotation, "__name__", None) == "LimeApplication"
