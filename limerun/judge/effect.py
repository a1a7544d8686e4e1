"""Find tasks that had no effect, or left threads or processes running. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import Finding, Json, LeftRunning, Run, Task
from limerun.records.rules import make_finding, place_of
from limerun.units import format_count


def effect_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for each run that read rows but had no effect.

    This requires that limerun would have seen an effect: statements were counted, and
    the task wrote no file, used no library that sends data, and started no process.
    """
    for run in runs:
        if _could_see(run) and _is_nothing(run.result, run.empty_commits > 0):
            yield from _no_effect(run)


def _could_see(run: Run) -> bool:
    return (
        run.is_done
        and run.queries is not None
        and not run.acted_unseen
        and run.memory.largest_child_bytes is None
    )


def _no_effect(run: Run) -> Iterator[Finding]:
    rows = run.rows_processed or run.rows_high
    if not rows or run.queries is None or _has_committed_rows(run):
        return
    most = "" if run.rows_processed else "up to "
    yield make_finding(
        "effect.none",
        "warning",
        "The task read its input but had no effect",
        f"{most}{format_count(rows)} rows were read, {_written(run)}, and the task "
        f"returned {_shown(run.result)}.",
        None,
    )


def _has_committed_rows(run: Run) -> bool:
    """Return whether any transaction wrote rows that were not rolled back."""
    return run.transactions is not None and run.transactions.count > 0


def _written(run: Run) -> str:
    queries = run.queries
    assert queries is not None
    if not queries.writes:
        if run.empty_commits:
            return "the committed units of work contained no change"
        return "nothing was written"
    if queries.writes > queries.failed:
        return (
            f"{format_count(queries.writes)} write statements changed no row or were "
            "not committed"
        )
    return f"the database rejected all {format_count(queries.writes)} write statements"


def _is_nothing(result: Json, any_count: bool) -> bool:
    """Return whether a result is None or consists only of zero counts.

    Args:
        result: What the task returned.
        any_count: Also accept any number. This is for a task whose writes all failed:
            its number counts what it read, or is wrong.
    """
    if isinstance(result, dict | list):
        values = result.values() if isinstance(result, dict) else result
        # An empty list of errors next to a count of zero is not a result either.
        return bool(result) and all(
            each in ([], {}) or _is_nothing(each, any_count) for each in values
        )
    if isinstance(result, bool | str):
        return False
    return result is None or any_count or result == 0


def _shown(result: Json) -> str:
    return "None" if result is None else f"only a count: {result}"[:200]


# --- still running -----------------------------------------------------------------


def running_findings(task: Task, runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for the run that left the most threads and processes running."""
    left = max(
        (run.left_running for run in runs if run.left_running is not None),
        key=lambda each: each.threads + each.processes,
        default=None,
    )
    if left is None:
        return
    count = left.threads + left.processes
    was = "was" if count == 1 else "were"
    yield make_finding(
        "effect.running",
        "warning",
        f"{_counted(left.threads, left.processes)} {was} still running when the task "
        "returned",
        _how_it_ended(left, "it" if count == 1 else "they"),
        place_of(task),
    )


def _how_it_ended(left: LeftRunning, they: str) -> str:
    at_end = left.threads_at_end + left.processes_at_end
    if not at_end:
        return f"limerun waited until {they} ended, and measured memory up to then."
    what = _counted(left.threads_at_end, left.processes_at_end)
    return (
        f"limerun waited for `background_wait` and then stopped {what}; the figures do "
        f"not include memory that would have been used later."
    )


def _counted(threads: int, processes: int) -> str:
    parts = []
    if threads:
        parts.append(f"{threads} thread{'s' * (threads > 1)}")
    if processes:
        parts.append(f"{processes} process{'es' * (processes > 1)}")
    return " and ".join(parts)
