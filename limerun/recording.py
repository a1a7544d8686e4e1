"""Create a command's record from its runs, with findings at their levels."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from limerun import interruption
from limerun.config.secret_values import known
from limerun.engine.launch import this_machine
from limerun.errors import EXIT_FAULT, LimerunError
from limerun.judge.rule_levels import levelled, without_ignored
from limerun.judge.verdict import exit_code_of, with_error_findings
from limerun.records import (
    EXIT_CODES,
    EXIT_INTERRUPTED,
    SCHEMA,
    ConfigValues,
    Performance,
    Plan,
    Record,
    Run,
    Task,
    Verdict,
)
from limerun.runs.source_text import lines_of
from limerun.runs.task_runner import shown_parameters
from limerun.version import VERSION


def record_of_failure(plan: Plan, error: Exception) -> Record:
    """Return the record of a task that could not run, with the reason.

    Args:
        plan: What the user decided.
        error: The error; any other than a LimerunError is a bug in limerun.
    """
    code, problem = EXIT_FAULT, f"bug in limerun: {error!r}"
    if isinstance(error, LimerunError):
        code, problem = error.exit_code, str(error)
    verdicts = {code: verdict for verdict, code in EXIT_CODES.items()}
    task = Task(
        name=plan.task.rpartition(":")[2],
        file=None,
        line=None,
        parameters=shown_parameters(plan),
        kind=None,
    )
    performance = Performance(task=task, python=None, dataset=None, runs=())
    record = record_of(plan, now(), performance, verdicts.get(code, Verdict.ERROR))
    return known.concealed(replace(record, exit_code=code, problem=problem))


def finished(record: Record, plan: Plan, *, comments: bool = True) -> Record:
    """Return the record with its findings at their levels, and secrets concealed.

    Args:
        record: The record.
        plan: What the user decided.
        comments: True if comments in the code may silence a finding.
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
    """Return a command's record, without checks and findings.

    Args:
        plan: What the user decided.
        started_at: When the command began, in ISO 8601.
        performance: All runs.
        verdict: The verdict, if it does not follow from the runs' endings alone.
        interrupted: True if a signal ended the command.
    """
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
    """Return the exit code, which is the signal's if a signal ended the command."""
    signalled = interruption.exit_code()
    if signalled is not None:
        return signalled
    return EXIT_INTERRUPTED if interrupted else exit_code_of(runs, verdict)


def now() -> str:
    """Return the current time in UTC, in ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
