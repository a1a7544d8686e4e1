"""Generate one dataset at many sizes: one part grows, the rest keeps its size.

A smaller source is a sample of a larger one: its rows are also in the larger one, and
belong to the same database.
"""

import time
from collections.abc import Collection, Mapping
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
"""Limetypes with at most this many rows do not grow, such as coworkers and offices."""

Sized = tuple[DatasetPlan | None, Mapping[str, SourcePlan]]


class Sizes:
    """Creates the plans of one dataset at any size; one part of it grows."""

    def __init__(
        self,
        design: DatasetDesign,
        grow: str | None,
    ) -> None:
        """Decide which part grows.

        Args:
            design: The dataset as configured.
            grow: "sources", "sources.NAME", "dataset" or "dataset.rows.NAME". None
                means the task's input: the sources, or without sources the dataset.

        Raises:
            DatasetError: The part does not exist, or has no rows.
        """
        self.design = design
        self._plan, self._sources = design.plan, design.sources
        self.grow = grow or (SOURCES if self._sources else DATASET)
        self._grown = self._names()
        self._rows = sum(self._grown.values())
        if not self._rows:
            raise DatasetError(
                f"--grow: {self.grow} has no rows; an estimate needs a dataset or "
                "sources with rows in the config"
            )

    @property
    def keeps_database(self) -> bool:
        """True if the database is the same at every size."""
        return self.grow.partition(".")[0] == SOURCES

    def least_rows(self) -> int:
        """Return the smallest size at which every source can overlap as configured.

        Below it, the database has too few rows, so the sizes would not be comparable.
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
        """Return the overlaps that must be smaller than configured, by source.

        Args:
            most: The largest size, at which the database may have too few rows for the
                configured overlap.
        """
        _, sources = self.at(most, most)
        return {
            name: source.overlap
            for name, source in sources.items()
            if source.overlap < self._sources[name].overlap
        }

    def at(self, rows: int, most: int) -> Sized:
        """Return the plans, scaled to a number of rows.

        Args:
            rows: The total number of rows of the part that grows.
            most: The largest size. All sizes use the overlap that is possible there,
                so that they are comparable.
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
            overlap = self._overlap(name, replace(source, rows=largest), plan)
            sources[name] = replace(source, rows=count, overlap=overlap)
        return plan, sources

    def part_of(self, sized: Sized, share: float, limetypes: Collection[str]) -> Sized:
        """Return the plans with a share of these limetypes' rows in the database.

        The sources keep their rows. They keep their overlap if the database has enough
        rows for it.
        """
        plan, sources = sized
        assert plan is not None  # only a database has limetypes
        counts = {
            name: _scaled(count, share) if name in limetypes else count
            for name, count in plan.rows.items()
        }
        plan = replace(plan, rows=counts, trimmed=True)
        return plan, self.fitted(sources, plan)

    def fitted(
        self, sources: Mapping[str, SourcePlan], plan: DatasetPlan
    ) -> Mapping[str, SourcePlan]:
        """Return sources that overlap only as far as a database has the rows for it."""
        return {
            name: replace(source, overlap=self._overlap(name, source, plan))
            for name, source in sources.items()
        }

    def _overlap(
        self, name: str, source: SourcePlan, plan: DatasetPlan | None
    ) -> float:
        """Return a source's overlap, as far as the database has the rows for it."""
        known = self._known(name, plan)
        if not source.overlap or known is None:
            return source.overlap
        return min(source.overlap, known / max(1, source.rows))

    def _grows(self, limetype: str, count: int) -> bool:
        """Return whether a limetype grows; a short one grows only if it is named."""
        alone = self.grow != DATASET
        return limetype in self._grown and (alone or count > SHORT_LIST_ROWS)

    def _names(self) -> dict[str, int]:
        """Return the number of rows of each limetype or source that grows."""
        kind, dot, name = self.grow.partition(".")
        if kind == SOURCES:
            rows = {each: source.rows for each, source in self._sources.items()}
            if dot and name not in rows:
                raise unknown("--grow", "source", name, rows)
            return {name: rows[name]} if dot else rows
        tables = {} if self._plan is None else dict(self._plan.rows)
        name = name.removeprefix("rows.")
        if kind != DATASET or (dot and not self.grow.startswith("dataset.rows.")):
            raise DatasetError(
                f"--grow: {self.grow}: must be sources, sources.NAME, dataset or "
                "dataset.rows.LIMETYPE"
            )
        if dot and name not in tables:
            raise unknown("--grow", "limetype with rows", name, tables)
        return {name: tables[name]} if dot else tables

    def _known(self, name: str, plan: DatasetPlan | None) -> int | None:
        """Return the number of rows of a source's limetype."""
        limetype = self.design.schema.sources[name].limetype
        if limetype is None or plan is None:
            return None
        return plan.rows.get(limetype, 0)


def _scaled(count: int, share: float) -> int:
    return max(1, round(count * share)) if count else 0


class SizedDatasets:
    """Generates a dataset once per size, in temporary folders."""

    def __init__(
        self,
        sizes: Sizes,
        most: int,
        *,
        cache: Path,
        folder: Path,
        limetypes: Collection[str] = (),
    ) -> None:
        """Prepare, without generating anything yet.

        Args:
            sizes: What grows.
            most: The largest size.
            cache: The folder of datasets; it must exist. A database that all sizes
                share is kept there.
            folder: The folder for files of one size.
            limetypes: The limetypes with fewer rows in a part of the database.
        """
        self._sizes, self._most = sizes, most
        self._cache, self._folder = cache, folder
        self._limetypes = limetypes
        self._made: dict[tuple[int, float], Dataset] = {}
        self._parts: dict[float, Path | None] = {}
        self.base_seconds = 0.0
        """The time to generate or find the database that all sizes share."""
        self.parts_seconds = 0.0
        """The time to generate parts of it."""

    def dataset(self, rows: int, progress: Progress, share: float = 1.0) -> Dataset:
        """Return the dataset of a size, generating it the first time.

        Args:
            rows: The size.
            progress: Reports generated rows.
            share: The part of the database.

        Raises:
            DatasetError: The plan is not valid, or the files cannot be written.
        """
        if (rows, share) not in self._made:
            try:
                self._made[rows, share] = self._make(rows, share, progress)
            except OSError as error:
                raise DatasetError(
                    f"{self._folder}: rows cannot be written there: "
                    f"{error.strerror or error}; free space, or set LIMERUN_CACHE to "
                    "another folder"
                ) from error
        return self._made[rows, share]

    def _make(self, rows: int, share: float, progress: Progress) -> Dataset:
        plan, sources = sized = self._sizes.at(rows, self._most)
        if share < 1:
            plan, sources = self._sizes.part_of(sized, share, self._limetypes)
        started = time.monotonic()
        folder = self._folder / fingerprint(plan, sources)
        schema = check_plan(plan, sources)
        folder.mkdir(exist_ok=True)
        own = plan is not None and not self._sizes.keeps_database
        own = own or (share < 1 and share not in self._parts)
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
        if share < 1:
            if own:
                self.parts_seconds += made.seconds
            database = self._parts.setdefault(share, made.database)
            return replace(made, database=database)
        if own or plan is None:
            return made
        kept = make_dataset(self._sizes.design, cache=self._cache, progress=progress)
        self.base_seconds += kept.seconds
        return replace(made, database=kept.database)
