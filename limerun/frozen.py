"""A decorator for immutable value classes that is cheap at import time. Pure.

`dataclass(frozen=True, slots=True, kw_only=True)` generates and compiles six methods
for each class. That takes about 1 ms, and a command imports more than a hundred
classes. Here all classes share their methods, which takes a tenth of that.
"""

import sys
from dataclasses import MISSING, FrozenInstanceError, dataclass, field
from functools import partial
from typing import Any, NoReturn, TypeVar

if sys.version_info >= (3, 11):  # noqa: UP036 - for tests, see below
    from typing import dataclass_transform
else:  # tests of the stand-in run under Python 3.10 and import these classes too

    def dataclass_transform(**_: object) -> Any:
        """Return the decorator unchanged; only type checkers need it."""
        return lambda decorator: decorator


_Kind = TypeVar("_Kind", bound=type)


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(field,)
)
def frozen(kind: _Kind) -> _Kind:
    """Make a class a frozen, slotted dataclass with keyword-only parameters."""
    methods: Any = kind
    methods.__init__ = _init
    methods.__setattr__ = methods.__delattr__ = _refuse
    methods.__eq__, methods.__hash__ = _is_equal, _hash
    methods.__repr__, methods.__reduce__ = _repr, _reduce
    decorate: Any = dataclass(
        init=False, repr=False, eq=False, slots=True, kw_only=True
    )
    decorated: _Kind = decorate(kind)
    return decorated


def _init(self: Any, /, **values: object) -> None:
    for name, declared in self.__dataclass_fields__.items():
        if name in values:
            value = values.pop(name)
        elif declared.default is not MISSING:
            value = declared.default
        elif declared.default_factory is not MISSING:
            value = declared.default_factory()
        else:
            raise TypeError(f"{type(self).__name__}: {name!r} is missing")
        object.__setattr__(self, name, value)
    if values:
        raise TypeError(f"{type(self).__name__} has no {', '.join(values)}")
    if hasattr(self, "__post_init__"):
        self.__post_init__()


def _values(self: Any) -> dict[str, object]:
    return {name: getattr(self, name) for name in self.__dataclass_fields__}


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise FrozenInstanceError(f"{type(self).__name__}.{name} cannot change")


def _is_equal(self: object, other: object) -> object:
    if type(other) is not type(self):
        return NotImplemented
    return _values(self) == _values(other)


def _hash(self: object) -> int:
    return hash(tuple(_values(self).values()))


def _repr(self: Any) -> str:
    shown = ", ".join(
        f"{name}={getattr(self, name)!r}"
        for name, declared in self.__dataclass_fields__.items()
        if declared.repr
    )
    return f"{type(self).__qualname__}({shown})"


def _reduce(self: object) -> tuple[partial[object], tuple[()]]:
    return partial(type(self), **_values(self)), ()
