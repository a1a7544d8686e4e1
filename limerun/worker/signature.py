"""Determine which arguments a callable accepts, as far as this is certain.

`functools.wraps` makes a wrapper look like the function that it wraps. The call accepts
what the outermost function accepts; the task's code is in the innermost one.
"""

import importlib
from collections.abc import Iterator
from types import FunctionType, MethodType, ModuleType

from limerun.worker.standard import own_imports

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

_VARIABLE_POSITIONAL = 0x04
_VARIABLE_KEYWORDS = 0x08
_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


class Signature:
    """The parameters of a callable: those of its outermost function."""

    def __init__(self, call: object) -> None:
        self.bound = 0
        """Number of leading parameters that already have a value: self, and those of
        partial."""
        self.preset: set[str] = set()
        """Parameters that `functools.partial` sets by name."""
        self._is_function = type(call) in (FunctionType, MethodType)
        self.function = self._peel(call)
        self.code: CodeType | None = getattr(self.function, "__code__", None)

    def _peel(self, call: object) -> FunctionType | None:
        # Not isinstance: a proxy such as wrapt's imitates the object that it wraps.
        while type(call) is not FunctionType:
            if type(call) is MethodType:
                self.bound += 1
                call = call.__func__
            elif type(call).__name__ == "partial" and hasattr(call, "func"):
                self.bound += len(call.args)  # type: ignore[attr-defined]
                self.preset |= set(call.keywords)  # type: ignore[attr-defined]
                call = call.func
            else:
                called = getattr(type(call), "__call__", None)  # noqa: B004 - what a call runs
                if isinstance(call, type) or type(called) is not FunctionType:
                    return None
                self.bound += 1
                call = called
        return call

    @property
    def takes_more_positions(self) -> bool:
        """True if any number of positional arguments is accepted."""
        return self._has(_VARIABLE_POSITIONAL)

    @property
    def takes_more_names(self) -> bool:
        """True if any keyword argument is accepted."""
        return self._has(_VARIABLE_KEYWORDS)

    def _has(self, flags: int) -> bool:
        return self.code is not None and bool(self.code.co_flags & flags)

    @property
    def positional(self) -> tuple[str, ...]:
        """Parameters that can be passed by position, in order."""
        if self.code is None:
            return ()
        return self.code.co_varnames[self.bound : self.code.co_argcount]

    @property
    def positional_only(self) -> tuple[str, ...]:
        """Parameters that can be passed by position only."""
        if self.code is None:
            return ()
        return self.code.co_varnames[self.bound : self.code.co_posonlyargcount]

    @property
    def keyword_only(self) -> tuple[str, ...]:
        """Parameters that can be passed by name only."""
        if self.code is None:
            return ()
        first = self.code.co_argcount
        return self.code.co_varnames[first : first + self.code.co_kwonlyargcount]

    @property
    def defaults(self) -> dict[str, object]:
        """Optional parameters, with their default values."""
        if self.function is None or self.code is None:
            return {}
        values = self.function.__defaults__ or ()
        names = self.code.co_varnames[: self.code.co_argcount]
        found = dict(zip(names[len(names) - len(values) :], values, strict=True))
        found.update(self.function.__kwdefaults__ or {})
        # Only Typer replaces an option by its value; a plain call gets the option.
        return {
            name: value
            for name, value in found.items()
            if type(value).__module__ != "typer.models"
        }

    def is_named(self, name: str) -> bool:
        """Return whether the function's own code has this name."""
        return self.code is not None and self.code.co_name == name

    def why_not_run(self) -> str:
        """Return why a call would not run the body; "" if it runs it, or may run it.

        For an object or a `partial`, this is known only after the call.
        """
        if not self._is_function:
            return ""
        if self._has(_COROUTINE | _ASYNC_GENERATOR):
            return (
                "is async: calling it would not run it; "
                "name a plain function that calls asyncio.run"
            )
        if self._has(_GENERATOR):
            return (
                "is a generator: calling it would not run its body; "
                "name a function that iterates over it"
            )
        if _made_by(self.function, "contextlib") and self.is_named("helper"):
            return (
                "is a context manager: calling it would not run its body; "
                "name a function that enters it"
            )
        return ""


def functions_of(call: object) -> Iterator[Signature]:
    """Yield the functions that a call passes through, by following `__wrapped__`."""
    seen: set[int] = set()
    while id(call) not in seen:
        seen.add(id(call))
        signature = Signature(call)
        yield signature
        for holder in (call, signature.function):
            if hasattr(holder, "__wrapped__"):
                call = holder.__wrapped__
                break


def function_of(call: object) -> object:
    """Return the plain function inside methods and wrappers."""
    *_, last = functions_of(call)
    return last.function


def given_by_position(call: object) -> list[str]:
    """Return the parameters that must be passed by position, in order.

    A wrapper that takes any argument passes it on unchanged, so the parameters of the
    function that it wraps count too.
    """
    names: list[str] = []
    more = skipped = 0
    for each in functions_of(call):
        names += each.positional[skipped : skipped + more]
        names += [name for name in each.positional_only if name not in names]
        if not each.takes_more_positions:
            break
        more = _handed_on_by_position(each)
        skipped = int(more == 1 and each.is_named("_method"))  # for `self`
    return names


def _handed_on_by_position(wrapper: Signature) -> int:
    """Return how many leading parameters a wrapper accepts by position only."""
    if not wrapper.takes_more_names:
        return 255
    function = wrapper.function
    # singledispatch chooses the function by the first positional argument.
    return int(hasattr(function, "register") and _made_by(function, "functools"))


def _made_by(function: FunctionType | None, module: str) -> bool:
    return function is not None and function.__globals__.get("__name__") == module


def application_parameter(call: object) -> "tuple[bool, str]":
    """Return whether a call takes the application; and its name, if keyword-only."""
    for each in functions_of(call):
        if each.function is None:
            continue
        first = each.positional[:1]
        for name in (*first, *each.keyword_only):
            annotation = _annotations(each.function).get(name)
            if _is_application(annotation, each.function.__globals__):
                return True, "" if name in first else name
    return False, ""


def _annotations(function: FunctionType) -> dict[str, object]:
    try:
        return function.__annotations__
    except NameError:  # since Python 3.14; a name may be for type checkers only
        annotationlib = importlib.import_module("annotationlib")
        form = annotationlib.Format.FORWARDREF
        found: dict[str, object] = annotationlib.get_annotations(function, format=form)
        return found


_APPLICATION = "LimeApplication"


def _is_application(annotation: object, names: dict[str, object]) -> bool:
    """Return whether an annotation is LimeApplication, or LimeApplication | None."""
    annotation = getattr(annotation, "__forward_arg__", annotation)
    if isinstance(annotation, str):
        return _text_is_application(annotation, names)
    if hasattr(annotation, "__metadata__"):  # Annotated[...]
        return _is_application(annotation.__origin__, names)  # type: ignore[attr-defined]
    if _is_union(annotation):
        parts = annotation.__args__  # type: ignore[attr-defined]
        return any(_is_application(part, names) for part in parts)
    for link in ("__value__", "__supertype__", "__bound__"):
        if hasattr(annotation, link):  # type X = ..., NewType, TypeVar
            return _is_application(getattr(annotation, link), names)
    return getattr(annotation, "__name__", None) == _APPLICATION


def _is_union(annotation: object) -> bool:
    origin = str(getattr(annotation, "__origin__", ""))
    return type(annotation).__name__ in ("UnionType", "Union") or (
        origin == "typing.Union"
    )


def _text_is_application(text: str, names: dict[str, object]) -> bool:
    if text.rpartition(".")[2] == _APPLICATION:
        return True
    if text.isidentifier():
        found = names.get(text)
        return not isinstance(found, str) and _is_application(found, names)
    with own_imports():
        import ast

    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return any(_is_application(part, names) for part in _alternatives(tree))


def _alternatives(node: "object") -> Iterator[str]:
    """Yield the types that an annotation given as text allows: a union's members."""
    with own_imports():
        import ast

    if isinstance(node, ast.BinOp):
        yield from _alternatives(node.left)
        yield from _alternatives(node.right)
    elif isinstance(node, ast.Subscript):
        within = node.slice
        parts = within.elts if isinstance(within, ast.Tuple) else [within]
        what = ast.unparse(node.value).rpartition(".")[2]
        if what == "Annotated":
            parts = parts[:1]
        if what in ("Annotated", "Optional", "Union"):
            for part in parts:
                yield from _alternatives(part)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name | ast.Attribute):
        yield ast.unparse(node)


def why_refused(found: object, name: str) -> str:
    """Return why a call would not run a task, and what to name; "" if it may."""
    module = str(type(found).__module__)
    if isinstance(found, ModuleType):
        return "is a module, not a function"
    if isinstance(found, type) and hasattr(found, "apply_async"):
        return "is a class; name an instance of it (app.register_task(...))"
    if isinstance(found, dict) and hasattr(found, "apply_async"):
        return "is a Celery signature; name the task itself"
    if hasattr(found, "callback") and hasattr(found, "make_context"):
        return _why_no_command(found, name)
    if module.startswith("typer") and hasattr(found, "registered_commands"):
        return "is a typer app; name the function of one of its commands"
    if module.startswith("huey") and hasattr(found, "call_local"):
        return f"is a huey task, which a call only sends; name {name}.call_local"
    if not callable(found):
        return f"is {type(found).__name__}, which cannot be called"
    return ""


def _why_no_command(command: object, name: str) -> str:
    if hasattr(command, "commands"):
        return "is a click group; name the callback of one of its commands"
    return f"is a click command; name its callback ({name}.callback)"
