"""Run a task on a source with one bad row, or on a file that ends within a line."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from limerun.dataset.design.layout import DatasetDesign
from limerun.effects.changes import DatabaseChange
from limerun.records import (
    Dataset,
    FaultName,
    LimetypeDifference,
    Scenario,
    SourceFile,
)
from limerun.runs.resilience.bad_rows import BadRow, bad_rows, candidate_rows
from limerun.runs.resilience.effect_comparison import Differences
from limerun.runs.resilience.scenario_runner import Fault, Planned, ScenarioRunner
from limerun.runs.resilience.source_rows import InputRows, write_source


class BadRowScenarios:
    """The scenarios of one source.

    A bad row may change what its absence changes. To know that, the task is run once
    without the row.
    """

    def __init__(
        self, runner: ScenarioRunner, design: DatasetDesign, name: str, folder: Path
    ) -> None:
        """Begin; `folder` is for the changed files."""
        self._runner = runner
        self._design = design
        self._name = name
        self._source = design.schema.sources[name]
        self._file = runner.clean.dataset.sources[name]
        self._rows = InputRows.read(self._file, self._source)
        self._folder = folder
        self._found: tuple[int, DatabaseChange] | None = None

    def planned(self, seed: int) -> Iterator[Planned]:
        """Yield the scenarios; none for a format that is no text, or without rows."""
        if self._rows is None or not self._rows.rows:
            return
        self._numbers = candidate_rows(len(self._rows.rows), seed)
        first = self._numbers[0]
        if self._file.index is None:  # the task reads the file itself
            fault = self._fault("cut_file", first, "source")
            yield Planned(fault, partial(self._cut, self._rows, fault))
        for bad in self._bad_rows(self._rows, first):
            # Which row it will be is known only after a run without it.
            fault = self._fault(bad.fault)
            yield Planned(fault, partial(self._feed, self._rows, bad.fault))

    def _fault(
        self, name: FaultName, number: int | None = None, kind: str = "bad row"
    ) -> Fault:
        assert self._rows is not None
        return Fault(
            kind="source" if kind == "source" else "bad row",
            name=name,
            source=self._name,
            at="row",
            number=number,
            of=len(self._rows.rows),
        )

    def _bad_rows(self, rows: InputRows, number: int) -> Iterator[BadRow]:
        limetypes = self._runner.clean.dataset.limetypes
        return bad_rows(rows, number, self._source, self._design.schema, limetypes)

    def _cut(self, rows: InputRows, fault: Fault) -> Scenario | None:
        assert fault.number is not None
        data = rows.cut(fault.number)
        file = write_source(self._file, data, self._file.rows, self._folder)
        return self._runner.damage(fault, self._with(file))

    def _feed(self, rows: InputRows, name: FaultName) -> Scenario | None:
        number, without = self._absence(rows)
        found = [bad for bad in self._bad_rows(rows, number) if bad.fault == name]
        if not found:
            return None
        dataset = self._written(rows.changed(number, *found[0].rows))
        comparison = self._runner.clean.comparison
        allowed = comparison.between(without, comparison.clean)

        def is_stored(change: DatabaseChange) -> bool:
            return not allowed or any(
                each.added or each.properties
                for each in comparison.between(without, change)
            )

        def differences(change: DatabaseChange) -> Differences:
            if name == "duplicate":
                return comparison.between(comparison.clean, change)
            return beyond(comparison.between(without, change), allowed)

        first_value = str(next(iter(rows.parse(number).values())))
        return self._runner.feed(
            self._fault(name, number),
            dataset,
            differences,
            is_stored,
            (first_value, str(number)),
        )

    def _absence(self, rows: InputRows) -> tuple[int, DatabaseChange]:
        """Return a row that matters, and what the task changes without it."""
        comparison = self._runner.clean.comparison
        if self._found is None:
            for number in self._numbers:
                change = self._runner.change_by(self._written(rows.changed(number)))
                self._found = number, change
                if comparison.between(comparison.clean, change):
                    break
        assert self._found is not None
        return self._found

    def _written(self, rows: InputRows) -> Dataset:
        return self._with(rows.write(self._file, self._folder))

    def _with(self, file: SourceFile) -> Dataset:
        dataset = self._runner.clean.dataset
        return replace(dataset, sources={**dataset.sources, self._name: file})


def beyond(found: Differences, allowed: Differences) -> Differences:
    """Return the differences without those that are allowed in the same limetype."""
    by_limetype = {each.limetype: each for each in allowed}
    rest = (_less(each, by_limetype.get(each.limetype)) for each in found)
    return tuple(each for each in rest if each.missing or each.added or each.properties)


def _less(
    found: LimetypeDifference, allowed: LimetypeDifference | None
) -> LimetypeDifference:
    if allowed is None:
        return found
    # The bad row may have other values: its object is then another one than allowed.
    added = max(0, found.added - max(allowed.added, *allowed.properties.values(), 0))
    properties: Mapping[str, int] = {
        name: count
        for name, count in found.properties.items()
        if count > max(allowed.added, allowed.properties.get(name, 0))
    }
    return replace(found, added=added, properties=properties)
