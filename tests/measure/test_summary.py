"""What came back from a worker, in figures."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.summary import median_of_counts, summarize
from limerun.records import Outcome, Statement, StatementReads
from tests.builders import IDLE, an_outcome


def test_time_runs_from_the_start_of_the_task() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.series.t_seconds == (0.0, 0.01)
    assert run.duration_seconds == 2.0


def test_a_run_that_was_cut_off_lasted_until_it_died() -> None:
    outcome = replace(an_outcome(), duration_seconds=None, ending="killed")
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.duration_seconds == pytest.approx(2.0)


def test_without_sqlalchemy_queries_are_not_measured_rather_than_none() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is None
    assert run.transactions is None


def test_queries_and_transactions_are_those_that_were_counted() -> None:
    outcome = replace(
        an_outcome(
            has_statements=1,
            reads=10,
            writes=4,
            commits=3,
            transactions=3,
            max_objects=50,
        ),
        transaction_sizes=((20, 1), (50, 2)),
        distinct_statements=5,
    )
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is not None
    assert (run.queries.total, run.queries.commits, run.queries.distinct) == (14, 3, 5)
    assert run.transactions is not None
    assert (run.transactions.median_objects, run.transactions.max_objects) == (50, 50)


def test_rows_processed_are_source_rows_where_there_are_sources() -> None:
    outcome = with_a_read_of(500, an_outcome(source_rows=80))
    with_sources = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100)
    without = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert (with_sources.rows_processed, without.rows_processed) == (80, 500)


def with_a_read_of(rows: int, outcome: Outcome) -> Outcome:
    statement = Statement(
        text="SELECT id FROM company", calls=1, seconds=0.1, rows=None, location=None
    )
    reads = (StatementReads(fetched=rows),)
    return replace(outcome, statements=(statement,), statement_reads=reads)


def test_rows_in_a_buffer_may_not_have_been_used() -> None:
    outcome = an_outcome(source_rows=80, rows_ahead=30)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=5)
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, 55, 85)
    assert run.rows_why == "the last rows read may not have been used"


@pytest.mark.parametrize("counter", ["rows_unseen", "rows_bypassed", "files_unopened"])
def test_rows_read_in_another_way_are_at_most_those_of_the_files(counter: str) -> None:
    counters: Any = {counter: 1}
    outcome = an_outcome(source_rows=80, **counters)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=5)
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, None, 105)
    assert "a source file was" in str(run.rows_why)


def test_of_a_killed_task_the_objects_read_are_at_most_its_rows() -> None:
    run = summarize(
        an_outcome(objects_loaded=500), idle_baseline_bytes=IDLE, source_rows=None
    )
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, 0, 500)


def test_statements_of_child_processes_make_all_of_them_unknown() -> None:
    outcome = an_outcome(has_statements=1, reads=10, statements_unseen=1)
    run = summarize(
        with_a_read_of(10, outcome), idle_baseline_bytes=IDLE, source_rows=None
    )
    assert (run.queries, run.transactions, run.rows_processed) == (None, None, None)
    assert run.queries_why == run.rows_why
    assert "processes that the task started" in str(run.queries_why)


@pytest.mark.parametrize(
    ("platform", "counts", "known"),
    [
        (None, {}, False),
        (None, {"reads": 1}, True),
        (None, {"commits": 1}, True),
        ("stand-in", {}, True),
        ("installed", {}, True),
    ],
)
def test_no_statement_at_all_is_only_believed_of_an_application(
    platform: str | None, counts: Any, known: bool
) -> None:
    outcome = replace(an_outcome(has_statements=1, **counts), platform=platform)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert (run.queries is not None) is known
    assert (run.queries_why is None) is known


def test_failed_statements_are_in_the_total() -> None:
    outcome = an_outcome(has_statements=1, writes=10, failed=4)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is not None
    assert (run.queries.total, run.queries.failed) == (10, 4)


def test_a_source_that_is_read_twice_has_no_more_rows_for_that() -> None:
    outcome = an_outcome(source_rows=200)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100)
    assert run.rows_processed == 100


def test_rows_that_were_served_are_added_to_those_of_files() -> None:
    outcome = an_outcome(source_rows=80, objects_loaded=500)
    both = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=30)
    served = summarize(
        outcome, idle_baseline_bytes=IDLE, source_rows=None, rows_served=0
    )
    assert (both.rows_processed, served.rows_processed) == (110, 0)


def test_rows_of_a_file_that_cannot_be_seen_make_the_whole_unknown() -> None:
    outcome = an_outcome(source_rows=80, objects_loaded=500)
    for source_rows in (None, 100):
        run = summarize(
            outcome,
            idle_baseline_bytes=IDLE,
            source_rows=source_rows,
            rows_unseen=True,
        )
        assert run.rows_processed is None


def test_rows_that_nobody_saw_are_unknown_rather_than_none() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.rows_processed is None


@given(st.lists(st.integers(1, 100), min_size=1, max_size=50))
def test_the_median_of_counts_is_the_median(values: list[int]) -> None:
    counts = [(value, values.count(value)) for value in sorted(set(values))]
    ranked = sorted(values)
    middle = len(ranked) // 2
    expected = (ranked[(len(ranked) - 1) // 2] + ranked[middle]) / 2
    assert median_of_counts(counts) == expected


def test_there_is_no_median_of_nothing() -> None:
    assert median_of_counts([]) is None


def test_statements_on_a_connection_of_the_driver_make_the_figure_unknown() -> None:
    outcome = an_outcome(has_statements=1, reads=5, driver_connections=1)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is None
    assert "driver" in str(run.queries_why)
