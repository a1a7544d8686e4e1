"""Show a config's problems and values, with secrets masked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from limerun.config.masking import MASK, looks_secret, mask_at
from limerun.errors import ConfigError

if TYPE_CHECKING:
    from limerun.records import Json

KeyPath = tuple[str | int, ...]
"""The place of a value in the config: ("dataset", "rows", "deal")."""

NO_VALUE: Final = object()
MOST_SHOWN = 10
_LONGEST_VALUE = 60
_WHOLE = (("parameters",), ("runtime_config",))
"""Sections whose values are shown on one line each, even nested ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line and column of a file, counted from 1, or an option or variable."""

    name: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        if self.line is None:
            return self.name
        return f"{self.name}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem in a config, shown on one line."""

    place: Place
    text: str
    path: KeyPath = ()
    value: object = NO_VALUE

    def __str__(self) -> str:
        parts = [str(self.place)]
        if self.path:
            parts.append(show_path(self.path))
        if self.value is not NO_VALUE:
            parts.append(show_value(self._shown()))
        return ": ".join([*parts, self.text])

    def _shown(self) -> object:
        """Return the value with secrets masked, even if its key is misplaced."""
        if self.path and looks_secret(str(self.path[-1])):
            return MASK
        return mask_at(self.path, self.value)


class ConfigProblems(ConfigError):
    """All problems of a config, by file and line; the message shows at most ten."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        different = {str(problem): problem for problem in problems}
        self.problems = sorted(different.values(), key=_order)
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if left := len(self.problems) - len(lines):
            lines.append(f"... and {left} more")
        super().__init__("\n".join(lines))


def _order(problem: Problem) -> tuple[bool, str, int, int]:
    place = problem.place
    return place.line is None, place.name, place.line or 0, place.column or 0


def show_path(path: KeyPath) -> str:
    """Return a key path as users write it: dataset.rows.deal, parameters.ids[0]."""
    text = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".")


def show_value(value: object) -> str:
    """Return a value on one line, shortened if it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > _LONGEST_VALUE:
        return text[: _LONGEST_VALUE - 3] + "..."
    return text


def flatten(values: Mapping[str, object]) -> "Iterator[tuple[KeyPath, Json]]":
    """Yield each key path and its value, with secrets masked.

    Of limetypes only the names are shown. A parameter of the task is one value, even
    a nested one.

    Args:
        values: The config as nested mappings, sizes in bytes and times in seconds.
    """
    for name, value in values.items():
        yield from _flat((name,), value)


def _flat(path: KeyPath, value: object) -> "Iterator[tuple[KeyPath, Json]]":
    if path == ("dataset", "limetypes") and isinstance(value, Mapping):
        yield path, sorted(value)
    elif isinstance(value, Mapping) and value and path[:-1] not in _WHOLE:
        for name, each in value.items():
            yield from _flat((*path, str(name)), each)
    else:
        yield path, _plain(mask_at(path, value))


def _plain(value: object) -> "Json":
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value)
