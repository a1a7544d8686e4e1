"""Make the record of a command that ran a task: verdict, exit code, findings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from limerun import interruption
from limerun.config.secret_values import known
from limerun.engine.launch import this_machine
from limerun.judge.rule_levels import levelled, without_ignored
from limerun.judge.suggestions import with_suggestions
from limerun.judge.verdict import exit_code_of, with_error_findings
from limerun.records import (
    EXIT_INTERRUPTED,
    SCHEMA,
    ConfigValues,
    Finding,
    Performance,
    Plan,
    Record,
    Run,
    Verdict,
)
from limerun.runs.source_text import lines_of, source_of
from limerun.version import VERSION


def with_run_suggestions(
    findings: Sequence[Finding], performance: Performance, runs: Sequence[Run]
) -> tuple[Finding, ...]:
    """Return findings with code suggestions, from the statements of runs."""
    statements = [statement for run in runs for statement in run.statements]
    # The task's name may contain the name of its class.
    function = performance.task.name.rpartition(".")[2]
    return with_suggestions(findings, statements, source_of, function)


def finished(record: Record, plan: Plan, *, comments: bool = True) -> Record:
    """Return the record with its findings at their levels, and secrets concealed.

    Args:
        record: The record.
        plan: What the user decided.
        comments: Whether comments in the code may silence a finding.
    """
    findings = record.findings
    if comments:
        findings = without_ignored(findings, lines_of)
    record = replace(record, findings=levelled(findings, plan.rules))
    return known.concealed(with_error_findings(record))


def record_of(
    plan: Plan,
    started_at: str,
    performance: Performance,
    verdict: Verdict | None,
    *,
    interrupted: bool = False,
) -> Record:
    """Return the record of a task's runs, without checks and findings."""
    return Record(
        schema=SCHEMA,
        limerun_version=VERSION,
        started_at=started_at,
        command=plan.command,
        config=ConfigValues(
            path=str(plan.config_path),
            values=plan.decided,
            provenance=plan.provenance,
        ),
        machine=this_machine(performance.python),
        task=performance.task,
        dataset=performance.dataset,
        verdict=verdict,
        exit_code=_exit_code(performance.runs, verdict, interrupted=interrupted),
        runs=performance.runs,
    )


def _exit_code(
    runs: Sequence[Run], verdict: Verdict | None, *, interrupted: bool
) -> int:
    """Return the exit code; if a signal ended the command, the signal's exit code."""
    signalled = interruption.exit_code()
    if signalled is not None:
        return signalled
    return EXIT_INTERRUPTED if interrupted else exit_code_of(runs, verdict)


def now() -> str:
    """Return the time in ISO 8601 format."""
    return datetime.now(UTC).isoformat(timespec="seconds")
