"""Records of an estimate, and of a run that was stopped early."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from limerun.judge.growth_findings import (
    growth_findings,
    growth_verdict,
    judge_predictions,
)
from limerun.measure.growth.growth_summary import growth_of
from limerun.records import (
    Growth,
    Output,
    PredictedDuration,
    Queries,
    Record,
    StoppedEarly,
    Verdict,
)
from tests.builders import (
    MB,
    a_budget,
    a_database_influence,
    growth_runs,
    runs_at_sizes,
)
from tests.report.made_base import base, check, finding
from tests.report.made_endings import failed
from tests.report.made_runs import good_run, memory

BUDGET = a_budget(duration=600.0, queries=0.1)
_DIGITS = 5


def rounded(growth: Growth) -> Growth:
    """Return growth rounded to digits that are equal on every machine."""
    return _rounded(growth)  # type: ignore[no-any-return] # what goes in comes out


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, tuple):
        return tuple(_rounded(each) for each in value)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        changed = {
            each.name: _rounded(getattr(value, each.name)) for each in fields(value)
        }
        return replace(value, **changed)
    return value


def estimate() -> Record:
    """Return an estimate of the naive import: a list of all rows, a query per row."""
    made = growth_runs(
        lambda n: 0.02 + 9e-5 * n,
        sizes=(59, 469, 938, 1_875, 3_750, 7_500),
        database=lambda n: 2.4e-5 * n,
        memory=lambda n: 1.2 * MB + 2_990 * n,
        queries=lambda n: n + 5,
        noise=0.03,
    )
    runs = _rounded(made)
    database = a_database_influence(
        100_000,
        100_000,
        inputs=(59, 3_750),
        seconds=lambda n, d: 0.02 + 9e-5 * n + 2.4e-10 * n * d,
        memory=lambda n, d: 1.2 * MB + 2_990 * n,
        queries=lambda n, d: n + 5,
    )
    sized = replace(runs_at_sizes(runs, 120_000), database=_rounded(database))
    growth = rounded(judge_predictions(growth_of(sized, BUDGET), BUDGET))
    of_task = failed()
    run = replace(
        of_task.runs[0],
        duration_seconds=0.88,
        database_seconds=0.4,
        database_wait_seconds=0.0,
        cpu_user_seconds=0.8,
        cpu_system_seconds=0.08,
        memory=memory(23.6),
        rows_processed=7_500,
        queries=Queries(total=7_505, reads=7_501, writes=4, commits=1, distinct=4),
        output=Output(stdout="", stderr=""),
        effect=None,
    )
    return replace(
        of_task,
        command="estimate",
        verdict=growth_verdict(growth, BUDGET),
        exit_code=1,
        runs=(run,),
        checks=(),
        findings=growth_findings(of_task.task, growth),
        growth=growth,
    )


def stopped() -> Record:
    """Return a run of the good import on a slow machine, stopped after a tenth of it."""
    stop = StoppedEarly(
        check="duration.budget",
        limit=600.0,
        at_least=1504.0,
        rows_done=14_200,
        rows_total=120_000,
    )
    run = replace(
        good_run(),
        ending="killed",
        killed_because="stopped_early",
        signal="SIGKILL",
        duration_seconds=356.0,
        rows_processed=14_200,
        queries=Queries(total=288, reads=144, writes=144, commits=144, distinct=4),
        output=Output(stdout="", stderr=""),
        result=None,
        stopped_early=stop,
        predicted_duration=PredictedDuration(
            low_seconds=1504.0,
            likely_seconds=3010.0,
            high_seconds=4530.0,
            rows_done=14_200,
            rows_total=120_000,
        ),
    )
    why = "the task did not finish, so the full figure is unknown"
    of_memory = check("memory.task", 27_300_000, 200 * MB, why)
    duration = check(
        "duration.budget",
        1504.0,
        600.0,
        "stopped early after 14,200 of 120,000 rows; all rows would take at least 25.1 min",
    )
    return replace(
        base("configs/import-contracts.yaml"),
        verdict=Verdict.FAILED,
        exit_code=1,
        runs=(run,),
        checks=(replace(of_memory, passed=None), duration),
        findings=(
            finding(
                "duration.budget",
                "error",
                "The task takes longer than its budget",
                "It would take at least 25.1 min; the budget is 10.0 min.",
                None,
            ),
        ),
    )
