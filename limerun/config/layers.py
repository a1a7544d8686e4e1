"""Lay the environment and the options over the file, and remember who said what."""

from dataclasses import dataclass
from enum import IntEnum

from limerun.config.file import Document
from limerun.config.problems import NO_VALUE, KeyPath, Place, Problem


class Origin(IntEnum):
    """Where a value came from; the higher one wins."""

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
    """The config's values as they are after each layer, with their places."""

    def __init__(self, document: Document, values: dict[str, object]) -> None:
        self.values = values
        self._document = document
        self._overlays: list[_Overlay] = []
        self._mounts: dict[KeyPath, Document] = {}

    def lay(
        self, path: KeyPath, value: object, origin: Origin, name: str
    ) -> Problem | None:
        """Put a value over what is there; say so where a section is in its way."""
        section = self.values
        for length, part in enumerate(path[:-1], start=1):
            inner = section.get(str(part))
            if inner is None:
                inner = section[str(part)] = {}
            if not isinstance(inner, dict):
                text = "is no section; it cannot be set in part"
                place = Place(name=name)
                return Problem(place=place, path=path[:length], text=text, value=inner)
            section = inner
        section[str(path[-1])] = value
        self.mark(path, origin, name)
        return None

    def mark(self, path: KeyPath, origin: Origin, name: str) -> None:
        """Remember who decided the value at a key path."""
        self._overlays.append(_Overlay(path=path, origin=origin, name=name))

    def mount(self, path: KeyPath, document: Document) -> None:
        """Put what another file holds at a key path."""
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
        """Return the mapping at a key path; an empty one where there is none."""
        value = self.value(path)
        return value if isinstance(value, dict) else {}

    def place(self, path: KeyPath, *, at_key: bool = False) -> Place:
        """Return where the value at a key path, or its key, was written."""
        for mounted, document in self._mounts.items():
            if len(path) > len(mounted) and path[: len(mounted)] == mounted:
                return document.place(path[len(mounted) :], at_key=at_key)
        if overlay := self._overlay(path):
            return Place(name=overlay.name)
        return self._document.place(path, at_key=at_key)

    def problem(self, path: KeyPath, text: str, *, at_key: bool = False) -> Problem:
        """Return what is wrong at a key path, with its place and value."""
        place = self.place(path, at_key=at_key)
        return Problem(place=place, path=path, text=text, value=self.value(path))

    def origin(self, path: KeyPath) -> Origin:
        """Return where the value at a key path, or a part of it, came from last."""
        known = path in self._document.values
        below = Origin.CONFIG if known else Origin.DEFAULT
        laid = [
            overlay.origin
            for overlay in self._overlays
            if all(a == b for a, b in zip(overlay.path, path, strict=False))
        ]
        return max([below, *laid])

    def _overlay(self, path: KeyPath) -> _Overlay | None:
        for overlay in reversed(self._overlays):
            if path[: len(overlay.path)] == overlay.path:
                return overlay
        return None
