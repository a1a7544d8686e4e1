"""Defines the interface through which the worker counts Lime objects.

`limerun.lime.observer.current = MyObserver()` installs an observer; the stand-in reads
`current` at each call.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType


class Observer:
    """Receives an event for every Lime object; this base class does nothing."""

    __slots__ = ()

    def created(self, limetype: "LimeType") -> None:
        """A Lime object was created: read from the database, or new."""

    def released(self, limetype: "LimeType") -> None:
        """A Lime object was freed."""

    def loaded(self, count: int) -> None:
        """The database returned this number of Lime objects or rows of a query."""

    def next_read(self, how: str) -> None:
        """The next read is "whole", a "page", or "continued": it continues a page."""

    def committed_nothing(self) -> None:
        """A unit of work without changes was committed."""

    def began_iterating(self) -> None:
        """The task began to iterate over objects."""

    def ended_iterating(self) -> None:
        """The task finished or abandoned the iteration."""


current: Observer = Observer()
