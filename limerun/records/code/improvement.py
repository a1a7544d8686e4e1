"""The record of what `limerun improve` changed in a copy of a task, and proved."""

from limerun.frozen import frozen
from limerun.records.ending import Location
from limerun.records.field_types import Amount, Count, Flag


@frozen
class ImprovedFigures:
    """The figures of one run at the dataset's size."""

    done: Flag
    """Whether the task returned and had done its work."""
    memory_bytes: Count | None
    """Task memory, in bytes."""
    seconds: Amount | None
    """Duration without contention, in seconds."""
    queries: Count | None
    """Statements sent to the database."""
    commits: Count | None
    """Commits."""


@frozen
class AppliedChange:
    """A change that kept the effect and improved a figure."""

    what: str
    """What it does."""
    location: Location
    """The line of the original file; 0 if an earlier change made the line."""
    gains: tuple[str, ...]
    """The figures that it improved, and the rules that are met now."""
    figures: ImprovedFigures
    """The figures with this change and those before it."""


@frozen
class RejectedChange:
    """A change that was not offered."""

    what: str
    """What it would have done."""
    location: Location
    """The line of the original file; 0 if an earlier change made the line."""
    why: str
    """Why it was not offered."""


@frozen
class Improvement:
    """The changes that were applied together, and the patch."""

    before: ImprovedFigures
    """The figures of the original task."""
    applied: tuple[AppliedChange, ...]
    """The changes in the patch, in the order in which they were made."""
    rejected: tuple[RejectedChange, ...]
    """The changes that were tried or considered, and are not in the patch."""
    tests: tuple[str, ...]
    """The small datasets on which the effect, result and log of the changed task are
    the same as the original's."""
    patch: str
    """The changes as a unified diff; empty if there are none."""
    patch_folder: str | None
    """The folder in which `git apply` applies the patch; null if there is no patch."""
    why: str | None = None
    """Why nothing was tried; null if something was."""
