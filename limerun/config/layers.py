"""Override the config file with environment variables and options; note the origins.

Environment variables start with `LIMERUN_`; options include `--set KEY=VALUE`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from limerun.config.file import Document, parse_document
from limerun.config.model import ANY, sections
from limerun.config.problems import (
    NO_VALUE,
    ConfigProblems,
    KeyPath,
    Place,
    Problem,
)
from limerun.nearest_name import right_names

PREFIX = "LIMERUN_"
READ_ELSEWHERE = frozenset({"LIMERUN_CACHE"})
_NUMBER = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_NOT_IN_A_NAME = re.compile(r"[^A-Z0-9]")


class Origin(IntEnum):
    """Where a value comes from; the origin with the highest number takes precedence."""

    DEFAULT = 0
    CONFIG = 1
    ENVIRONMENT = 2
    OPTION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overlay:
    path: KeyPath
    origin: Origin
    name: str


class Layers:
    """The config's values after each layer, with their positions."""

    def __init__(self, document: Document, values: dict[str, object]) -> None:
        self.values = values
        self._document = document
        self._overlays: list[_Overlay] = []
        self._mounts: dict[KeyPath, Document] = {}

    def lay(
        self, path: KeyPath, value: object, origin: Origin, name: str
    ) -> Problem | None:
        """Override a value; return a problem if its parent is not a section."""
        section = self.values
        for length, part in enumerate(path[:-1], start=1):
            inner = section.get(str(part))
            if inner is None:
                inner = section[str(part)] = {}
            if not isinstance(inner, dict):
                text = "is not a section, so keys in it cannot be set"
                place = Place(name=name)
                return Problem(place=place, path=path[:length], text=text, value=inner)
            section = inner
        section[str(path[-1])] = value
        self.mark(path, origin, name)
        return None

    def mark(self, path: KeyPath, origin: Origin, name: str) -> None:
        """Record the origin of the value at a key path."""
        self._overlays.append(_Overlay(path=path, origin=origin, name=name))

    def mount(self, path: KeyPath, document: Document) -> None:
        """Insert the content of another file at a key path."""
        section = self.section(path[:-1])
        section[str(path[-1])] = document.value
        self._mounts[path] = document

    def value(self, path: KeyPath) -> object:
        """Return the value at a key path, or NO_VALUE."""
        value: object = self.values
        for part in path:
            try:
                value = value[part]  # type: ignore[index]
            except (LookupError, TypeError):
                return NO_VALUE
        return value

    def section(self, path: KeyPath) -> dict[str, object]:
        """Return the mapping at a key path, or an empty one."""
        value = self.value(path)
        return value if isinstance(value, dict) else {}

    def place(self, path: KeyPath, *, at_key: bool = False) -> Place:
        """Return the place of the value at a key path, or of its key."""
        for mounted, document in self._mounts.items():
            if len(path) > len(mounted) and path[: len(mounted)] == mounted:
                return document.place(path[len(mounted) :], at_key=at_key)
        if overlay := self._overlay(path):
            return Place(name=overlay.name)
        return self._document.place(path, at_key=at_key)

    def problem(self, path: KeyPath, text: str, *, at_key: bool = False) -> Problem:
        """Return a problem at a key path, with its place and value."""
        place = self.place(path, at_key=at_key)
        return Problem(place=place, path=path, text=text, value=self.value(path))

    def origin(self, path: KeyPath) -> Origin:
        """Return the highest origin of the value at a key path, or of a part of it."""
        known = path in self._document.values
        below = Origin.CONFIG if known else Origin.DEFAULT
        above = [
            overlay.origin
            for overlay in self._overlays
            if all(a == b for a, b in zip(overlay.path, path, strict=False))
        ]
        return max([below, *above])

    def _overlay(self, path: KeyPath) -> _Overlay | None:
        for overlay in reversed(self._overlays):
            if path[: len(overlay.path)] == overlay.path:
                return overlay
        return None


def lay_environment(
    layers: Layers, environ: Mapping[str, str], warn: Callable[[str], None]
) -> Iterator[Problem]:
    """Apply the environment variables that name a key; yield the problems.

    An empty variable counts as not set. A variable that names no key causes only a
    warning: links between containers create LIMERUN_PORT and similar names.
    """
    variables = {
        name: text
        for name, text in environ.items()
        if name.startswith(PREFIX) and name not in READ_ELSEWHERE and text
    }
    if not variables:
        return
    paths: dict[str, KeyPath] = {}
    for path in _known_paths(layers):
        paths.setdefault(_variable(path), path)
    for name, text in sorted(variables.items()):
        if name not in paths:
            near = right_names(name, [*paths, *READ_ELSEWHERE])
            warn(f"{name}: ignored, because it matches no key of the config{near}")
            continue
        yield from _lay_text(layers, paths[name], text, (Origin.ENVIRONMENT, name))


def lay_options(
    layers: Layers, options: Mapping[str, object], sets: Sequence[str]
) -> Iterator[Problem]:
    """Apply options and then `--set KEY=VALUE`; yield the problems."""
    for key, value in options.items():
        if value is None:
            continue
        name = f"--{key.rpartition('.')[2].replace('_', '-')}"
        if key == "timeout" and _NUMBER.fullmatch(str(value)):
            value = f"{value} s"  # the option's unit
        problem = layers.lay(split_key(key), value, Origin.OPTION, name)
        if problem:
            yield problem
    for each in sets:
        key, equals, text = each.partition("=")
        key = key.strip()
        if not equals or not all(split_key(key)):
            hint = "write --set KEY=VALUE, like --set budget.memory=150MB"
            yield Problem(place=Place(name="--set"), text=hint, value=each)
            continue
        name = f"--set {key}"
        yield from _lay_text(layers, split_key(key), text, (Origin.OPTION, name))


def split_key(key: str) -> tuple[str, ...]:
    """Return a dotted key as a path; names of properties and rules contain a dot."""
    parts = key.split(".")
    if parts[0] == "rules" and len(parts) > 2:
        parts[1:] = [".".join(parts[1:])]
    if parts[:2] == ["dataset", "properties"] and len(parts) > 3:
        parts[2:4] = [".".join(parts[2:4])]
    return tuple(parts)


def _variable(path: KeyPath) -> str:
    text = "_".join(str(part) for part in path).upper()
    return PREFIX + _NOT_IN_A_NAME.sub("_", text)


def _lay_text(
    layers: Layers, path: KeyPath, text: str, source: tuple[Origin, str]
) -> Iterator[Problem]:
    origin, name = source
    try:
        value = parse_document(text, name=name).value
    except ConfigProblems as error:
        for found in error.problems:
            yield Problem(
                place=Place(name=name), path=path, text=found.text, value=text
            )
        return
    if problem := layers.lay(path, value, origin, name):
        yield problem


def _known_paths(layers: Layers) -> Iterator[KeyPath]:
    """Yield every key path that can be set: those of the model, and those in use."""
    for section, model in sections():
        for path in _with_user_names(layers, section):
            yield from ((*path, name) for name in model.model_fields)
    for path in _FREE_SECTIONS:
        yield from _paths_inside(path, layers.section(path))


_FREE_SECTIONS: tuple[KeyPath, ...] = (
    ("parameters",),
    ("environment_variables",),
    ("rules",),
    ("runtime_config",),
    ("dataset", "rows"),
    ("dataset", "properties"),
    ("production", "rows"),
)


"""Sections whose keys the user chooses."""


def _paths_inside(path: KeyPath, section: Mapping[str, object]) -> Iterator[KeyPath]:
    for name, value in section.items():
        yield (*path, name)
        if isinstance(value, Mapping):
            yield from _paths_inside((*path, name), value)


def _with_user_names(layers: Layers, section: tuple[str, ...]) -> Iterator[KeyPath]:
    """Yield a section's path once for each user-chosen name in place of ANY."""
    if ANY not in section:
        yield section
        return
    at = section.index(ANY)
    for name in layers.section(section[:at]):
        yield (*section[:at], name, *section[at + 1 :])
