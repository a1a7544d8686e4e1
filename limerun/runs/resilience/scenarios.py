"""Run a task twice without faults, then in all scenarios for which there is time."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from limerun import interruption
from limerun.errors import DatasetError
from limerun.progress import RowsAndNotes
from limerun.records import (
    FaultName,
    Performance,
    Plan,
    Resilience,
    Scenario,
    ScenarioKind,
    ScenarioNotRun,
)
from limerun.runs.preparation import RunContext
from limerun.runs.resilience.bad_row_scenarios import BadRowScenarios
from limerun.runs.resilience.disturbed_runner import DisturbedRun, DisturbedRunner
from limerun.runs.resilience.effect_comparison import StateComparison
from limerun.runs.resilience.points import (
    EventName,
    Events,
    FaultPoint,
    kill_points,
    middle_point,
)
from limerun.runs.resilience.scenario_runner import (
    CleanRun,
    Fault,
    Planned,
    ScenarioRunner,
)
from limerun.runs.task_runner import performance_of

_DATABASE: tuple[tuple[FaultName, EventName], ...] = (
    ("connection", "statement"),
    ("lock", "write"),
    ("commit", "commit"),
)
_SERVER: tuple[FaultName, ...] = ("status", "timeout", "cut", "malformed")
_LEAST_TIMEOUT_SECONDS = 60.0
_SLOWER = 20
"""How much longer than a clean run a disturbed one may take: a task may wait before it
tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResilienceQuestion:
    """What `limerun resilience` shall find out."""

    points: int
    """How often to kill the task."""
    within_seconds: float
    kinds: frozenset[ScenarioKind] | None = None
    """Which scenarios to run; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResilienceRuns:
    """The clean runs, and the scenarios."""

    performance: Performance
    resilience: Resilience | None
    """None if a clean run did not return."""
    interrupted: bool = False


def run_scenarios(
    plan: Plan,
    context: RunContext,
    question: ResilienceQuestion,
    clock: Callable[[], float] = time.monotonic,
) -> ResilienceRuns:
    """Run a task with faults, each time on fresh data, and again on what was left.

    Raises:
        LimerunError: The task cannot be run, or limerun cannot see what it changes.
    """
    if plan.dataset is None:
        raise DatasetError(
            "limerun resilience compares databases, but the config has no dataset: add "
            "`dataset:` with the limetypes that the task changes"
        )
    started = clock()
    quiet = replace(context, progress=RowsAndNotes(context.progress), keep=None)
    with DisturbedRunner.open(plan, quiet) as runner:
        within = question.within_seconds
        limit = min(within, plan.timeout_seconds or within)
        clean = [runner.run_on(None, timeout_seconds=limit)]
        if clean[0].run.is_done:
            _check_visible(clean[0])
            again = runner.run_on(clean[0].done.dataset, timeout_seconds=limit)
            clean.append(again)
        performance = performance_of(plan, [each.done for each in clean])
        if not all(each.run.is_done for each in clean):
            return ResilienceRuns(performance=performance, resilience=None)
        left = partial(_left, clock, started + question.within_seconds)
        resilience, interrupted = _Scenarios(
            runner, context, question, clean, limit
        ).run(left)
        seconds = clock() - started
        return ResilienceRuns(
            performance=performance,
            resilience=replace(resilience, seconds=seconds),
            interrupted=interrupted,
        )


def _left(clock: Callable[[], float], end: float) -> float:
    return end - clock()


def _check_visible(done: DisturbedRun) -> None:
    """Refuse a task whose database is not the dataset's."""
    if not done.done.loaded.takes_application:
        raise DatasetError(
            "limerun resilience compares databases, but the task has no application "
            "parameter, so limerun cannot see what it changes"
        )


class _Scenarios:
    """All scenarios of one task."""

    def __init__(
        self,
        runner: DisturbedRunner,
        context: RunContext,
        question: ResilienceQuestion,
        clean: Sequence[DisturbedRun],
        limit: float,
    ) -> None:
        dataset = clean[0].done.dataset
        assert dataset is not None
        assert dataset.database is not None
        self._context, self._question = context, question
        self._first = clean[0]
        self._comparison = StateComparison(
            dataset.database,
            context.design.schema,
            *(each.database for each in clean),
        )
        seconds = max(each.run.duration_seconds or 0 for each in clean)
        self._clean = CleanRun(
            run=clean[0].run,
            dataset=dataset,
            comparison=self._comparison,
            messages=frozenset(
                line.message for each in clean for line in each.warnings
            ),
            timeout_seconds=min(limit, max(_LEAST_TIMEOUT_SECONDS, _SLOWER * seconds)),
        )
        self._runner = ScenarioRunner(runner, self._clean)
        self._folder = runner.folder / "sources"
        self._folder.mkdir()
        self._found: list[Scenario] = []
        self._not_run: list[ScenarioNotRun] = []

    def run(self, left: Callable[[], float]) -> tuple[Resilience, bool]:
        """Run the scenarios until the time is over.

        Returns:
            The result, and whether Ctrl-C ended it early.
        """
        interrupted = False
        if not self._comparison.unrepeatable:
            try:
                kinds = self._question.kinds
                planned = [
                    each
                    for each in self._planned()
                    if kinds is None or each.fault.kind in kinds
                ]
                self._run_all(planned, left)
            except KeyboardInterrupt:
                interrupted = True
        changes = (self._clean.run.effect or {}).values()
        resilience = Resilience(
            seed=self._clean.dataset.seed,
            within_seconds=self._question.within_seconds,
            seconds=0.0,
            varying={
                name: tuple(properties)
                for name, properties in self._comparison.varying.items()
            },
            unrepeatable=self._comparison.unrepeatable,
            created=sum(each.created for each in changes),
            updated=sum(each.updated for each in changes),
            deleted=sum(each.deleted for each in changes),
            scenarios=tuple(self._found),
            not_run=tuple(self._not_run),
        )
        return resilience, interrupted

    def _run_all(self, planned: Sequence[Planned], left: Callable[[], float]) -> None:
        longest = 0.0
        for number, each in enumerate(planned, 1):
            before = left()
            if before < longest or interruption.exit_code() is not None:
                self._skip(each, "the time is over", is_cut=True)
                continue
            where = f"scenario {number} of {len(planned)}: {each.name}"
            self._context.progress.phase("running", where)
            scenario = each.run()
            longest = max(longest, before - left())
            if scenario is None:
                self._skip(each, "the task did not come to this point")
            else:
                self._found.append(scenario)

    def _skip(self, planned: Planned, why: str, *, is_cut: bool = False) -> None:
        skipped = ScenarioNotRun(name=planned.name, why=why, is_cut=is_cut)
        self._not_run.append(skipped)

    # --- which scenarios ---------------------------------------------------------

    def _planned(self) -> Iterator[Planned]:
        events = Events.of(self._first.outcome.counters)
        seed = self._clean.dataset.seed
        again = Fault(kind="rerun", name="rerun")
        yield Planned(again, partial(self._runner.again, self._first))
        for point in kill_points(events, self._question.points, seed):
            fault = _at(point, "kill", "kill")
            yield Planned(fault, partial(self._kill, fault, events))
        totals = {
            "statement": events.statements,
            "write": events.writes,
            "commit": events.commits,
        }
        for name, event in _DATABASE:
            found = middle_point(event, totals[event], seed)
            if found is not None:
                yield self._disturbing(_at(found, "database", name))
        yield from self._of_sources(seed)

    def _of_sources(self, seed: int) -> Iterator[Planned]:
        for fetched in self._clean.run.fetched:
            point = middle_point("request", fetched.requests, seed)
            if point is not None:
                for name in _SERVER:
                    fault = _at(point, "source", name)
                    yield self._disturbing(replace(fault, source=fetched.source))
        for source in self._clean.dataset.sources:
            rows = BadRowScenarios(
                self._runner, self._context.design, source, self._folder
            )
            yield from rows.planned(seed)

    def _disturbing(self, fault: Fault) -> Planned:
        return Planned(fault, partial(self._runner.disturb, fault))

    def _kill(self, fault: Fault, events: Events) -> Scenario | None:
        """Kill the task; between two writes if it reads its rows all at once."""
        scenario = self._runner.disturb(fault)
        if scenario is not None or fault.at != "row" or not events.writes:
            return scenario
        assert fault.number is not None
        share = fault.number / max(1, events.rows)
        number = max(1, round(share * events.writes))
        return self._runner.disturb(
            replace(fault, at="write", number=number, of=events.writes)
        )


def _at(point: FaultPoint, kind: ScenarioKind, name: FaultName) -> Fault:
    return Fault(kind=kind, name=name, at=point.at, number=point.number, of=point.of)
