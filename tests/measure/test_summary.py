"""The outcome of a worker is summarized."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.measure.summary import median_of_counts, summarize
from limerun.records import Outcome, Statement, StatementReads
from tests.builders import IDLE, an_outcome


def test_times_are_relative_to_the_start_of_the_task() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.series.t_seconds == (0.0, 0.01)
    assert run.duration_seconds == 2.0


def test_the_duration_of_a_killed_run_ends_when_it_died() -> None:
    outcome = replace(an_outcome(), duration_seconds=None, ending="killed")
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.duration_seconds == pytest.approx(2.0)


def test_without_sqlalchemy_queries_are_unknown_rather_than_zero() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is None
    assert run.transactions is None


def test_queries_and_transactions_are_counted() -> None:
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


def test_rows_processed_are_source_rows_if_there_are_sources() -> None:
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


def test_rows_left_in_a_buffer_make_the_row_count_a_range() -> None:
    outcome = an_outcome(source_rows=80, rows_ahead=30)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=5)
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, 55, 85)
    assert run.rows_why == "the last rows read may not have been used"


@pytest.mark.parametrize("counter", ["rows_unseen", "rows_bypassed", "files_unopened"])
def test_rows_read_by_other_means_are_limited_by_the_rows_of_the_files(
    counter: str,
) -> None:
    counters: Any = {counter: 1}
    outcome = an_outcome(source_rows=80, **counters)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=5)
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, None, 105)
    assert "a source file was" in str(run.rows_why)


def test_the_rows_of_a_killed_task_are_at_most_the_objects_it_read() -> None:
    run = summarize(
        an_outcome(objects_loaded=500), idle_baseline_bytes=IDLE, source_rows=None
    )
    assert (run.rows_processed, run.rows_low, run.rows_high) == (None, 0, 500)


def test_statements_in_child_processes_make_the_counts_unknown() -> None:
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
def test_zero_statements_are_trusted_only_if_the_task_uses_an_application(
    platform: str | None, counts: Any, known: bool
) -> None:
    outcome = replace(an_outcome(has_statements=1, **counts), platform=platform)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert (run.queries is not None) is known
    assert (run.queries_why is None) is known


def test_failed_statements_are_included_in_the_total() -> None:
    outcome = an_outcome(has_statements=1, writes=10, failed=4)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is not None
    assert (run.queries.total, run.queries.failed) == (10, 4)


def test_reading_a_source_twice_does_not_count_its_rows_twice() -> None:
    outcome = an_outcome(source_rows=200)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100)
    assert run.rows_processed == 100


def test_served_rows_are_added_to_the_rows_of_files() -> None:
    outcome = an_outcome(source_rows=80, objects_loaded=500)
    both = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=100, rows_served=30)
    served = summarize(
        outcome, idle_baseline_bytes=IDLE, source_rows=None, rows_served=0
    )
    assert (both.rows_processed, served.rows_processed) == (110, 0)


def test_a_file_whose_rows_cannot_be_counted_makes_the_total_unknown() -> None:
    outcome = an_outcome(source_rows=80, objects_loaded=500)
    for source_rows in (None, 100):
        run = summarize(
            outcome,
            idle_baseline_bytes=IDLE,
            source_rows=source_rows,
            rows_unseen=True,
        )
        assert run.rows_processed is None


def test_rows_are_unknown_rather_than_zero_if_none_were_counted() -> None:
    run = summarize(an_outcome(), idle_baseline_bytes=IDLE, source_rows=None)
    assert run.rows_processed is None


@given(st.lists(st.integers(1, 100), min_size=1, max_size=50))
def test_the_median_of_counts_equals_the_median_of_their_values(
    values: list[int],
) -> None:
    counts = [(value, values.count(value)) for value in sorted(set(values))]
    ranked = sorted(values)
    middle = len(ranked) // 2
    expected = (ranked[(len(ranked) - 1) // 2] + ranked[middle]) / 2
    assert median_of_counts(counts) == expected


def test_an_empty_list_has_no_median() -> None:
    assert median_of_counts([]) is None


def test_statements_on_a_connection_of_the_driver_make_the_count_unknown() -> None:
    outcome = an_outcome(has_statements=1, reads=5, driver_connections=1)
    run = summarize(outcome, idle_baseline_bytes=IDLE, source_rows=None)
    assert run.queries is None
    assert "driver" in str(run.queries_why)
