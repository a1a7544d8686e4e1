"""Make one dataset at many sizes: what grows is named, all else keeps its size.

A smaller source is a sample of the larger one: each of its rows stands for a row, or
a future row, of the same database that the larger one has too.
"""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.design.layout import DatasetDesign
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.output.generate import generate
from limerun.dataset.output.make import DATABASE, dataset_of, fingerprint, make_dataset
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.records import Dataset, DatasetPlan, SourcePlan

SOURCES = "sources"
DATASET = "dataset"
SHORT_LIST_ROWS = 100
"""Limetypes of so few rows keep them: coworkers and offices do not grow with deals."""

Sized = tuple[DatasetPlan | None, Mapping[str, SourcePlan]]


class Sizes:
    """The plans of one dataset at any size, by what grows."""

    def __init__(
        self,
        design: DatasetDesign,
        grow: str | None,
    ) -> None:
        """Decide what grows.

        Args:
            design: The dataset as configured.
            grow: "sources", "sources.NAME", "dataset" or "dataset.rows.NAME"; None:
                the task's input, so the sources where there are any.

        Raises:
            DatasetError: It is not there, or has no rows to grow.
        """
        self.design = design
        self._plan, self._sources = design.plan, design.sources
        self.grow = grow or (SOURCES if self._sources else DATASET)
        self._grown = self._names()
        self._rows = sum(self._grown.values())
        if not self._rows:
            raise DatasetError(
                f"--grow: {self.grow} has no rows to begin with; an estimate needs a "
                "dataset or sources with rows in the config"
            )

    @property
    def keeps_database(self) -> bool:
        """Whether the database is the same at every size."""
        return self.grow.partition(".")[0] == SOURCES

    def least_rows(self) -> int:
        """Return the size from which on every source overlaps as configured.

        Below it the database holds too few rows for that, so its sizes are not alike.
        """
        alone = self.grow.removeprefix("dataset.rows.")
        if self.keeps_database or alone == self.grow:
            return 1
        known = (
            round(source.overlap * source.rows)
            for name, source in self._sources.items()
            if self.design.schema.sources[name].limetype == alone
        )
        return max((1, *known))

    def less_overlaps(self, most: int) -> dict[str, float]:
        """Return the shares that sources overlap by at every size, if less than asked.

        Args:
            most: The largest size that is asked about: there the database, which keeps
                its size, holds too few rows for the configured share.
        """
        _, sources = self.at(most, most)
        return {
            name: source.overlap
            for name, source in sources.items()
            if source.overlap < self._sources[name].overlap
        }

    def at(self, rows: int, most: int) -> Sized:
        """Return the plans at a size.

        Args:
            rows: Of what grows, all together.
            most: The largest size that is asked about. The share of rows that the
                database knows is what it can be there, so that all sizes are alike.
        """
        plan, sources = self._plan, dict(self._sources)
        share = rows / self._rows
        if plan is not None and not self.keeps_database:
            counts = {
                name: _scaled(count, share) if self._grows(name, count) else count
                for name, count in plan.rows.items()
            }
            plan = replace(plan, rows=counts)
        for name, source in sources.items():
            sampled = self.keeps_database and name in self._grown
            grown = sampled or self.grow == DATASET
            count = _scaled(source.rows, share) if grown else source.rows
            largest = _scaled(source.rows, most / self._rows) if sampled else count
            known = self._known(name, plan)
            overlap = source.overlap
            if overlap and known is not None:
                overlap = min(overlap, known / max(1, largest))
            sources[name] = replace(source, rows=count, overlap=overlap)
        return plan, sources

    def _grows(self, limetype: str, count: int) -> bool:
        """Say whether a limetype's rows change; short lists do only if named."""
        alone = self.grow != DATASET
        return limetype in self._grown and (alone or count > SHORT_LIST_ROWS)

    def _names(self) -> dict[str, int]:
        """Return the rows of each part that grows."""
        kind, dot, name = self.grow.partition(".")
        if kind == SOURCES:
            held = {each: source.rows for each, source in self._sources.items()}
            if dot and name not in held:
                raise unknown("--grow", "source", name, held)
            return {name: held[name]} if dot else held
        tables = {} if self._plan is None else dict(self._plan.rows)
        name = name.removeprefix("rows.")
        if kind != DATASET or (dot and not self.grow.startswith("dataset.rows.")):
            raise DatasetError(
                f"--grow: {self.grow}; write sources, sources.NAME, dataset or "
                "dataset.rows.LIMETYPE"
            )
        if dot and name not in tables:
            raise unknown("--grow", "limetype with rows", name, tables)
        return {name: tables[name]} if dot else tables

    def _known(self, name: str, plan: DatasetPlan | None) -> int | None:
        """Return the rows of the limetype that a source's rows stand for."""
        limetype = self.design.schema.sources[name].limetype
        if limetype is None or plan is None:
            return None
        return plan.rows.get(limetype, 0)


def _scaled(count: int, share: float) -> int:
    return max(1, round(count * share)) if count else 0


class SizedDatasets:
    """Makes a dataset at each size that is asked for, once, in folders that go."""

    def __init__(self, sizes: Sizes, most: int, *, cache: Path, folder: Path) -> None:
        """Prepare; nothing is made yet.

        Args:
            sizes: What grows.
            most: The largest size that is asked about.
            cache: The folder of datasets; it must exist. A database that all sizes
                share is kept there.
            folder: Where what is made of one size goes.
        """
        self._sizes, self._most = sizes, most
        self._cache, self._folder = cache, folder
        self._made: dict[int, Dataset] = {}
        self.base_seconds = 0.0
        """What it took to make, or find, the database that all sizes share."""

    def dataset(self, rows: int, progress: Progress) -> Dataset:
        """Return the dataset of a size.

        Raises:
            DatasetError: It cannot be made so, or there is no room for it.
        """
        if rows not in self._made:
            try:
                self._made[rows] = self._make(rows, progress)
            except OSError as error:
                raise DatasetError(
                    f"{self._folder}: rows cannot be written there: "
                    f"{error.strerror or error}; make room, or set LIMERUN_CACHE to "
                    "another folder"
                ) from error
        return self._made[rows]

    def _make(self, rows: int, progress: Progress) -> Dataset:
        plan, sources = self._sizes.at(rows, self._most)
        started = time.monotonic()
        folder = self._folder / fingerprint(plan, sources)
        schema = check_plan(plan, sources)
        folder.mkdir(exist_ok=True)
        own = plan is not None and not self._sizes.keeps_database
        manifest: dict[str, Any] = generate(
            schema, DATABASE if own else None, folder, progress
        )
        made = dataset_of(
            manifest,
            plan,
            folder,
            seconds=time.monotonic() - started,
            cached=False,
        )
        if own or plan is None:
            return made
        kept = make_dataset(self._sizes.design, cache=self._cache, progress=progress)
        self.base_seconds += kept.seconds
        return replace(made, database=kept.database)
