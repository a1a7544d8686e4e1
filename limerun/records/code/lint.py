"""Records of the code that was read without running it."""

from limerun.frozen import frozen
from limerun.records.field_types import Count


@frozen
class LintedTask:
    """A task, with the number of findings in all code that it can reach."""

    name: str
    """Name of the function."""
    file: str
    """File that defines it."""
    line: Count
    """Line number, from 1."""
    functions: Count
    """Number of functions that it can reach, including itself."""
    errors: Count
    """Findings at level error."""
    warnings: Count
    """Findings at level warning."""
    notes: Count
    """Findings at level note."""


@frozen
class Lint:
    """What was read: the tasks, and the files with code that they can reach."""

    tasks: tuple[LintedTask, ...]
    """The tasks, in the order of their files and lines."""
    files: tuple[str, ...]
    """Files with code that the tasks can reach."""
    missing: tuple[str, ...] = ()
    """Parts that were not checked, each with the reason."""
