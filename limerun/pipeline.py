"""The stages in order: one function for each thing that limerun does."""

import dataclasses
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from limerun.judge.checks import checks_of, lowered
from limerun.judge.findings import findings_of
from limerun.judge.profiled import profile_findings
from limerun.judge.stopping import with_stops
from limerun.judge.suggestions import with_suggestions
from limerun.judge.verdict import ending_verdict, exit_code_of, verdict_of
from limerun.measure.source_text import source_of
from limerun.records import (
    EXIT_INTERRUPTED,
    Config,
    Machine,
    Performance,
    Plan,
    Record,
    Verdict,
)
from limerun.stage import Workshop, opened_stage
from limerun.version import VERSION

if TYPE_CHECKING:
    from limerun.ladder import Question


def capacity_test(
    plan: Plan, workshop: Workshop, performance: Performance | None = None
) -> Record:
    """Run the task at the dataset's size and hold its figures against the budgets.

    Args:
        plan: What the user decided.
        workshop: Where to do it.
        performance: Runs to be judged instead, such as a saved record's.

    Raises:
        LimerunError: The task, the dataset or the worker cannot be had.
    """
    started_at = _now()
    replayed = performance is not None
    if performance is None:
        with opened_stage(plan, workshop) as stage:
            performance = stage.perform(plan.repeat)
    workshop.progress.phase("report")
    runs = performance.runs
    checks = with_stops(checks_of(plan.budget, runs), runs)
    verdict = verdict_of(runs, checks)
    findings = lowered(
        findings_of(
            task=performance.task,
            dataset=performance.dataset,
            production_rows=plan.production_rows,
            budget=plan.budget,
            runs=runs,
            checks=checks,
        ),
        checks,
    )
    if not replayed:  # else the code may not be what it was any more
        statements = [each for run in runs for each in run.statements]
        findings = with_suggestions(
            findings, statements, source_of, _function_of(performance)
        )
    return dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code_of(runs, verdict),
        checks=checks,
        findings=findings,
    )


def feature_test(plan: Plan, workshop: Workshop) -> Record:
    """Run the task once on a small dataset and tell what it changed.

    Raises:
        LimerunError: The task, the dataset or the worker cannot be had.
    """
    started_at = _now()
    with opened_stage(plan, workshop) as stage:
        performance = stage.perform(1, compare=True)
    workshop.progress.phase("report")
    verdict = ending_verdict(performance.runs[0])
    return dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code_of(performance.runs, verdict),
    )


def profile(
    plan: Plan, workshop: Workshop, renderings: Sequence[str] = ()
) -> tuple[Record, Mapping[str, str]]:
    """Run the task bare, then once under each instrument, each in its own worker.

    The bare run is what the record's figures are of; an instrument changes them.

    Args:
        plan: What the user decided.
        workshop: Where to do it.
        renderings: What to make of the stacks too: "speedscope", "cpu_html".

    Returns:
        The record, and the text of each rendering that could be made.

    Raises:
        LimerunError: The task, the dataset or the worker cannot be had.
    """
    # Here, because numpy takes longer to import than other commands may take.
    from limerun.profiling import watch

    started_at = _now()
    watched = watch(plan, workshop, tuple(renderings))
    workshop.progress.phase("report")
    performance = watched.performance
    [bare] = performance.runs
    verdict = ending_verdict(bare)
    exit_code = exit_code_of(performance.runs, verdict)
    if watched.interrupted:
        verdict, exit_code = verdict or Verdict.INCONCLUSIVE, EXIT_INTERRUPTED
    findings = profile_findings(
        watched.profile,
        watched.instruments,
        findings_of(
            task=performance.task,
            dataset=performance.dataset,
            production_rows={},  # a profile may well be of fewer rows
            budget=plan.budget,
            runs=(watched.traced,),
            checks=(),
        ),
        killed_for_memory=verdict is Verdict.KILLED,
    )
    record = dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code,
        instruments=watched.instruments,
        findings=with_suggestions(
            findings, watched.traced.statements, source_of, _function_of(performance)
        ),
        profile=watched.profile,
    )
    return record, watched.renderings


def estimate(plan: Plan, workshop: Workshop, question: "Question") -> Record:
    """Run the task at rising sizes, and predict its figures at one that is larger.

    Raises:
        LimerunError: Nothing can grow, or the task, the dataset or the worker cannot
            be had.
    """
    # Here, because numpy takes longer to import than other commands may take.
    from limerun.judge.growth import growth_findings, growth_verdict, judged
    from limerun.ladder import climb
    from limerun.measure.growth import growth_of

    started_at = _now()
    gathered = climb(plan, workshop, question)
    workshop.progress.phase("report")
    performance = gathered.performance
    growth = judged(growth_of(gathered.climb, plan.budget), plan.budget)
    verdict = ending_verdict(performance.runs[0]) or growth_verdict(growth, plan.budget)
    exit_code = exit_code_of(performance.runs, verdict)
    if gathered.interrupted:
        verdict, exit_code = Verdict.INCONCLUSIVE, EXIT_INTERRUPTED
    of_run = findings_of(
        task=performance.task,
        dataset=performance.dataset,
        production_rows={},  # the ladder is smaller on purpose
        budget=plan.budget,
        runs=performance.runs,
        checks=(),
    )
    return dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code,
        findings=with_suggestions(
            (*growth_findings(performance.task, growth), *of_run),
            performance.runs[0].statements,
            source_of,
            _function_of(performance),
        ),
        growth=growth,
    )


def _function_of(performance: Performance) -> str:
    """Return the task's name in its module, without the class that it may be in."""
    return performance.task.name.rpartition(".")[2]


def _record(plan: Plan, started_at: str, performance: Performance) -> Record:
    return Record(
        limerun_version=VERSION,
        started_at=started_at,
        command=plan.command,
        config=Config(
            path=str(plan.config_path),
            values=plan.decided,
            provenance=plan.provenance,
        ),
        machine=Machine(
            os=platform.platform(),
            python=performance.python,
            cpus=os.cpu_count() or 1,
            memory_bytes=psutil.virtual_memory().total,
        ),
        task=performance.task,
        dataset=performance.dataset,
        verdict=None,
        exit_code=0,
        runs=performance.runs,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
