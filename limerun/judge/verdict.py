"""Turn runs and checks into a verdict and an exit code. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from limerun.records import (
    EXIT_CODES,
    EXIT_INTERRUPTED,
    Check,
    Record,
    Run,
    Verdict,
)

_UNKNOWN = ("interrupted", "stuck", "watcher_lost")
"""Endings caused by limerun or its user; budgets are not judged then."""


def verdict_of(runs: Sequence[Run], checks: Sequence[Check]) -> Verdict:
    """Return the verdict; how the runs ended takes precedence over their figures.

    PASSED has three preconditions, checked only here. Each run returned, as recorded by
    the worker itself (see `Ending`). The body of the task ran. Every figure that a
    budget needs was measured, and its whole range is within the budget. A budget at
    level warning does not fail the verdict.
    """
    for run in runs:
        verdict = ending_verdict(run)
        if verdict is not None:
            return verdict
    failing = [check for check in checks if check.level == "error"]
    if any(check.passed is False for check in failing):
        return Verdict.FAILED
    if not checks or any(check.passed is None for check in failing):
        return Verdict.INCONCLUSIVE
    return Verdict.PASSED


def ending_verdict(run: Run) -> Verdict | None:
    """Return the verdict that an ending implies; None if the figures decide."""
    if run.not_run is not None:
        return Verdict.INCONCLUSIVE
    if run.ending == "returned":
        return None
    if run.ending == "timeout":
        return Verdict.TIMEOUT
    if run.ending != "killed":
        return Verdict.ERROR
    if run.killed_because in _UNKNOWN:
        return Verdict.INCONCLUSIVE
    if run.killed_because == "stopped_early":
        return Verdict.FAILED
    return Verdict.KILLED


def with_error_findings(record: Record) -> Record:
    """Return the record; its verdict becomes failed if a finding is at level error.

    A run that did not return, or an interruption, decides the verdict alone.
    """
    is_judged = record.exit_code in (0, EXIT_CODES[Verdict.INCONCLUSIVE])
    is_done = all(ending_verdict(run) is None for run in record.runs)
    if not (
        is_judged and is_done and any(each.level == "error" for each in record.findings)
    ):
        return record
    failed = Verdict.FAILED
    return replace(record, verdict=failed, exit_code=EXIT_CODES[failed])


def exit_code_of(runs: Sequence[Run], verdict: Verdict | None) -> int:
    """Return the exit code of an interruption, or the verdict's; 0 without either."""
    if any(run.killed_because == "interrupted" for run in runs):
        return EXIT_INTERRUPTED
    return 0 if verdict is None else EXIT_CODES[verdict]
