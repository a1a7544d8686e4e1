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
    outcome: Outcome,
    *,
    idle_baseline_bytes: int,
    source_rows: int | None,
    rows_served: int | None = None,
    rows_unseen: bool = False,
    latency_seconds: float | None = None,
) -> Run:
    """Return the figures of one run.

    Args:
        outcome: A run that reached its task, however that ended.
        idle_baseline_bytes: What the idle task handler takes in production.
        source_rows: Rows in the source files whose lines are counted as the task
            reads them, together; None without any.
        rows_served: Rows that its HTTP sources gave; None without any.
        rows_unseen: It has a source whose rows cannot be counted as it reads them.
        latency_seconds: Added to each statement of the stand-in's embedded database,
            which waits for nothing else; None: its database is a server.
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
        rows_processed=(
            None if rows_unseen else _rows_processed(outcome, source_rows, rows_served)
        ),
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
        database_seconds=(
            counters["database_ns"] / 1e9 if counters["has_statements"] else None
        ),
        database_wait_seconds=(
            latency_seconds * (counters["reads"] + counters["writes"])
            if latency_seconds is not None and outcome.platform == "stand-in"
            else None
        ),
    )


def _rows_processed(
    outcome: Outcome, source_rows: int | None, served: int | None
) -> int | None:
    """Return the rows of the task's input that it read.

    That is lines read from its source files and rows served by its HTTP sources;
    without those, objects and rows read through the platform; None where neither
    was seen.
    """
    if source_rows is None and served is None:
        return outcome.counters["objects_loaded"] or None
    read = min(outcome.counters["source_rows"], source_rows or 0)
    return read + (served or 0)


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
