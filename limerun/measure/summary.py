"""Turn a worker's outcome into the figures of a run. Pure: no clock, no process."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from limerun.measure.contention import run_times
from limerun.measure.peak import memory_of
from limerun.measure.reading import rows_of_input, with_reads
from limerun.measure.series import thin, worst_gap
from limerun.records import (
    LimeObjectCounts,
    Outcome,
    Queries,
    Run,
    Series,
    Statement,
    Transactions,
)


def summarize(
    outcome: Outcome,
    *,
    idle_baseline_bytes: int,
    source_rows: int | None,
    rows_served: int | None = None,
    rows_unseen: bool = False,
) -> Run:
    """Return the figures of one run.

    Args:
        outcome: A run that reached its task, however it ended.
        idle_baseline_bytes: Memory of the idle task handler in production.
        source_rows: Rows in the source files whose lines are counted as the task
            reads them, together; None if there are none.
        rows_served: Rows that its HTTP sources served; None if there are none.
        rows_unseen: True if a source has rows that cannot be counted as they are read.
    """
    counters = outcome.counters
    statements = with_reads(outcome.statements, outcome.statement_reads)
    read = _read(outcome, statements, source_rows, rows_served, unseen=rows_unseen)
    seconds = outcome.duration_seconds
    if seconds is None:
        seconds = max(0.0, outcome.ended_at - outcome.started_at)
    took = run_times(outcome, seconds)
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
        last_line=outcome.last_line,
        last_line_why=outcome.last_line_why,
        not_run=outcome.not_run,
        cpu_user_seconds=outcome.cpu_user_seconds,
        cpu_system_seconds=outcome.cpu_system_seconds,
        memory=memory_of(outcome, idle_baseline_bytes=idle_baseline_bytes),
        rows_processed=read.high if read.low == read.high else None,
        rows_low=None if read.low == read.high else read.low,
        rows_high=None if read.low == read.high else read.high,
        rows_why=read.why,
        queries=_queries(outcome),
        queries_why=_why_no_queries(outcome),
        sent_tasks=outcome.sent_tasks,
        acted_unseen=bool(counters["acted_unseen"]),
        empty_commits=counters["empty_commits"],
        transactions=_transactions(outcome),
        lime_objects=(
            LimeObjectCounts(
                max_alive=counters["max_lime_objects"],
                location=outcome.objects_location,
            )
            if outcome.platform == "stand-in"
            else None
        ),
        statements=statements,
        commit_location=outcome.commit_location,
        series=Series(t_seconds=t_seconds, rss_bytes=rss_bytes),
        worst_gap_seconds=worst_gap(outcome.sample_at),
        output=outcome.output,
        platform=outcome.platform,
        baseline_flat=outcome.baseline_flat,
        left_running=outcome.left_running,
        forks_left=outcome.forks_left,
        rows_read_seconds=(
            None
            if outcome.last_row_at is None or outcome.ending == "returned"
            else max(0.0, outcome.last_row_at - outcome.started_at)
        ),
        time_limits=outcome.time_limits,
        retries=outcome.retries,
        cpu_seconds=took.cpu,
        database_seconds=took.database,
        waiting_seconds=took.waiting,
        contention_seconds=took.contention,
        uncontended_seconds=took.uncontended_high,
        uncontended_low_seconds=took.uncontended_low,
        uncontended_high_seconds=took.uncontended_high,
        others_cpu_seconds=took.others_cpu,
        others_contention_seconds=took.others_contention,
        steal_seconds=took.steal,
        database_wait_seconds=took.database_wait,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _InputRows:
    """How many rows of input the task read, as a range; or why that is unknown."""

    low: int | None = None
    high: int | None = None
    why: str | None = None


def _read(
    outcome: Outcome,
    statements: Sequence[Statement],
    source_rows: int | None,
    served: int | None,
    *,
    unseen: bool,
) -> _InputRows:
    """Return the rows of input that the task read.

    These are lines read from its source files and rows served by its HTTP sources;
    without either, the rows of the outermost reads from the database.
    """
    if unseen:
        return _InputRows(why="rows of a Parquet source are not counted")
    if source_rows is None and served is None:
        return _read_from_database(outcome, statements)
    counters = outcome.counters
    most = (source_rows or 0) + (served or 0)
    if counters["rows_unseen"] or counters["rows_bypassed"]:
        return _InputRows(
            high=most, why="a source file was read in a way that is not counted"
        )
    if counters["files_unopened"]:
        return _InputRows(
            high=most, why="a source file was not read through Python's open()"
        )
    high = min(counters["source_rows"], source_rows or 0)
    low = max(0, high - counters["rows_ahead"])
    why = None if low == high else "the last rows read may not have been used"
    return _InputRows(low=low + (served or 0), high=high + (served or 0), why=why)


def _read_from_database(
    outcome: Outcome, statements: Sequence[Statement]
) -> _InputRows:
    if (unseen := _unseen(outcome)) is not None:
        return _InputRows(why=unseen)
    rows = rows_of_input(statements) if outcome.statement_reads else None
    if rows is not None:
        return _InputRows(low=rows, high=rows)
    loaded = outcome.counters["objects_loaded"]
    if loaded and not outcome.statement_reads:
        return _InputRows(low=0, high=loaded, why="the task did not run to completion")
    return _InputRows(why="limerun saw no rows being read")


def _queries(outcome: Outcome) -> Queries | None:
    counters = outcome.counters
    if _why_no_queries(outcome) is not None:
        return None
    return Queries(
        total=counters["reads"] + counters["writes"],
        reads=counters["reads"],
        writes=counters["writes"],
        commits=counters["commits"],
        distinct=outcome.distinct_statements,
        failed=counters["failed"],
    )


_BY_DRIVER = (
    "statements sent through a database driver, bypassing SQLAlchemy, are not counted"
)
_IN_CHILDREN = "statements of the processes that the task started are not counted"


def _unseen(outcome: Outcome) -> str | None:
    """Return why some statements of the task were not seen; None if all were."""
    if outcome.counters["statements_unseen"]:
        return _IN_CHILDREN
    return _BY_DRIVER if outcome.counters["driver_connections"] else None


def _why_no_queries(outcome: Outcome) -> str | None:
    """Return why statements are not counted; None if they are counted.

    A task may import SQLAlchemy and use a driver directly. Only a statement, a commit
    or the platform's application shows that its statements can be seen.
    """
    counters = outcome.counters
    if (unseen := _unseen(outcome)) is not None:
        return unseen
    sent = counters["reads"] + counters["writes"] + counters["commits"]
    if not counters["has_statements"] or (not sent and outcome.platform is None):
        return "no statement through SQLAlchemy was seen"
    return None


def _transactions(outcome: Outcome) -> Transactions | None:
    if _why_no_queries(outcome) is not None:
        return None
    return Transactions(
        count=outcome.counters["transactions"],
        median_objects=median_of_counts(outcome.transaction_sizes),
        max_objects=outcome.counters["max_objects"],
    )


def median_of_counts(sizes: Sequence[tuple[int, int]]) -> float | None:
    """Return the median of (value, frequency) pairs in rising order."""
    total = sum(count for _, count in sizes)
    if not total:
        return None
    passed = list(accumulate(count for _, count in sizes))
    middle = ((total - 1) // 2, total // 2)
    return sum(sizes[bisect_right(passed, position)][0] for position in middle) / 2
