"""Say how it ended, in one word and one exit code. Pure."""

from collections.abc import Sequence

from limerun.records import (
    EXIT_CODES,
    EXIT_INTERRUPTED,
    Check,
    Run,
    Verdict,
)

_UNKNOWN = ("interrupted", "stuck", "watcher_lost")
"""Ends that limerun or its user brought about, and that judge no budget."""


def verdict_of(runs: Sequence[Run], checks: Sequence[Check]) -> Verdict:
    """Return the verdict: how the runs ended comes before what they measured.

    PASSED has three preconditions, and this is the one place that checks them. Each
    run returned, as recorded by the worker itself (see `Ending`); the body of the
    task ran; every figure that a budget needs was measured, and all that it can be
    lies within the budget. A budget that only warns fails nothing.
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
    """Return the verdict on a run whose end decides it; None: its figures do."""
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


def exit_code_of(runs: Sequence[Run], verdict: Verdict | None) -> int:
    """Return the exit code: one cause, one code."""
    if any(run.killed_because == "interrupted" for run in runs):
        return EXIT_INTERRUPTED
    return 0 if verdict is None else EXIT_CODES[verdict]
