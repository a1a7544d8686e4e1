"""Where whoever counts Lime objects listens in: the worker installs its own.

`limerun.lime.observer.current = MyObserver()` is enough; the stand-in looks the
name up at each call.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lime_type.limetypes import LimeType


class Observer:
    """Hears of every Lime object; does nothing with it."""

    __slots__ = ()

    def created(self, limetype: "LimeType") -> None:
        """A Lime object was made: read from the database, or new."""

    def released(self, limetype: "LimeType") -> None:
        """A Lime object was freed."""

    def loaded(self, count: int) -> None:
        """So many Lime objects or rows of a query came from the database."""

    def next_read(self, how: str) -> None:
        """The next read is "whole", a "page", or goes on with the last: "continued"."""

    def committed_nothing(self) -> None:
        """A unit of work was committed, and there was no change in it."""

    def began_iterating(self) -> None:
        """The task is given objects one by one from here on."""

    def ended_iterating(self) -> None:
        """It has them all, or wants no more."""


current: Observer = Observer()
