"""Run a plan's task once or several times, each in a new worker on fresh data."""

import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from limerun import interruption
from limerun.config.placeholders import fill
from limerun.config.secret_values import credentials
from limerun.dataset.design.layout import NO_DATASET
from limerun.engine.launch import Launch, launch_of
from limerun.engine.local import LocalWorker
from limerun.engine.log_file import LogFile
from limerun.engine.probes import check_driver
from limerun.measure.early_stop import EarlyStop
from limerun.measure.pace import predicted_duration
from limerun.measure.summary import summarize
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
from limerun.runs.leak_search import LeakSearch, with_log
from limerun.runs.personal_values import known_values
from limerun.runs.preparation import RunContext, datasets_folder, kept_database
from limerun.runs.run_effects import (
    RunEffects,
    VaryingProperties,
    stamp_of,
    with_examples,
)
from limerun.runs.sources import Inputs, opened_inputs, summary_of
from limerun.runs.swallowed_exceptions import with_swallowed
from limerun.scratch import scratch_folder

if TYPE_CHECKING:
    from limerun.dataset.postgres.scratch_database import PostgresServer
    from limerun.effects.changes import DatabaseChange

MakeDataset = Callable[[], Dataset]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """One run of a task: its figures and observations, the task and the dataset."""

    run: Run
    outcome: Outcome
    loaded: Loaded
    dataset: Dataset | None
    change: "DatabaseChange | None"
    """The change of the database, to compare it with other runs'."""


class TaskRunner:
    """Runs a task, each time in a new worker and on a fresh database."""

    def __init__(
        self, plan: Plan, context: RunContext, folder: Path, opened: ExitStack
    ) -> None:
        self._plan = plan
        self._context = context
        self._copy = folder / "database.sqlite"
        self._log_folder = folder / "log"
        self._opened = opened
        self._server: PostgresServer | None = None
        self._effects = RunEffects(context.design.schema)

    @classmethod
    @contextmanager
    def open(cls, plan: Plan, context: RunContext) -> Iterator[Self]:
        """Yield a runner with a scratch folder, which is removed afterwards."""
        with scratch_folder(context.cache / "runs") as folder, ExitStack() as opened:
            yield cls(plan, context, folder, opened)

    def run(self, repeat: int, *, examples: bool = False) -> Performance:
        """Run the task several times, until a run does not return.

        Args:
            repeat: How many times.
            examples: True to show some of the objects that each run changed.
        """
        runs: list[TaskRun] = []
        varying = VaryingProperties()
        while (
            len(runs) < repeat
            and all(each.run.is_done for each in runs)
            and not (runs and interruption.exit_code())
        ):
            done = self.run_once(compare=True, examples=examples, search=True)
            runs.append(dataclasses.replace(done, change=None))
            kept = varying.left_out([each.run for each in runs], done.change)
            runs = [
                dataclasses.replace(each, run=run)
                for each, run in zip(runs, kept, strict=True)
            ]
        return performance_of(self._plan, runs)

    def run_once(
        self,
        *,
        instrument: InstrumentOrder | None = None,
        compare: bool = False,
        examples: bool = False,
        search: bool = False,
        timeout_seconds: float | None = None,
        make_dataset: MakeDataset | None = None,
    ) -> TaskRun:
        """Run the task once.

        Args:
            instrument: The instrument to use; None: no instrument.
            compare: True to determine what the run changed in the database.
            examples: True to show some of the objects that it changed.
            search: True to search its log and output for personal values.
            timeout_seconds: Time after which to end the run; None: the plan's timeout.
            make_dataset: Makes the run's dataset; None: use the plan's dataset.
        """
        progress = self._context.progress
        progress.phase("start", self._plan.task.rpartition(":")[2])
        launch = launch_of(self._plan, instrument=instrument)
        launch = dataclasses.replace(launch, log_folder=self._fresh_log_folder())
        if timeout_seconds is not None:
            launch = dataclasses.replace(launch, timeout_seconds=timeout_seconds)
        early_stop = EarlyStop(self._plan.budget if self._context.stop_early else None)
        with LocalWorker(launch, progress, early_stop.should_stop) as worker:
            # Import the task first: a wrong name is found before rows are generated.
            loaded = worker.load()
            server = self._server_for(launch, loaded)
            dataset = self._dataset(make_dataset)
            database = self._fresh_database(dataset, server)
            stamp = stamp_of(self._copy)
            with self._opened_inputs(dataset) as inputs:
                opening = self._opening(dataset, database, inputs)
                if instrument is not None:  # its time must not count towards limits
                    opening = dataclasses.replace(opening, handler=None)
                outcome = worker.run(opening, lambda: inputs.rows_served() or 0)
        run = summarize(
            outcome,
            idle_baseline_bytes=self._plan.budget.idle_baseline_bytes,
            source_rows=inputs.counted_rows,
            rows_served=inputs.rows_served(),
            rows_unseen=inputs.rows_unseen,
        )
        is_stopped = run.killed_because == "stopped_early"
        run = dataclasses.replace(
            run,
            fetched=inputs.fetched(),
            stopped_early=early_stop.reason if is_stopped else None,
            predicted_duration=predicted_duration(
                run, early_stop.pace, inputs.total_rows
            ),
        )
        collect = partial(known_values, self._context.design, dataset)
        leak_search = LeakSearch(collect, credentials.names_in) if search else None
        run = with_log(run, outcome, LogFile(self._log_folder), leak_search)
        run = with_swallowed(run, outcome)
        change = None
        if compare:
            after = database if server is not None else self._copy
            run, change = self._effects.of(run, dataset, after, stamp)
        if server is not None:
            is_needed = examples or self._context.keep is not None
            server.retrieve(self._copy if is_needed else None)
        if examples and change is not None and dataset and dataset.database:
            run = with_examples(run, change, dataset.database, self._copy)
        self._keep_or_remove_copy()
        return TaskRun(
            run=run, outcome=outcome, loaded=loaded, dataset=dataset, change=change
        )

    def read_capture(self, capture: Path, loaded: Loaded) -> Mapping[str, object]:
        """Return the contents of memray's file from a run that was killed.

        Raises:
            TaskError: The worker's interpreter cannot be started.
        """
        with LocalWorker(launch_of(self._plan), self._context.progress) as worker:
            return worker.read_capture(capture, Path(loaded.file or ".").parent)

    def _fresh_log_folder(self) -> str:
        shutil.rmtree(self._log_folder, ignore_errors=True)
        self._log_folder.mkdir()
        return str(self._log_folder)

    def _server_for(self, launch: Launch, loaded: Loaded) -> "PostgresServer | None":
        """Return the server if the task uses it; connect to it before the first run.

        A wrong URL is found before rows are generated.
        """
        url = self._plan.database_url
        if url == "sqlite" or self._server is not None:
            return self._server
        if not loaded.takes_application:
            self._context.progress.note(
                "the task has no application parameter, so it does not use database.url"
            )
            return None
        from limerun.dataset.postgres.scratch_database import check_names, opened_server

        check_driver(launch, url.partition("://")[0])
        check_names(self._context.design.schema)
        server = opened_server(url, self._context.progress)
        self._server = self._opened.enter_context(server)
        return self._server

    def _dataset(self, make: MakeDataset | None) -> Dataset | None:
        """Return the dataset of a run; the plan's comes from the cache if possible."""
        if make is None and self._context.design is NO_DATASET:
            return None
        self._context.progress.phase("dataset")
        if make is not None:
            return make()
        from limerun.dataset.output.make import make_dataset

        return make_dataset(
            self._context.design,
            cache=datasets_folder(self._context.cache),
            progress=self._context.progress,
        )

    def _opened_inputs(self, dataset: Dataset | None) -> AbstractContextManager[Inputs]:
        return opened_inputs(self._plan, dataset)

    def _opening(
        self, dataset: Dataset | None, database: str | None, inputs: Inputs
    ) -> Opening:
        plan = self._plan
        return Opening(
            parameters=fill(plan.parameters, inputs.places),
            application=plan.application,
            database=database,
            limetypes=dataset.limetypes if dataset is not None else {},
            latency_seconds=plan.latency_seconds,
            runtime_config=plan.runtime_config,
            source_files=inputs.counted_files,
            rows_total=inputs.total_rows,
            handler=plan.handler,
        )

    def _fresh_database(
        self, dataset: Dataset | None, server: "PostgresServer | None"
    ) -> str | None:
        """Return the URL of a new copy of the dataset's database."""
        if server is not None:
            return server.fresh(dataset.database if dataset is not None else None)
        if dataset is None or dataset.database is None:
            return None
        from limerun.dataset.output.make import copy_database

        copy_database(dataset, self._copy)
        return f"sqlite:///{self._copy}"

    def _keep_or_remove_copy(self) -> None:
        if not self._copy.exists():
            return
        keep = self._context.keep
        if keep is not None:
            kept = kept_database(keep, self._plan)
            shutil.move(self._copy, kept)
            self._context.progress.note(f"kept the worker's database: {kept}")
        else:
            self._copy.unlink()


def performance_of(plan: Plan, runs: Sequence[TaskRun]) -> Performance:
    """Return a plan's runs together with their task and dataset."""
    first = runs[0]
    return Performance(
        task=Task(
            name=plan.task.rpartition(":")[2],
            file=first.loaded.file,
            line=first.loaded.line,
            parameters=shown_parameters(plan),
            kind=first.loaded.kind,
        ),
        python=first.loaded.python,
        dataset=summary_of(first.dataset),
        runs=tuple(each.run for each in runs),
    )


def shown_parameters(plan: Plan) -> Mapping[str, Json]:
    """Return the parameters, with secrets masked, for the record."""
    return {
        name: plan.decided.get(f"parameters.{name}", "?") for name in plan.parameters
    }
