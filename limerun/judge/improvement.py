"""Decide whether a changed task is better than before. Pure."""

from collections.abc import Collection, Sequence

from limerun.records import Check, Finding, ImprovedFigures, Run

_MEMORY_SHARE, _LEAST_BYTES = 0.05, 1_000_000
_COUNT_SHARE = 0.05
_TIME_SHARE, _LEAST_SECONDS = 0.2, 0.1
"""A duration varies by some percent from run to run, even without contention."""


def improved_figures(run: Run) -> ImprovedFigures:
    """Return the figures of a run that a change may improve."""
    queries = run.queries
    return ImprovedFigures(
        done=run.is_done,
        memory_bytes=run.memory.task_bytes,
        seconds=run.judged_seconds,
        queries=None if queries is None else queries.total,
        commits=None if queries is None else queries.commits,
    )


def gains_of(
    before: ImprovedFigures,
    after: ImprovedFigures,
    findings: tuple[Sequence[Finding], Sequence[Finding]],
    rules: Collection[str],
) -> tuple[str, ...]:
    """Return what is better: figures by name, and rules without a finding now.

    Args:
        before: The figures before the change.
        after: The figures after it.
        findings: The findings before and after it.
        rules: The rules that the change is made for.
    """
    if after.done and not before.done:
        return ("finishes",)
    if not after.done:
        return ()
    gains = [
        name
        for name, was, now, share, least in (
            (
                "memory",
                before.memory_bytes,
                after.memory_bytes,
                _MEMORY_SHARE,
                _LEAST_BYTES,
            ),
            ("duration", before.seconds, after.seconds, _TIME_SHARE, _LEAST_SECONDS),
            ("queries", before.queries, after.queries, _COUNT_SHARE, 1),
            ("commits", before.commits, after.commits, _COUNT_SHARE, 1),
        )
        if is_less(was, now, share, least)
    ]
    was_found, is_found = ({each.rule for each in part} for part in findings)
    return (*gains, *sorted((was_found - is_found) & set(rules)))


def is_less(
    before: float | None, after: float | None, share: float, least: float
) -> bool:
    """Return whether a figure is lower by a share of it, and by at least some amount."""
    if before is None or after is None:
        return False
    return before - after >= max(share * before, least)


def newly_exceeded(before: Sequence[Check], after: Sequence[Check]) -> tuple[str, ...]:
    """Return the names of the checks that passed before, and now do not."""
    passed = {check.name for check in before if check.passed}
    return tuple(
        check.name for check in after if check.name in passed and not check.passed
    )
