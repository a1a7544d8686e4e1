"""The same runs at rising sizes give exactly the same growth."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from limerun.measure.growth.growth_summary import growth_of
from limerun.measure.growth.size_points import RunsAtSizes
from limerun.records import Growth, GrowthRun, Prediction
from limerun.records.store import from_json
from tests.builders import MB, SIZES, a_budget, growth_runs, runs_at_sizes
from tests.report.made_growth import rounded
from tests.report.make_records import FOLDER

TOP = SIZES[-1]


def grown(
    runs: tuple[GrowthRun, ...], to_rows: int = TOP * 16, **budget: float
) -> Growth:
    return growth_of(runs_at_sizes(runs, to_rows), a_budget(**budget))  # type: ignore[arg-type] # its own


def predicted(growth: Growth, name: str) -> Prediction:
    [found] = [each for each in growth.predictions if each.name == name]
    return found


def test_a_saved_size_series_gives_the_same_growth_again() -> None:
    saved = from_json((FOLDER / "estimate.json").read_text(encoding="utf-8")).growth
    assert saved is not None
    sized = RunsAtSizes(
        grow=saved.grow,
        to_rows=saved.to_rows,
        within_seconds=saved.within_seconds,
        seconds=saved.seconds,
        runs=saved.runs,
        database=saved.database and replace(saved.database, slopes=()),
    )
    again = growth_of(sized, a_budget(duration=600.0, queries=0.1))
    unjudged = replace(
        saved,
        predictions=tuple(replace(each, within=None) for each in saved.predictions),
    )
    assert rounded(again) == unjudged


@pytest.mark.parametrize(
    ("cpu", "doubling"),
    [(lambda n: 2e-5 * n, 2.0), (lambda n: 4e-10 * n * n, 4.0)],
)
def test_duration_memory_and_rate_are_predicted(
    cpu: Callable[[float], float], doubling: float
) -> None:
    growth = grown(growth_runs(cpu, memory=lambda n: MB + 300 * n), TOP * 16)
    duration = predicted(growth, "duration.budget")
    assert duration.low <= cpu(TOP * 16) <= duration.high
    assert duration.likely == pytest.approx(cpu(TOP * 16), rel=0.3)
    memory = predicted(growth, "memory.task")
    assert memory.likely == pytest.approx(MB + 300 * TOP * 16, rel=0.01)
    rate = predicted(growth, "speed.rows")
    assert rate.likely == pytest.approx(TOP * 16 / duration.likely)
    assert rate.low == pytest.approx(TOP * 16 / duration.high)
    assert growth.doubling == pytest.approx(doubling, rel=0.02)
    assert not any(each.measured for each in growth.predictions)


def test_the_growth_of_each_part_is_determined_separately() -> None:
    runs = growth_runs(
        lambda n: 0.2 + 1e-5 * n, database=lambda n: 1e-9 * n * n, wait=lambda n: 0.3
    )
    parts = {part.name: part for part in grown(runs).parts}
    assert parts["cpu"].doubling == pytest.approx(1.6, rel=0.1)
    assert parts["wait"].doubling == pytest.approx(1.0, rel=0.05)
    shares = [parts[name].share or 0.0 for name in ("cpu", "database", "wait")]
    assert sum(shares) == pytest.approx(1.0)


def test_the_requested_size_counts_as_measured_if_a_run_reaches_it() -> None:
    runs = growth_runs(lambda n: 2e-5 * n)
    growth = grown(runs, TOP)
    duration = predicted(growth, "duration.budget")
    assert duration.measured
    assert duration.low <= 2e-5 * TOP <= duration.high <= duration.low * 1.3
    assert predicted(growth, "memory.task").low == predicted(growth, "memory.task").high


@pytest.mark.parametrize("sizes", [SIZES[:1], SIZES[:2]])
def test_one_or_two_sizes_are_too_few_for_a_prediction(sizes: tuple[int, ...]) -> None:
    growth = grown(growth_runs(lambda n: 2e-3 * n, sizes=sizes))
    assert growth.predictions == ()
    assert growth.doubling is None
    assert growth.max_rows == ()


def test_runs_too_short_to_time_predict_only_memory() -> None:
    # One run of the smallest size does not show the noise, so 50 ms are needed.
    growth = grown(growth_runs(lambda n: 1e-8 * n, repeats=1))
    assert [each.name for each in growth.predictions] == ["memory.task"]


def test_falling_query_counts_are_not_predicted_to_reach_zero() -> None:
    falling = growth_runs(lambda n: 2e-5 * n, queries=lambda n: 200_000 - n)
    found = predicted(grown(falling), "speed.queries")
    assert found.likely == pytest.approx((200_000 - TOP) / (TOP * 16))
    assert found.low > 0


def test_predicted_query_rates_have_equal_bounds() -> None:
    growth = grown(growth_runs(lambda n: 2e-5 * n, queries=lambda n: 3 + n // 50))
    found = predicted(growth, "speed.queries")
    assert found.low == pytest.approx(found.high, rel=1e-3)
    assert found.likely == pytest.approx(0.02, rel=0.01)


def test_one_query_for_each_row_gives_a_rate_of_one() -> None:
    growth = grown(growth_runs(lambda n: 2e-5 * n, queries=lambda n: 2 + n))
    assert predicted(growth, "speed.queries").likely == pytest.approx(1.0, rel=0.001)


def test_max_rows_is_the_size_at_which_a_budget_is_used_up() -> None:
    runs = growth_runs(lambda n: 2e-5 * n, memory=lambda n: 500 * n)
    growth = grown(runs, duration=20.0, memory=100 * MB)
    duration, memory = growth.max_rows
    assert duration.low_rows is not None
    assert duration.likely_rows == pytest.approx(1_000_000, rel=0.3)
    assert duration.high_rows is not None
    assert duration.low_rows <= 1_000_000 <= duration.high_rows
    assert memory.likely_rows == pytest.approx(200_000, rel=0.01)
    assert memory.low_rows is not None
    assert memory.low_rows < 200_000


def test_a_budget_that_no_size_reaches_has_no_max_rows() -> None:
    growth = grown(growth_runs(lambda n: 2e-5 * n))
    [memory] = growth.max_rows
    assert memory.low_rows is memory.likely_rows is memory.high_rows is None


def test_a_budget_that_is_always_exceeded_has_max_rows_of_zero() -> None:
    growth = grown(growth_runs(lambda n: 2e-5 * n), duration=1e-9, memory=1)
    assert {each.high_rows for each in growth.max_rows} == {0}


def test_a_jump_in_the_growth_is_reported_with_its_size() -> None:
    calm = grown(growth_runs(lambda n: 2e-5 * n))
    cliff = grown(growth_runs(lambda n: 2e-5 * n * (1 if n < TOP / 2 else 3)))
    assert calm.regime is None
    assert cliff.regime is not None
    assert cliff.regime.from_rows == SIZES[-2]
    assert cliff.regime.factor > 2


def test_memory_far_above_that_of_the_runs_widens_the_range_of_the_duration() -> None:
    small = growth_runs(lambda n: 2e-5 * n, memory=lambda n: MB)
    large = growth_runs(lambda n: 2e-5 * n, memory=lambda n: 500 * n)
    highs = [predicted(grown(runs), "duration.budget").high for runs in (small, large)]
    assert highs[1] == pytest.approx(1.5 * highs[0])


@pytest.mark.parametrize("seed", range(6))
def test_noise_that_only_adds_time_leaves_the_true_value_within_the_range(
    seed: int,
) -> None:
    runs = growth_runs(lambda n: 0.1 + 2e-5 * n, noise=0.1, repeats=4, seed=seed)
    duration = predicted(grown(runs), "duration.budget")
    assert duration.low <= 0.1 + 2e-5 * TOP * 16 <= duration.high


def test_a_duration_is_predicted_even_if_memory_was_not_measured() -> None:
    known = growth_runs(lambda n: 2e-5 * n)
    unknown = tuple(replace(run, task_bytes=None) for run in known)
    of_small, of_unknown = (grown(runs, TOP * 16) for runs in (known, unknown))
    assert predicted(of_unknown, "duration.budget") == predicted(
        of_small, "duration.budget"
    )
    assert "memory.task" not in {each.name for each in of_unknown.predictions}


def test_queries_counted_at_only_one_size_are_predicted_at_the_same_rate() -> None:
    runs = growth_runs(lambda n: 2e-5 * n, queries=lambda n: n // 2)
    at_top = tuple(
        run if run.rows == TOP else replace(run, queries=None) for run in runs
    )
    told = predicted(grown(at_top, TOP * 16), "speed.queries")
    assert (told.low, told.likely, told.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("to_rows", [TOP, TOP * 16])
def test_noise_widens_only_the_ranges_of_durations(to_rows: int) -> None:
    runs = growth_runs(lambda n: 2e-5 * n, memory=lambda n: MB + 300 * n)
    shaken = tuple(
        replace(
            run,
            duration_seconds=run.duration_seconds * factor,
            cpu_seconds=run.cpu_seconds * factor,
        )
        for factor in (0.8, 1.25)
        for run in runs
    )
    steady, noisy = grown(runs, to_rows), grown(shaken, to_rows)
    one, other = (predicted(each, "duration.budget") for each in (steady, noisy))
    assert other.low < one.low <= one.high < other.high
    assert noisy.noise.widening > steady.noise.widening
    assert predicted(steady, "memory.task") == predicted(noisy, "memory.task")


@pytest.mark.parametrize("to_rows", [TOP, TOP * 4])
def test_a_duration_that_may_be_only_contention_still_has_a_rate(to_rows: int) -> None:
    runs = growth_runs(lambda n: 2e-5 * n)
    waited = tuple(replace(run, duration_low_seconds=0.0) for run in runs)
    growth = grown(waited, to_rows)
    assert predicted(growth, "duration.budget").low == 0
    rate = predicted(growth, "speed.rows")
    assert rate.likely < rate.high < float("inf")


@pytest.mark.parametrize("to_rows", [TOP, TOP * 4])
def test_contention_of_threads_lowers_the_low_end_of_the_range(to_rows: int) -> None:
    runs = growth_runs(lambda n: 2e-5 * n)
    threads = tuple(
        replace(run, duration_low_seconds=run.duration_seconds / 2) for run in runs
    )
    alone, several = (
        predicted(grown(each, to_rows), "duration.budget") for each in (runs, threads)
    )
    assert several.low == pytest.approx(alone.low / 2)
    assert several.high == alone.high
