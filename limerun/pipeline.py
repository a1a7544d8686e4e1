"""Run the stages in order: one function for each command that runs a task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from limerun.config.secret_values import known
from limerun.judge.budget_checks import (
    apply_budget_levels,
    apply_early_stops,
    checks_of,
)
from limerun.judge.effect import effect_findings
from limerun.judge.findings import findings_of
from limerun.judge.log_findings import log_findings, proven_findings
from limerun.judge.profiled import profile_findings
from limerun.judge.rule_levels import levelled_checks
from limerun.judge.static_findings import with_static
from limerun.judge.suggestions import with_profile_command, with_suggestions
from limerun.judge.verdict import ending_verdict, verdict_of
from limerun.linting import suspicions_of
from limerun.recording import finished, now, record_of
from limerun.records import Check, Finding, Performance, Plan, Record, Run, Verdict
from limerun.runs.machine_speed import with_usual_speed
from limerun.runs.preparation import RunContext
from limerun.runs.source_text import source_of
from limerun.runs.task_runner import TaskRunner

if TYPE_CHECKING:
    from limerun.runs.growth.size_series import GrowthQuestion
    from limerun.runs.resilience.scenarios import ResilienceQuestion


def capacity_test(
    plan: Plan, context: RunContext, performance: Performance | None = None
) -> Record:
    """Run the task at the dataset's size and compare its figures with the budgets.

    Args:
        plan: What the user decided.
        context: Where to run the task.
        performance: Runs to judge instead of new ones, for example a saved record's.

    Raises:
        LimerunError: The task cannot be run, or its dataset cannot be made.
    """
    started_at = now()
    replayed = performance is not None
    if performance is None:
        with TaskRunner.open(plan, context) as runner:
            performance = runner.run(plan.repeat)
        limit = plan.budget.duration_seconds
        performance = with_usual_speed(performance, limit, context.cache)
    context.progress.phase("report")
    runs = performance.runs
    checks = levelled_checks(
        apply_early_stops(checks_of(plan.budget, runs), runs), plan.rules
    )
    found = _findings_of(plan, performance, runs, checks, plan.production_rows)
    found = (*found, *effect_findings(runs[:1]), *log_findings(performance.task, runs))
    findings = apply_budget_levels(found, checks)
    findings = with_profile_command(findings, str(plan.config_path))
    if not replayed:  # the code may have changed since a saved run
        findings = _with_suggestions(findings, performance, runs)
        findings = with_static(findings, suspicions_of(plan), runs)
    record = record_of(plan, started_at, performance, verdict_of(runs, checks))
    record = replace(record, checks=checks, findings=findings)
    return finished(record, plan, comments=not replayed)


def feature_test(plan: Plan, context: RunContext) -> Record:
    """Run the task once on a small dataset and determine what it changed.

    Raises:
        LimerunError: The task cannot be run, or its dataset cannot be made.
    """
    started_at = now()
    with TaskRunner.open(plan, context) as runner:
        performance = runner.run(1, examples=True)
    context.progress.phase("report")
    [run] = performance.runs
    record = record_of(plan, started_at, performance, ending_verdict(run))
    measured = (*effect_findings([run]), *log_findings(performance.task, [run]))
    seen = [each for each in suspicions_of(plan) if each.rule.startswith("log.")]
    findings = with_static(measured, seen, [run])
    return finished(replace(record, findings=findings), plan)


def profile(
    plan: Plan, context: RunContext, renderings: Sequence[str] = ()
) -> tuple[Record, Mapping[str, str]]:
    """Run the task without instruments, then once with each, in a new worker each time.

    The record has the figures of the run without instruments, which would change them.

    Args:
        plan: What the user decided.
        context: Where to run the task.
        renderings: Formats for the sampled stacks: "speedscope", "cpu_html".

    Returns:
        The record, and the text of each rendering that succeeded.

    Raises:
        LimerunError: The task cannot be run, or its dataset cannot be made.
    """
    # Imported here, because numpy takes too long to import for the other commands.
    from limerun.runs.profiling import run_instrumented

    started_at = now()
    profiled = run_instrumented(plan, context, tuple(renderings))
    context.progress.phase("report")
    performance, traced = profiled.performance, profiled.traced
    verdict = ending_verdict(performance.runs[0])
    if profiled.interrupted:
        verdict = verdict or Verdict.INCONCLUSIVE
    findings = profile_findings(
        profiled.profile,
        profiled.instruments,
        _findings_of(plan, performance, [traced]),
        killed_for_memory=verdict is Verdict.KILLED,
        source_of=source_of,
    )
    findings = (*findings, *proven_findings([performance.runs[0], traced]))
    findings = _with_suggestions(findings, performance, [traced])
    record = replace(
        record_of(
            plan, started_at, performance, verdict, interrupted=profiled.interrupted
        ),
        instruments=profiled.instruments,
        findings=with_static(findings, suspicions_of(plan), [traced]),
        profile=profiled.profile,
    )
    texts = {name: known.conceal(text) for name, text in profiled.renderings.items()}
    return finished(record, plan), texts


def estimate(plan: Plan, context: RunContext, question: "GrowthQuestion") -> Record:
    """Run the task at rising sizes, and predict its figures at a larger size.

    Raises:
        LimerunError: The task has no input that can grow, the task cannot be run, or
            its dataset cannot be made.
    """
    # Imported here, because numpy takes too long to import for the other commands.
    from limerun.judge.growth_findings import (
        growth_findings,
        growth_verdict,
        judge_predictions,
    )
    from limerun.measure.growth.growth_summary import growth_of
    from limerun.runs.growth.sizes import run_at_sizes

    started_at = now()
    sizes = run_at_sizes(plan, context, question)
    context.progress.phase("report")
    performance, [run] = sizes.performance, sizes.performance.runs
    growth = judge_predictions(growth_of(sizes.runs_at_sizes, plan.budget), plan.budget)
    verdict = ending_verdict(run) or growth_verdict(growth, plan.budget)
    if sizes.interrupted:
        verdict = Verdict.INCONCLUSIVE
    findings = (
        *growth_findings(performance.task, growth),
        *_findings_of(plan, performance, [run]),
    )
    record = replace(
        record_of(
            plan, started_at, performance, verdict, interrupted=sizes.interrupted
        ),
        findings=_with_suggestions(findings, performance, [run]),
        growth=growth,
    )
    return finished(record, plan)


def resilience(
    plan: Plan, context: RunContext, question: "ResilienceQuestion"
) -> Record:
    """Disturb the task at several points, run it again, and compare with clean runs.

    Raises:
        LimerunError: The task cannot be run, its dataset cannot be made, or limerun
            cannot see what it changes.
    """
    # Imported here, because numpy takes too long to import for the other commands.
    from limerun.judge.resilience import resilience_findings, resilience_verdict
    from limerun.runs.resilience.scenarios import run_scenarios

    started_at = now()
    found = run_scenarios(plan, context, question)
    context.progress.phase("report")
    performance, run = found.performance, found.performance.runs[-1]
    verdict = ending_verdict(run)
    findings: tuple[Finding, ...] = ()
    if found.resilience is not None:
        verdict = verdict or resilience_verdict(found.resilience)
        findings = resilience_findings(
            performance.task, found.resilience, run, suspicions_of(plan)
        )
    record = replace(
        record_of(
            plan, started_at, performance, verdict, interrupted=found.interrupted
        ),
        findings=_with_suggestions(findings, performance, ()),
        resilience=found.resilience,
    )
    return finished(record, plan)


def _findings_of(
    plan: Plan,
    performance: Performance,
    runs: Sequence[Run],
    checks: Sequence[Check] = (),
    production_rows: Mapping[str, int] | None = None,
) -> tuple[Finding, ...]:
    """Return the findings from the runs; `duration.size` needs `production_rows`."""
    return findings_of(
        task=performance.task,
        dataset=performance.dataset,
        production_rows=production_rows or {},
        budget=plan.budget,
        runs=runs,
        checks=checks,
    )


def _with_suggestions(
    findings: Sequence[Finding], performance: Performance, runs: Sequence[Run]
) -> tuple[Finding, ...]:
    statements = [statement for run in runs for statement in run.statements]
    # The task's name may include its class.
    function = performance.task.name.rpartition(".")[2]
    return with_suggestions(findings, statements, source_of, function)
