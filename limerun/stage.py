"""Make a plan's dataset once, and run its task on copies of it, as often as asked."""

import dataclasses
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
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
from limerun.inputs import Inputs, summary_of
from limerun.measure.changes import changes_between
from limerun.measure.lookout import Lookout
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import (
    Dataset,
    InstrumentOrder,
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
    stop_early: bool = False
    """End a run that cannot keep its budgets any more."""


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
        self._make: Callable[[], Dataset] | None = None
        self._loaded: Loaded | None = None

    def use(self, make: Callable[[], Dataset]) -> None:
        """Run on what this gives from now on, instead of on the plan's dataset."""
        self._make = make

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
            dataset=summary_of(self._dataset),
            runs=runs,
        )

    def run(
        self,
        *,
        instrument: InstrumentOrder | None = None,
        record_lines: bool = True,
        compare: bool = False,
        timeout_seconds: float | None = None,
    ) -> tuple[Run, Outcome]:
        """Run the task once.

        Args:
            instrument: What looks on; None: nothing does.
            record_lines: Tell which line sent each statement.
            compare: Tell what the run changed.
            timeout_seconds: After which it is ended; None: as planned.
        """
        progress = self._workshop.progress
        progress.phase("start", self._plan.task.rpartition(":")[2])
        launch = self._launch(instrument, record_lines)
        if timeout_seconds is not None:
            launch = dataclasses.replace(launch, timeout_seconds=timeout_seconds)
        lookout = Lookout(self._plan.budget) if self._workshop.stop_early else None
        is_lost = lookout.sees if lookout is not None else lambda *_: False
        with LocalWorker(launch, progress, is_lost) as worker:
            # The task is imported first: a mistyped name should not cost a dataset.
            self._loaded = worker.load()
            self._open_server(launch, self._loaded)
            self._make_dataset()
            database = self._fresh_database()
            inputs = Inputs(self._plan, self._dataset)
            with inputs.places() as places:
                opening = self._opening(database, inputs, places)
                outcome = worker.run(opening, lambda: inputs.rows_served() or 0)
        run = summarize(
            outcome,
            idle_baseline_bytes=self._plan.budget.idle_baseline_bytes,
            source_rows=inputs.counted_rows,
            rows_served=inputs.rows_served(),
            rows_unseen=inputs.rows_unseen,
            latency_seconds=None if self._server else self._plan.latency_seconds,
        )
        run = dataclasses.replace(run, fetched=inputs.fetched())
        if lookout is not None and run.killed_because == "stopped_early":
            run = dataclasses.replace(run, stopped_early=lookout.reason)
        self._fetch_database(needed=compare or self._workshop.keep is not None)
        before = self._dataset.database if self._dataset is not None else None
        comparable = compare and self._copy.exists()
        if comparable and before is not None and self._dataset is not None:
            changes = changes_between(before, self._copy, self._dataset.limetypes)
            run = dataclasses.replace(run, changes=changes)
        self._clear()
        return run, outcome

    def read_capture(self, capture: Path) -> Mapping[str, object]:
        """Return what memray had written of a run that did not live to tell.

        Raises:
            TaskError: The worker's interpreter cannot be started.
        """
        task = self._loaded.file if self._loaded is not None else None
        launch = self._launch(None, record_lines=False)
        with LocalWorker(launch, self._workshop.progress) as worker:
            return worker.read_capture(capture, Path(task or ".").parent)

    def _launch(self, instrument: InstrumentOrder | None, record_lines: bool) -> Launch:
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
        if self._make is not None:
            self._workshop.progress.phase("dataset")
            self._dataset = self._make()
            return
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

    def _opening(
        self, database: str | None, inputs: Inputs, places: Mapping[str, str]
    ) -> Opening:
        return Opening(
            parameters=fill(self._plan.parameters, places),
            application=self._plan.application,
            database=database,
            limetypes=self._dataset.limetypes if self._dataset is not None else {},
            latency_seconds=self._plan.latency_seconds,
            source_files=inputs.counted_files,
            rows_total=inputs.total_rows,
        )

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
