"""Records of the code that was read without running it."""

from limerun.frozen import frozen
from limerun.records.field_types import Count


@frozen
class LintedTask:
    """A task, with the findings in all code that it reaches."""

    name: str
    """Name of the function."""
    file: str
    """File that defines it."""
    line: Count
    """Line number, from 1."""
    functions: Count
    """Functions that it reaches, itself included."""
    errors: Count
    """Findings at level error."""
    warnings: Count
    """Findings at level warning."""
    notes: Count
    """Findings at level note."""


@frozen
class Lint:
    """What was read: the tasks, and the files that they reach."""

    tasks: tuple[LintedTask, ...]
    """The tasks, in the order of their files and lines."""
    files: tuple[str, ...]
    """Files that the tasks reach."""
    missing: tuple[str, ...] = ()
    """What was not checked, with the reason."""
