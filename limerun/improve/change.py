"""Records of a change to a module's source, and of one that cannot be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known about the task besides its code."""

    limetypes: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The limetypes of the dataset, in the platform's DSL."""
    named_elsewhere: frozenset[str] = frozenset()
    """Names in the package's other files: a function with such a name stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change at one place of a module."""

    line: int
    """The line in the source that it was made for."""
    place: str
    """What identifies the place while other lines move: function and source."""
    what: str
    """What it does, in a few words."""
    sources: tuple[str, ...]
    """The new source; if there are several, the first that is proven is right."""
    logs: tuple[str, ...] = ()
    """Regular expressions of messages that it adds or removes on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A place where the change would be wrong or is too difficult, and why."""

    line: int
    place: str
    why: str
