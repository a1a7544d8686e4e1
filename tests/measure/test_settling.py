"""An undecided estimate names the further runs that would probably settle it."""

from dataclasses import replace

import pytest

from limerun.measure.growth.database_size import DatabaseGrowth
from limerun.measure.growth.growth_summary import growth_of
from limerun.measure.growth.settling import settling_of
from limerun.records import DatabaseInfluence, Prediction, Settling
from tests.builders import (
    MB,
    SIZES,
    a_budget,
    a_database_influence,
    a_growth_run,
    a_prediction,
    growth_runs,
    runs_at_sizes,
)

TOP = SIZES[-1]
RUNS = growth_runs(lambda n: 2e-5 * n)


def settling(*predictions: Prediction, widening: float = 1.0) -> Settling | None:
    return settling_of(runs_at_sizes(RUNS, TOP * 16), predictions, a_budget(), widening)


def between(low: float, likely: float, high: float, limit: float) -> Prediction:
    return replace(a_prediction(low, high, limit), likely=likely)


def rows_of(found: Settling | None) -> int | None:
    assert found is not None
    return found.rows


def test_nothing_needs_settling_if_no_range_contains_its_budget() -> None:
    below, above = a_prediction(1, 2, 10), a_prediction(20, 30, 10)
    assert settling(below, above, a_prediction(5, 20, None)) is None
    assert settling(a_prediction(5, 10, 10)) is None
    assert settling() is None


def test_a_budget_that_cannot_fail_needs_no_settling() -> None:
    budget = a_budget(levels={"duration": "warning"})
    assert (
        settling_of(
            runs_at_sizes(RUNS, TOP * 16), [a_prediction(5, 20, 10)], budget, 1.0
        )
        is None
    )


def test_a_budget_closer_to_the_likely_value_needs_larger_runs() -> None:
    sizes = [
        rows_of(settling(between(40, 100, 250, limit))) for limit in (160, 140, 118)
    ]
    assert sizes == [TOP * 4, TOP * 8, TOP * 16]
    assert rows_of(settling(between(40, 100, 250, 45))) == TOP * 2


def test_further_runs_cannot_settle_a_budget_within_the_noise() -> None:
    near = between(40, 100, 250, 118)
    unsettled = settling(near, widening=1.2)
    assert unsettled == Settling(rows=None, seconds=None)


def test_memory_is_settled_by_a_run_of_the_requested_size_at_the_latest() -> None:
    near = replace(between(90 * MB, 100 * MB, 110 * MB, 100 * MB), name="memory.task")
    assert rows_of(settling(replace(near, unit="bytes", limit=100.5 * MB))) == TOP * 16


def test_all_undecided_budgets_must_be_settled() -> None:
    easy, hard = between(40, 100, 250, 160), between(40, 100, 250, 118)
    assert rows_of(settling(easy, hard)) == TOP * 16
    measured = settling_of(runs_at_sizes(RUNS, TOP), [easy], a_budget(), 1.0)
    assert measured == Settling(rows=None, seconds=None)


def test_a_range_that_reaches_down_to_zero_can_be_settled() -> None:
    assert rows_of(settling(between(0, 100, 101, 50))) is not None
    nothing = replace(between(0, 0, MB, 0), name="memory.task", unit="bytes")
    assert settling(nothing) is not None


@pytest.mark.parametrize("whole", [1.0, 5.0])
def test_the_time_covers_all_runs_up_to_that_size(whole: float) -> None:
    runs = tuple(
        a_growth_run(n, 2e-5 * n, whole_seconds=2e-5 * n + whole) for n in SIZES
    )
    near = between(40, 100, 250, 160)
    found = settling_of(runs_at_sizes(runs, TOP * 16), [near], a_budget(), 1.0)
    assert found is not None
    assert found.seconds is not None
    once = 2e-5 * TOP * (2 + 4) + 2 * whole
    assert once * 1.5 < found.seconds < once * 4


def test_an_estimate_says_what_would_settle_it() -> None:
    unsure = growth_of(runs_at_sizes(RUNS, TOP * 16), a_budget(duration=22.0))
    sure = growth_of(runs_at_sizes(RUNS, TOP * 16), a_budget(duration=600.0))
    assert unsure.settling is not None
    assert sure.settling is None


# --- with a database --------------------------------------------------------------------


def settling_in(database: DatabaseInfluence, *found: Prediction) -> Settling | None:
    sized = runs_at_sizes(RUNS, TOP * 16)
    return settling_of(sized, found, a_budget(), 1.0, DatabaseGrowth(database))


def test_the_time_includes_the_runs_with_parts_of_the_database() -> None:
    near = between(40, 100, 250, 160)
    alone, both = settling(near), settling_in(a_database_influence(1_000, 1_000), near)
    assert alone is not None
    assert both is not None
    assert alone.seconds is not None
    assert both == Settling(rows=alone.rows, seconds=alone.seconds / 0.75)


def test_a_range_that_only_a_larger_database_widens_cannot_be_settled_by_more_rows() -> (
    None
):
    near = between(40, 100, 250, 160)
    wide = a_database_influence(1_000, 4_000, seconds=lambda n, d: 2e-5 * n + 0.05 * d)
    assert rows_of(settling_in(wide, replace(near, limit=260))) is None
    assert rows_of(settling_in(replace(wide, to_rows=wide.rows), near)) is not None


def test_only_sizes_that_can_be_run_are_proposed() -> None:
    near = between(40, 100, 250, 160)
    sized = replace(runs_at_sizes(RUNS, TOP * 16), most_rows=TOP * 2)
    assert rows_of(settling_of(sized, [near], a_budget(), 1.0)) is None
    assert rows_of(settling(near)) == TOP * 4
