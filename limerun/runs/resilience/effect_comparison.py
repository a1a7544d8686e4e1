"""Compare the databases that runs of a task left with a clean run's."""

from pathlib import Path
from typing import Final

from limerun.dataset.design.layout import Schema
from limerun.effects.changes import DatabaseChange, Varying
from limerun.effects.differences import difference_of, varying_between
from limerun.effects.snapshot import SnapshotSchema, read_snapshot
from limerun.records import LimetypeDifference

Differences = tuple[LimetypeDifference, ...]


class StateComparison:
    """Compares databases, all made from the same one, with the first clean run's."""

    def __init__(self, before: Path, schema: Schema, first: Path, second: Path) -> None:
        """Read the databases before and after two clean runs.

        Args:
            before: The database before the runs.
            schema: Its limetypes.
            first: The database after the first run.
            second: The database after the second run.
        """
        self._model = SnapshotSchema.of(schema)
        self._before = read_snapshot(before, self._model)
        clean, again = self._change(first), self._change(second)
        self.varying: Final[Varying] = varying_between(clean, again)
        self.clean: Final = clean.without(self.varying)
        self.unrepeatable: Final = self.between(self.clean, again.without(self.varying))

    def change(self, after: Path) -> DatabaseChange:
        """Return what a run changed, without the properties that vary."""
        return self._change(after).without(self.varying)

    def from_clean(self, after: Path) -> Differences:
        """Return how a database differs from the clean run's."""
        return self.between(self.clean, self.change(after))

    def between(self, base: DatabaseChange, new: DatabaseChange) -> Differences:
        """Return how the results of two runs differ."""
        return difference_of(base, new) or ()

    def _change(self, after: Path) -> DatabaseChange:
        return DatabaseChange(self._before, read_snapshot(after, self._model))
