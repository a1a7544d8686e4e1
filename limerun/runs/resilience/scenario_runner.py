"""Run one scenario: disturb the task, run it again, and compare with the clean run."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from limerun.effects.changes import DatabaseChange
from limerun.engine.serving import ServerFault
from limerun.records import (
    Attempt,
    Dataset,
    FaultName,
    FaultPlace,
    Notice,
    Run,
    Scenario,
    ScenarioKind,
    WorkerFault,
)
from limerun.records.resilience import scenario_name
from limerun.runs.resilience.disturbed_runner import (
    NOTHING,
    Disturbance,
    DisturbedRun,
    DisturbedRunner,
)
from limerun.runs.resilience.effect_comparison import Differences, StateComparison
from limerun.runs.resilience.handlers import handler_around
from limerun.runs.resilience.notices import notice_of

_LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong in a scenario, and where."""

    kind: ScenarioKind
    name: FaultName
    source: str | None = None
    at: FaultPlace | None = None
    number: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A scenario, and what runs it."""

    fault: Fault
    run: Callable[[], Scenario | None]
    """Returns None if the fault did not happen."""

    @property
    def name(self) -> str:
        """The scenario's name."""
        fault = self.fault
        return scenario_name(fault.name, fault.at, fault.number, fault.of)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanRun:
    """A run without a fault, with which the others are compared."""

    run: Run
    dataset: Dataset
    comparison: StateComparison
    messages: frozenset[str]
    """What it logged at level WARNING or above."""
    timeout_seconds: float
    """Time after which a disturbed run is ended."""


class ScenarioRunner:
    """Runs scenarios, each on fresh data."""

    def __init__(self, runner: DisturbedRunner, clean: CleanRun) -> None:
        self._runner = runner
        self.clean: Final = clean

    def again(self, clean: DisturbedRun) -> Scenario:
        """Run the finished task once more on what its first run left."""
        dataset = replace(self.clean.dataset, database=clean.database)
        second = self._run(dataset)
        scenario = self._scenario(
            Fault(kind="rerun", name="rerun"), second, self._differences(second)
        )
        second.database.unlink(missing_ok=True)
        return scenario

    def disturb(self, fault: Fault) -> Scenario | None:
        """Let the worker or the server fail, then run the task on what is left.

        Returns:
            The scenario; None if the task ended before the fault.
        """
        return self._with_rerun(fault, self._run(self.clean.dataset, self._of(fault)))

    def damage(self, fault: Fault, dataset: Dataset) -> Scenario | None:
        """Run the task on damaged data, then on good data with what is left."""
        return self._with_rerun(fault, self._run(dataset), is_certain=True)

    def feed(
        self,
        fault: Fault,
        dataset: Dataset,
        differences: Callable[[DatabaseChange], Differences],
        is_stored: Callable[[DatabaseChange], bool],
        row_names: tuple[str, ...],
    ) -> Scenario:
        """Run the task on data with a bad row.

        Args:
            fault: The fault.
            dataset: The data.
            differences: Returns what is wrong, apart from the bad row itself.
            is_stored: Returns whether the bad row is in the database.
            row_names: Texts that name the row in a log.
        """
        done = self._run(dataset)
        change = self.clean.comparison.change(done.database)
        scenario = self._scenario(fault, done, differences(change), row_names)
        done.database.unlink()
        return replace(scenario, stored=is_stored(change))

    def change_by(self, dataset: Dataset) -> DatabaseChange:
        """Run the task on other data, and return what it changed."""
        done = self._run(dataset)
        change = self.clean.comparison.change(done.database)
        done.database.unlink()
        return change

    def _run(
        self, dataset: Dataset, disturbance: Disturbance = NOTHING
    ) -> DisturbedRun:
        done = self._runner.run_on(dataset, disturbance, self.clean.timeout_seconds)
        if done.run.killed_because == "interrupted":
            raise KeyboardInterrupt
        return done

    def _with_rerun(
        self, fault: Fault, done: DisturbedRun, *, is_certain: bool = False
    ) -> Scenario | None:
        scenario = None
        if is_certain or done.happened:
            scenario = self._scenario(fault, done, self._differences(done))
            if not scenario.run.is_same:
                scenario = replace(scenario, rerun=self._rerun(done))
        done.database.unlink(missing_ok=True)
        return scenario

    def _rerun(self, done: DisturbedRun) -> Attempt:
        again = self._run(replace(self.clean.dataset, database=done.database))
        attempt = _attempt(again, self._differences(again))
        again.database.unlink()
        return attempt

    def _differences(self, done: DisturbedRun) -> Differences:
        return self.clean.comparison.from_clean(done.database)

    def _of(self, fault: Fault) -> Disturbance:
        assert fault.number is not None
        if fault.kind == "source":
            assert fault.source is not None
            server = ServerFault(
                source=fault.source,
                kind=fault.name,  # type: ignore[arg-type]  # one of the server
                number=fault.number,
            )
            return Disturbance(server=server)
        worker = WorkerFault(
            kind=fault.name,  # type: ignore[arg-type]  # "kill" or of the database
            at=fault.at,  # type: ignore[arg-type]  # not "request"
            number=fault.number,
            report=self._runner.report,
        )
        return Disturbance(worker=worker)

    def _scenario(
        self,
        fault: Fault,
        done: DisturbedRun,
        differences: Differences,
        row_names: tuple[str, ...] = (),
    ) -> Scenario:
        written = sum(
            each.created + each.updated + each.deleted
            for each in (done.run.effect or {}).values()
        )
        committed = done.outcome.counters["rows_committed"]
        return Scenario(
            kind=fault.kind,
            fault=fault.name,
            source=fault.source,
            at=fault.at,
            number=fault.number,
            of=fault.of,
            run=_attempt(done, differences, is_killed=fault.name == "kill"),
            rows_done=_rows_done(done),
            objects_written=written,
            partial=None if done.run.queries is None else written > committed,
            notice=self._notice(done, row_names),
            place=done.places[0] if done.places else None,
            handler=handler_around(done.places) if fault.kind == "database" else None,
        )

    def _notice(self, done: DisturbedRun, row_names: tuple[str, ...]) -> Notice | None:
        return notice_of(done.warnings, self.clean.messages, row_names)


def _rows_done(done: DisturbedRun) -> int | None:
    rows = done.run.rows_processed
    # With a fault in the worker, no row is in a buffer.
    return done.run.rows_high if rows is None and done.happened else rows


def _attempt(
    done: DisturbedRun, differences: Differences, *, is_killed: bool = False
) -> Attempt:
    run = done.run
    error = None
    if run.error is not None:
        first_line = run.error.message.partition("\n")[0]
        error = f"{run.error.type}: {first_line}"[:_LONGEST_ERROR]
    return Attempt(
        # To the engine, a worker that kills itself has crashed.
        ending="killed" if is_killed and run.ending == "crashed" else run.ending,
        error=error,
        error_location=None if run.ending == "returned" else run.last_line,
        differences=differences,
    )
