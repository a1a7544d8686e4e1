"""Define the fixed words that record fields may contain, and the number types.

Records use Flag, Count, Whole, Amount or Number instead of bool, int or float: these
define what a document may contain there. pydantic calls them when it reads a record, so
nothing here needs pydantic.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from limerun.frozen import frozen

BudgetLevel = Literal["error", "warning", "off"]
Environment = Literal["cloud", "on-premise"]
Ending = Literal["returned", "raised", "exited", "crashed", "killed", "timeout"]
KilledBecause = Literal[
    "cloud_limit",
    "host_memory",
    "out_of_memory",
    "timeout",
    "time_limit",
    "interrupted",
    "stopped_early",
    "stuck",  # the task returned, but its worker did not exit
    "watcher_lost",
]
TimeLimit = Literal["soft", "hard"]
TaskKind = Literal["lime", "celery", "function"]
SourceFormat = Literal["jsonl", "csv", "parquet", "json"]
Level = Literal["error", "warning", "note"]
RuleLevel = Literal["error", "warning", "note", "off"]

_LARGEST = 2**63
"""Largest number in a record: real bytes, seconds and rows are smaller, and larger ones
cannot be displayed."""


class _AnyJson:
    """Accept any JSON value unchanged."""

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> Any:
        return {"type": "any"}


class _Strict:
    """Accept true or false only: not 1 or "yes"."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], Any]
    ) -> Any:
        return {**handler(source), "strict": True}


@frozen
class _Limited:
    """Accept a number that is not below `least` and not too large to be shown."""

    least: int | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: Callable[[object], Any]
    ) -> Any:
        limit = {} if self.least is None else {"ge": self.least}
        number = {**handler(source), "strict": True, **limit}
        read = {"type": "no-info", "function": _read_number}
        return {"type": "function-wrap", "function": read, "schema": number}


@frozen
class _Documented:
    """Add a keyword to a value's JSON Schema."""

    keyword: str
    content: "Json"

    def __get_pydantic_json_schema__(
        self, core: object, handler: Callable[[object], dict[str, Any]]
    ) -> dict[str, Any]:
        return {**handler(core), self.keyword: self.content}


def _read_number(value: Any, read: Callable[[object], object]) -> object:
    """Return the number as it is written: 600 remains an int where 600.5 is allowed."""
    if isinstance(value, int | float) and not abs(value) < _LARGEST:
        raise ValueError("the number is too large")
    read(value)
    return value


Json = Annotated[
    str | int | float | bool | list["Json"] | dict[str, "Json"] | None, _AnyJson()
]
"""Anything that JSON can represent: a task's result, a value of the config."""
_KINDS = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "null",
}


def kind_of(value: object) -> str:
    """Return the kind of a JSON value, in words."""
    return _KINDS[type(value)]


Flag = Annotated[bool, _Strict()]
Whole = Annotated[int, _Limited()]
ExitCode = Annotated[
    int,
    _Limited(),
    _Documented(keyword="enum", content=[0, 1, 2, 3, 4, 5, 6, 70, 129, 130, 143]),
]
Count = Annotated[int, _Limited(least=0)]
"""For rows, calls and bytes."""
Number = Annotated[float, _Limited()]
Amount = Annotated[float, _Limited(least=0)]
"""For seconds and for shares of a whole."""
