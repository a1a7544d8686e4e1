"""Growth is proven by two sizes; transaction sizes are a histogram."""

from dataclasses import replace

import pytest

from limerun.measure.statement_profile import (
    SIZES,
    memory_growth_of,
    statement_profile_of,
    transaction_sizes,
)
from limerun.records import (
    Location,
    Run,
    Statement,
    StatementDetails,
    StatementProfile,
    TransactionSize,
)
from tests.builders import MB, a_run, an_outcome

LINE = Location(file="t.py", line=3, function="find")


def run_with_calls(calls: int, text: str = "SELECT id FROM contract") -> Run:
    statement = Statement(text=text, calls=calls, seconds=1.0, rows=None, location=LINE)
    return replace(a_run(), statements=(statement,))


def profile_for(
    run: Run, smaller: Run | None, smaller_rows: int | None
) -> StatementProfile:
    details = (StatementDetails(rows_read=7, repeats=2, transactions=3),)
    profile = statement_profile_of(
        replace(an_outcome(), statement_details=details),
        run,
        rows=1000,
        smaller=smaller,
        smaller_rows=smaller_rows,
        why_unproven=None if smaller else "there was no other run",
    )
    assert profile is not None
    return profile


@pytest.mark.parametrize(
    ("smaller_calls", "per_row"), [(500, 1.0), (1000, 0.0), (980, 0.04)]
)
def test_calls_per_row_are_derived_from_two_runs(
    smaller_calls: int, per_row: float
) -> None:
    [use] = profile_for(
        run_with_calls(1000), run_with_calls(smaller_calls), 500
    ).statements
    assert use.per_row == per_row
    assert use.smaller_calls == smaller_calls
    assert use.reads


def test_a_statement_missing_from_the_smaller_run_has_zero_calls_there() -> None:
    smaller = replace(a_run(), statements=())
    [use] = profile_for(run_with_calls(1000), smaller, 500).statements
    assert (use.smaller_calls, use.per_row) == (0, 2.0)


def test_without_a_second_run_the_growth_is_unknown() -> None:
    profile = profile_for(run_with_calls(1000), None, None)
    [use] = profile.statements
    assert (use.smaller_calls, use.per_row) == (None, None)
    assert profile.why_unproven == "there was no other run"
    assert (use.rows_read, use.repeats, use.transactions) == (7, 2, 3)


def test_there_is_no_profile_if_no_statements_could_be_measured() -> None:
    run = replace(a_run(), queries=None)
    profile = statement_profile_of(
        an_outcome(), run, rows=1, smaller=None, smaller_rows=None, why_unproven=None
    )
    assert profile is None


def test_every_transaction_size_is_counted_in_one_group() -> None:
    counted = [(size, 1) for size in range(1, 6000)]
    sizes = transaction_sizes(counted)
    assert sum(size.transactions for size in sizes) == 5999
    assert [(size.least, size.most) for size in sizes] == list(SIZES)


def test_empty_groups_of_transaction_sizes_are_left_out() -> None:
    assert transaction_sizes([(50, 20), (7, 1)]) == (
        TransactionSize(least=2, most=10, transactions=1),
        TransactionSize(least=50, most=99, transactions=20),
    )


def test_memory_per_row_is_derived_from_two_runs_of_different_sizes() -> None:
    growth = memory_growth_of(a_run(20 * MB), 1000, a_run(12 * MB), 500)
    assert growth is not None
    assert growth.bytes_per_row == 16_000


@pytest.mark.parametrize(
    ("rows", "smaller_rows"), [(None, 500), (1000, None), (500, 500), (400, 500)]
)
def test_memory_growth_is_unknown_without_two_different_sizes(
    rows: int | None, smaller_rows: int | None
) -> None:
    assert memory_growth_of(a_run(), rows, a_run(), smaller_rows) is None


def test_memory_growth_is_unknown_if_memory_was_not_measured() -> None:
    run = replace(a_run(), memory=replace(a_run().memory, task_bytes=None))
    assert memory_growth_of(run, 1000, a_run(), 500) is None
