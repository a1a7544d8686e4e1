"""The stages in order: one function for each thing that limerun does."""

import dataclasses
import os
import platform
from datetime import UTC, datetime

import psutil

from limerun.errors import TaskError
from limerun.judge.checks import checks_of
from limerun.judge.findings import findings_of
from limerun.judge.verdict import ending_verdict, exit_code_of, verdict_of
from limerun.measure.hotlines import instrument_of, missing, statements_of
from limerun.records import (
    Config,
    Instrument,
    Machine,
    Performance,
    Plan,
    Record,
    Run,
)
from limerun.stage import Stage, Workshop, opened_stage
from limerun.version import VERSION


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
    if performance is None:
        with opened_stage(plan, workshop) as stage:
            performance = stage.perform(plan.repeat)
    workshop.progress.phase("report")
    runs = performance.runs
    checks = checks_of(plan.budget, runs)
    verdict = verdict_of(runs, checks)
    return dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code_of(runs, verdict),
        checks=checks,
        findings=findings_of(
            task=performance.task,
            dataset=performance.dataset,
            production_rows=plan.production_rows,
            budget=plan.budget,
            runs=runs,
            checks=checks,
        ),
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


def profile(plan: Plan, workshop: Workshop) -> Record:
    """Run the task bare, then once under each instrument, each in its own worker.

    The bare run is what the record's figures are of; an instrument changes them.

    Raises:
        LimerunError: The task, the dataset or the worker cannot be had.
    """
    started_at = _now()
    instruments: list[Instrument] = []
    with opened_stage(plan, workshop) as stage:
        bare, _ = stage.run(record_lines=False)
        traced = bare
        if bare.ending == "returned":
            for name in ("cpu", "memory"):
                workshop.progress.note(f"instrument: {name}")
                instruments.append(_instrumented(stage, name, bare))
            workshop.progress.note("instrument: statements")
            traced, _ = stage.run()
            instruments.append(statements_of(traced, bare))
        performance = stage.performance((bare,))
    workshop.progress.phase("report")
    verdict = ending_verdict(bare)
    return dataclasses.replace(
        _record(plan, started_at, performance),
        verdict=verdict,
        exit_code=exit_code_of(performance.runs, verdict),
        instruments=tuple(instruments),
        findings=findings_of(
            task=performance.task,
            dataset=performance.dataset,
            production_rows={},  # a profile may well be of fewer rows
            budget=plan.budget,
            runs=(traced,),
            checks=(),
        ),
    )


def _instrumented(stage: Stage, name: str, bare: Run) -> Instrument:
    try:
        run, outcome = stage.run(instrument=name)
    except TaskError as error:
        return missing(name, str(error))
    if outcome.instrument is None:
        return missing(name, f"under the instrument the task {run.ending}")
    return instrument_of(outcome.instrument, run, bare)


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
