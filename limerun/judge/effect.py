"""Notice a task that changed nothing, or that left something running. Pure."""

from collections.abc import Iterator, Sequence

from limerun.records import Finding, Json, LeftRunning, Run, Task
from limerun.records.rules import make_finding, place_of
from limerun.units import format_count


def effect_findings(runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for a run that read rows, if nothing came of it.

    Only where an effect would have been seen: the statements were counted, and the
    task wrote no file, used no library that sends, and started no process.
    """
    for run in runs:
        if _could_see(run) and _is_nothing(run.result, run.empty_commits > 0):
            yield from _none(run)


def _could_see(run: Run) -> bool:
    return (
        run.is_done
        and run.queries is not None
        and not run.acted_unseen
        and run.memory.largest_child_bytes is None
    )


def _none(run: Run) -> Iterator[Finding]:
    rows = run.rows_processed or run.rows_high
    if not rows or run.queries is None or _has_committed_rows(run):
        return
    most = "" if run.rows_processed else "up to "
    yield make_finding(
        "effect.none",
        "warning",
        "The input was read, but nothing came of it",
        f"{most}{format_count(rows)} rows were read, {_written(run)}, and the task returned "
        f"{_shown(run.result)}.",
        None,
    )


def _has_committed_rows(run: Run) -> bool:
    """Say whether a transaction wrote rows that were not rolled back."""
    return run.transactions is not None and run.transactions.count > 0


def _written(run: Run) -> str:
    queries = run.queries
    assert queries is not None
    if not queries.writes:
        if run.empty_commits:
            return "the units of work that were committed held no change"
        return "nothing was written"
    if queries.writes > queries.failed:
        return (
            f"{format_count(queries.writes)} statements that write left no row: none "
            "was changed, or nothing was committed"
        )
    return (
        f"the database refused all {format_count(queries.writes)} statements that write"
    )


def _is_nothing(result: Json, any_count: bool) -> bool:
    """Say whether a result is None, or a count or several counts of zero.

    Any count, where the task meant to write and did not: it is then of what it read, or
    wrong.
    """
    if isinstance(result, dict | list):
        values = result.values() if isinstance(result, dict) else result
        # Beside a count of zero, an empty list of errors says nothing more.
        return bool(result) and all(
            each in ([], {}) or _is_nothing(each, any_count) for each in values
        )
    if isinstance(result, bool | str):
        return False
    return result is None or any_count or result == 0


def _shown(result: Json) -> str:
    return "None" if result is None else f"only a count: {result}"[:200]


# --- what still ran ----------------------------------------------------------------


def running_findings(task: Task, runs: Sequence[Run]) -> Iterator[Finding]:
    """Yield a finding for the run that left the most running."""
    left = max(
        (run.left_running for run in runs if run.left_running is not None),
        key=lambda each: each.threads + each.processes,
        default=None,
    )
    if left is None:
        return
    count = left.threads + left.processes
    yield make_finding(
        "effect.running",
        "warning",
        f"{_counted(left.threads, left.processes)} still ran when the task returned",
        _what_became_of(left, "it" if count == 1 else "they"),
        place_of(task),
    )


def _what_became_of(left: LeftRunning, them: str) -> str:
    at_end = left.threads_at_end + left.processes_at_end
    if not at_end:
        return f"limerun waited until {them} ended; the memory until then is counted."
    what = _counted(left.threads_at_end, left.processes_at_end)
    return (
        f"limerun waited for as long as background_wait allows, and then ended {what}: "
        f"memory that would have been taken later is not counted."
    )


def _counted(threads: int, processes: int) -> str:
    parts = []
    if threads:
        parts.append(f"{threads} thread{'s' * (threads > 1)}")
    if processes:
        parts.append(f"{processes} process{'es' * (processes > 1)}")
    return " and ".join(parts)
