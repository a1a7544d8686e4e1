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


current: Observer = Observer()
