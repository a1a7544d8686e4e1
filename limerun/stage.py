"""Make a plan's dataset once, and run its task on copies of it, as often as asked."""

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from limerun.config.placeholders import fill
from limerun.engine.driver import check_driver
from limerun.engine.launch import Launch, launch_of
from limerun.engine.local import LocalWorker
from limerun.errors import DatasetError
from limerun.measure.changes import changes_between
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import (
    Dataset,
    DatasetSummary,
    Json,
    Loaded,
    Opening,
    Outcome,
    Performance,
    Plan,
    Run,
    Task,
)

if TYPE_CHECKING:
    from limerun.dataset.postgres import PostgresServer

CACHE_LIMIT_BYTES = 20_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where things are made, who watches, and what stays afterwards."""

    cache: Path
    progress: Progress
    keep: Path | None = None
    """A folder for the worker's database after its run; None: it is removed."""


@contextmanager
def opened_stage(plan: Plan, workshop: Workshop) -> Iterator["Stage"]:
    """Give a stage with a folder of its own, which goes with it."""
    runs_folder = workshop.cache / "runs"
    runs_folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=runs_folder) as folder,
        ExitStack() as lent,
    ):
        yield Stage(plan, workshop, Path(folder), lent)


class Stage:
    """Makes the dataset once, and gives each run a worker and a copy of its own."""

    def __init__(
        self, plan: Plan, workshop: Workshop, folder: Path, lent: ExitStack
    ) -> None:
        self._plan = plan
        self._workshop = workshop
        self._copy = folder / "database.sqlite"
        self._lent = lent
        self._server: PostgresServer | None = None
        self._dataset: Dataset | None = None
        self._loaded: Loaded | None = None

    def perform(self, repeat: int, *, compare: bool = False) -> Performance:
        """Run the task so many times; an end other than a return is the last."""
        runs: list[Run] = []
        while len(runs) < repeat and all(run.ending == "returned" for run in runs):
            run, _ = self.run(compare=compare)
            runs.append(run)
        return self.performance(tuple(runs))

    def performance(self, runs: tuple[Run, ...]) -> Performance:
        """Return the runs with what they were of."""
        assert self._loaded is not None
        return Performance(
            task=Task(
                name=self._plan.task.rpartition(":")[2],
                file=self._loaded.file,
                line=self._loaded.line,
                parameters=_shown(self._plan),
                kind=self._loaded.kind,
            ),
            python=self._loaded.python,
            dataset=_summary(self._dataset),
            runs=runs,
        )

    def run(
        self,
        *,
        instrument: str | None = None,
        record_lines: bool = True,
        compare: bool = False,
    ) -> tuple[Run, Outcome]:
        """Run the task once."""
        progress = self._workshop.progress
        progress.phase("start", self._plan.task.rpartition(":")[2])
        launch = self._launch(instrument, record_lines)
        with LocalWorker(launch, progress) as worker:
            # The task is imported first: a mistyped name should not cost a dataset.
            self._loaded = worker.load()
            self._open_server(launch, self._loaded)
            self._make_dataset()
            database = self._fresh_database()
            outcome = worker.run(self._opening(database))
        run = summarize(
            outcome,
            idle_baseline_bytes=self._plan.budget.idle_baseline_bytes,
            source_rows=self._source_rows(),
        )
        self._fetch_database(needed=compare or self._workshop.keep is not None)
        before = self._dataset.database if self._dataset is not None else None
        comparable = compare and self._copy.exists()
        if comparable and before is not None and self._dataset is not None:
            changes = changes_between(before, self._copy, self._dataset.limetypes)
            run = dataclasses.replace(run, changes=changes)
        self._clear()
        return run, outcome

    def _launch(self, instrument: str | None, record_lines: bool) -> Launch:
        return launch_of(
            self._plan,
            instrument=instrument,
            record_lines=record_lines,
            total_memory_bytes=psutil.virtual_memory().total,
        )

    def _open_server(self, launch: Launch, loaded: Loaded) -> None:
        """Make sure of the server, if the task will see it, before there are rows."""
        url = self._plan.database_url
        if url == "sqlite" or self._server is not None:
            return
        if not loaded.takes_application:
            self._workshop.progress.note(
                "the task takes no application: it never sees database.url"
            )
            return
        from limerun.dataset.postgres import check_names, opened_server

        check_driver(launch, url.partition("://")[0])
        if self._plan.dataset is not None:
            check_names(self._plan.dataset)
        server = opened_server(url, self._workshop.progress)
        self._server = self._lent.enter_context(server)

    def _make_dataset(self) -> None:
        """Make the dataset, or make sure before each run that it is still whole."""
        plan = self._plan
        if plan.dataset is None and not plan.sources:
            return
        from limerun.dataset.make import make_dataset, prune_cache

        self._workshop.progress.phase("dataset")
        cache = self._workshop.cache / "datasets"
        cache.mkdir(parents=True, exist_ok=True)
        prune_cache(cache, CACHE_LIMIT_BYTES)
        made = make_dataset(
            plan.dataset, plan.sources, cache=cache, progress=self._workshop.progress
        )
        self._dataset = self._dataset or made

    def _fresh_database(self) -> str | None:
        """Return the URL of a copy of the dataset's database, for one run."""
        made = self._dataset.database if self._dataset is not None else None
        if self._server is not None:
            return self._server.fresh(made)
        if made is None or self._dataset is None:
            return None
        from limerun.dataset.make import copy_database

        copy_database(self._dataset, self._copy)
        return f"sqlite:///{self._copy}"

    def _fetch_database(self, *, needed: bool) -> None:
        """Have what the run left as a file, if it is needed, and not on a server."""
        if self._server is None:
            return
        try:
            if needed:
                self._server.copy_back(self._copy)
            self._server.drop()
        except DatasetError as error:
            # The task has run: what was measured must not be lost with the server.
            self._workshop.progress.note(str(error))

    def _opening(self, database: str | None) -> Opening:
        sources = self._dataset.sources if self._dataset is not None else {}
        paths = {name: str(source.path) for name, source in sources.items()}
        return Opening(
            parameters=fill(self._plan.parameters, paths),
            application=self._plan.application,
            database=database,
            limetypes=self._dataset.limetypes if self._dataset is not None else {},
            latency_seconds=self._plan.latency_seconds,
            source_files=tuple(source.path for source in sources.values()),
            rows_total=self._source_rows(),
        )

    def _source_rows(self) -> int | None:
        if self._dataset is None or not self._dataset.sources:
            return None
        return sum(source.rows for source in self._dataset.sources.values())

    def _clear(self) -> None:
        if not self._copy.exists():
            return
        keep = self._workshop.keep
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            kept = keep / f"{self._plan.task.rpartition(':')[2]}.sqlite"
            shutil.move(self._copy, kept)
            self._workshop.progress.note(f"the worker's database is kept: {kept}")
        else:
            self._copy.unlink()


def _shown(plan: Plan) -> Mapping[str, Json]:
    """Return the parameters as the record may show them."""
    return {
        name: plan.decided.get(f"parameters.{name}", "?") for name in plan.parameters
    }


def _summary(dataset: Dataset | None) -> DatasetSummary | None:
    if dataset is None:
        return None
    return DatasetSummary(
        seed=dataset.seed,
        locale=dataset.locale,
        fingerprint=dataset.fingerprint,
        rows=dataset.rows,
        total_rows=sum(dataset.rows.values()),
        sources={name: source.rows for name, source in dataset.sources.items()},
        seconds=dataset.seconds,
        cached=dataset.cached,
    )
