"""The database's influence on a figure, from runs with a quarter, a half and all of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from limerun.measure.growth.growth_summary import growth_of
from limerun.records import DatabaseInfluence, Growth, Prediction
from tests.builders import (
    MB,
    SIZES,
    a_budget,
    a_database_influence,
    growth_runs,
    runs_at_sizes,
)

TOP, ROWS = SIZES[-1], 100_000
Law = Callable[[int, float], float]
"""A figure, from the rows of the input and of the database."""


def grown(
    influence: DatabaseInfluence,
    *,
    seconds: Law = lambda n, d: 2e-5 * n,
    memory: Law = lambda n, d: 5 * MB,
    queries: Law | None = None,
    to_rows: int = TOP * 4,
) -> Growth:
    """Return the growth of a task that follows these laws in a database of ROWS."""
    runs = growth_runs(
        lambda n: seconds(n, ROWS),
        memory=lambda n: memory(n, ROWS),
        queries=None if queries is None else lambda n: round(queries(n, ROWS)),
    )
    sized = replace(runs_at_sizes(runs, to_rows), database=influence)
    return growth_of(sized, a_budget(duration=60.0))


def asked(ratio: int = 1, **laws: Law) -> Growth:
    """Return growth predicted for a database that is larger than that of the runs."""
    return grown(a_database_influence(ROWS, ROWS * ratio, **laws), **laws)  # type: ignore[arg-type] # its laws


def slope(growth: Growth, name: str) -> list[float]:
    assert growth.database is not None
    [found] = [each for each in growth.database.slopes if each.name == name]
    return [found.per_row, found.per_pair]


def predicted(growth: Growth, name: str) -> Prediction:
    [found] = [each for each in growth.predictions if each.name == name]
    return found


def test_a_set_of_all_keys_costs_bytes_and_time_for_each_row_of_the_database() -> None:
    growth = asked(
        seconds=lambda n, d: 0.01 + 5e-6 * d + 2e-5 * n,
        memory=lambda n, d: 1 * MB + 340 * d + 71 * n,
        queries=lambda n, d: 2 + d / 1000 + n / 50,
    )
    assert slope(growth, "memory") == pytest.approx([340, 0])
    assert slope(growth, "duration") == pytest.approx([5e-6, 0], abs=1e-12)
    assert slope(growth, "queries") == pytest.approx([0.001, 0], abs=1e-12)


def test_a_search_for_each_row_of_the_input_costs_time_for_each_pair() -> None:
    growth = asked(seconds=lambda n, d: 0.01 + 1e-9 * n * d)
    per_row, per_pair = slope(growth, "duration")
    assert per_row == pytest.approx(0, abs=1e-12)
    assert per_pair == pytest.approx(1e-9)


def test_a_query_for_each_pair_is_counted_exactly() -> None:
    growth = asked(queries=lambda n, d: 2 + n * d / 10_000)
    assert slope(growth, "queries") == pytest.approx([0, 1e-4], abs=1e-9)


@pytest.mark.parametrize("start", [1.9, 3.3, 7.7])
def test_rounding_errors_do_not_count_as_queries_for_pairs(start: float) -> None:
    growth = asked(queries=lambda n, d: start + d / 1000 + n * 129 / 3691)
    assert slope(growth, "queries")[1] == 0


def test_differences_within_the_noise_do_not_count_as_an_influence() -> None:
    growth = asked(
        seconds=lambda n, d: 2e-5 * n * (1 + 0.02 * d / ROWS),
        memory=lambda n, d: 5 * MB + 2 * d,
    )
    assert slope(growth, "duration") == [0, 0]
    assert slope(growth, "memory") == [0, 0]


@pytest.mark.parametrize(
    "seconds",
    [
        lambda n, d: 0.01 + 2e-5 * n,
        lambda n, d: 0.01 + 5e-6 * d + 2e-5 * n,
        lambda n, d: 0.01 + 1e-9 * n * d,
        lambda n, d: 0.01 + 1e-6 * d + 1e-9 * n * d + 1e-5 * n,
        lambda n, d: 0.01 + 2e-10 * d * d + 1e-5 * n,
    ],
    ids=["none", "prefetch", "search", "both", "square"],
)
def test_the_range_contains_the_duration_at_four_times_the_input_and_ten_times_the_database(
    seconds: Law,
) -> None:
    growth = asked(10, seconds=seconds)
    truth = seconds(TOP * 4, ROWS * 10)
    duration = predicted(growth, "duration.budget")
    assert duration.low <= truth <= duration.high
    assert not duration.measured
    rate = predicted(growth, "speed.rows")
    assert rate.low <= TOP * 4 / truth <= rate.high
    assert rate.high == pytest.approx(TOP * 4 / duration.low)


def test_memory_is_predicted_to_grow_linearly_with_the_input_and_the_database() -> None:
    def memory(n: int, d: float) -> float:
        return 1 * MB + 340 * d + 71 * n

    found = predicted(asked(8, memory=memory), "memory.task")
    assert found.likely == pytest.approx(memory(TOP * 4, ROWS * 8), rel=0.01)
    assert found.low <= found.likely <= found.high <= found.likely * 1.2


def test_memory_that_depends_on_pairs_grows_with_both_sizes() -> None:
    found = predicted(asked(8, memory=lambda n, d: n * d / 100), "memory.task")
    assert found.likely == pytest.approx(TOP * 4 * ROWS * 8 / 100, rel=0.01)


def test_queries_per_row_of_a_larger_database_are_extrapolated_exactly() -> None:
    growth = asked(10, queries=lambda n, d: 2 + d / 1000 + n / 50)
    found = predicted(growth, "speed.queries")
    expected = (2 + ROWS * 10 / 1000) / (TOP * 4) + 1 / 50
    assert found.likely == pytest.approx(expected, rel=0.01)
    assert found.low == pytest.approx(found.high, rel=0.01)


def noisy(durations: Sequence[float]) -> DatabaseInfluence:
    """Return runs with these durations, the parts of each input after the other."""
    influence = a_database_influence(ROWS, ROWS * 10, inputs=(37, 293))
    runs = [
        replace(each, run=replace(each.run, duration_seconds=seconds))
        for each, seconds in zip(influence.runs, durations, strict=False)
    ]
    return replace(influence, runs=tuple(runs))


MEASURED = (0.087, 0.205, 0.299, 0.096, 0.218, 0.443)
"""Durations of an import that fetches keys once, beside 16 busy processes."""


@pytest.mark.parametrize("again", [(), (0.12, 0.16, 0.38, 0.14, 0.24, 0.36)])
def test_noise_is_not_mistaken_for_work_on_pairs(again: tuple[float, ...]) -> None:
    growth = grown(noisy((*MEASURED, *again)), seconds=lambda n, d: 3e-6 * d + 8e-5 * n)
    assert slope(growth, "duration")[1] == 0
    duration = predicted(growth, "duration.budget")
    assert duration.low <= 3e-6 * ROWS * 10 + 8e-5 * TOP * 4 <= duration.high


def test_a_larger_database_costs_no_more_than_if_all_work_were_on_its_rows() -> None:
    def seconds(n: int, d: float) -> float:
        return 3e-6 * d + 8e-5 * n

    whole = predicted(
        grown(a_database_influence(ROWS, ROWS), seconds=seconds), "duration.budget"
    )
    found = predicted(grown(noisy(MEASURED), seconds=seconds), "duration.budget")
    assert found.likely <= whole.likely * 10
    assert found.high <= whole.high * (1 + 9 * 1.5)


def test_runs_that_took_no_time_have_no_noise() -> None:
    growth = grown(noisy([0.0] * 12))
    assert slope(growth, "duration") == [0, 0]


def test_the_most_rows_within_a_budget_are_computed_for_the_larger_database() -> None:
    def seconds(n: int, d: float) -> float:
        return 0.01 + 1e-9 * n * d

    for ratio in (1, 10):
        [duration, _] = asked(ratio, seconds=seconds).max_rows
        assert duration.low_rows is not None
        assert duration.high_rows is not None
        truth = 60.0 / (1e-9 * ROWS * ratio)
        assert duration.low_rows <= truth <= duration.high_rows


def test_predictions_for_the_database_of_the_runs_stay_unchanged() -> None:
    with_influence = asked(memory=lambda n, d: 340 * d)
    without = replace(with_influence, database=None)
    runs = growth_runs(lambda n: 2e-5 * n, memory=lambda n: 340 * ROWS)
    sized = runs_at_sizes(runs, TOP * 4)
    assert growth_of(sized, a_budget(duration=60.0)) == without


def test_runs_with_one_input_size_show_only_the_cost_of_database_rows() -> None:
    def memory(n: int, d: float) -> float:
        return 1 * MB + 340 * d + 71 * n

    whole = a_database_influence(ROWS, ROWS, memory=memory)
    small = whole.runs[0].run.rows
    runs = tuple(each for each in whole.runs if each.run.rows == small)
    growth = grown(replace(whole, runs=runs), memory=memory)
    assert slope(growth, "memory") == pytest.approx([340, 0])


@pytest.mark.parametrize(("ratio", "predicts"), [(1, True), (10, False)])
def test_without_runs_of_every_part_a_larger_database_has_no_predictions(
    ratio: int, predicts: bool
) -> None:
    whole = a_database_influence(ROWS, ROWS * ratio)
    small = min(each.run.rows for each in whole.runs)
    for runs in (
        (),
        tuple(each for each in whole.runs if each.share == 1),
        tuple(each for each in whole.runs if each.run.rows == small),
    ):
        growth = grown(replace(whole, runs=runs))
        assert bool(growth.predictions) is bool(growth.max_rows) is predicts
        assert growth.database is not None
        shares = {each.share for each in runs}
        assert bool(growth.database.slopes) is (len(shares) == 3)


def test_figures_that_were_not_measured_have_no_slope() -> None:
    influence = a_database_influence(ROWS, ROWS * 10)
    runs = tuple(
        replace(each, run=replace(each.run, task_bytes=None, rows_processed=None))
        for each in influence.runs
    )
    growth = grown(replace(influence, runs=runs), queries=lambda n, d: n)
    assert growth.database is not None
    assert {each.name for each in growth.database.slopes} == {"duration"}
    assert predicted(growth, "memory.task").likely == 5 * MB
    assert predicted(growth, "speed.queries").likely == pytest.approx(1.0)
