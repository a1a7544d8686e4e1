"""Turn what came back from a worker into figures. Pure: no clock, no process."""

from collections.abc import Sequence

from limerun.measure.peak import memory_of
from limerun.measure.series import thin, worst_gap
from limerun.records import (
    LimeObjects,
    Outcome,
    Queries,
    Run,
    Series,
    Transactions,
)


def summarize(
    outcome: Outcome, *, idle_baseline_bytes: int, source_rows: int | None
) -> Run:
    """Return the figures of one run.

    Args:
        outcome: A run that reached its task, however that ended.
        idle_baseline_bytes: What the idle task handler takes in production.
        source_rows: Rows in the task's source files together; None without any.
    """
    counters = outcome.counters
    seconds = outcome.duration_seconds
    if seconds is None:
        seconds = max(0.0, outcome.ended_at - outcome.started_at)
    times = [at - outcome.started_at for at in outcome.sample_at]
    t_seconds, rss_bytes = thin([round(at, 4) for at in times], outcome.sample_bytes)
    return Run(
        ending=outcome.ending,
        killed_because=outcome.killed_because,
        exit_status=outcome.exit_status,
        signal=outcome.signal,
        error=outcome.error,
        result=outcome.result,
        duration_seconds=seconds,
        cpu_user_seconds=outcome.cpu_user_seconds,
        cpu_system_seconds=outcome.cpu_system_seconds,
        memory=memory_of(outcome, idle_baseline_bytes=idle_baseline_bytes),
        rows_processed=_rows_processed(outcome, source_rows),
        queries=_queries(outcome),
        transactions=_transactions(outcome),
        lime_objects=(
            LimeObjects(
                max_alive=counters["max_lime_objects"],
                location=outcome.objects_location,
            )
            if outcome.platform == "stand-in"
            else None
        ),
        statements=outcome.statements,
        commit_location=outcome.commit_location,
        series=Series(t_seconds=t_seconds, rss_bytes=rss_bytes),
        worst_gap_seconds=worst_gap(outcome.sample_at),
        output=outcome.output,
        platform=outcome.platform,
        baseline_flat=outcome.baseline_flat,
    )


def _rows_processed(outcome: Outcome, source_rows: int | None) -> int | None:
    """Return the rows of the task's input that it read.

    That is lines read from its source files; without those, objects and rows
    read through the platform; None where neither was seen.
    """
    if source_rows is not None:
        return min(outcome.counters["source_rows"], source_rows)
    return outcome.counters["objects_loaded"] or None


def _queries(outcome: Outcome) -> Queries | None:
    counters = outcome.counters
    if not counters["has_statements"]:
        return None
    return Queries(
        total=counters["reads"] + counters["writes"],
        reads=counters["reads"],
        writes=counters["writes"],
        commits=counters["commits"],
        distinct=outcome.distinct_statements,
    )


def _transactions(outcome: Outcome) -> Transactions | None:
    if not outcome.counters["has_statements"]:
        return None
    return Transactions(
        count=outcome.counters["transactions"],
        median_objects=median_of_counts(outcome.transaction_sizes),
        max_objects=outcome.counters["max_objects"],
    )


def median_of_counts(sizes: Sequence[tuple[int, int]]) -> float | None:
    """Return the median of values given as (value, how often) in rising order."""
    total = sum(count for _, count in sizes)
    if not total:
        return None
    middle = [(total - 1) // 2, total // 2]
    found = []
    for position in middle:
        passed = 0
        for value, count in sizes:
            passed += count
            if passed > position:
                found.append(value)
                break
    return sum(found) / 2
