"""A prediction is within its budget, over it, or unsure; it is never passed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from limerun.judge.growth_findings import (
    growth_findings,
    growth_verdict,
    judge_predictions,
)
from limerun.measure.growth.growth_summary import growth_of
from limerun.records import (
    BudgetLevel,
    Finding,
    Growth,
    Prediction,
    TimingNoise,
    Verdict,
)
from tests.builders import (
    MB,
    SIZES,
    TASK,
    a_budget,
    a_prediction,
    growth_runs,
    runs_at_sizes,
)

TOP = SIZES[-1]
QUIET = TimingNoise(calibration_moved=0.0, duration_spread=0.0, reasons=())
NOISY = TimingNoise(calibration_moved=0.4, duration_spread=0.2, reasons=("it shook",))


def a_growth(*predictions: Prediction, noise: TimingNoise = QUIET) -> Growth:
    grown = growth_of(runs_at_sizes((), 1_000), a_budget())
    return replace(grown, predictions=predictions, noise=noise)


FINE = a_prediction(1, 2, 200 * MB, "memory.task")


@pytest.mark.parametrize(
    ("low", "high", "within", "verdict"),
    [
        (5, 10, True, None),
        (5, 10.001, None, Verdict.INCONCLUSIVE),
        (10, 20, None, Verdict.INCONCLUSIVE),
        (10.001, 20, False, Verdict.FAILED),
    ],
)
def test_both_ends_of_a_range_are_compared_with_the_budget(
    low: float, high: float, within: bool | None, verdict: Verdict | None
) -> None:
    budget = a_budget(duration=10.0)
    growth = judge_predictions(a_growth(a_prediction(low, high, 10.0), FINE), budget)
    assert growth.predictions[0].within is within
    assert growth_verdict(growth, budget) is verdict


def test_a_prediction_within_the_budgets_gives_no_verdict() -> None:
    budget = a_budget(duration=10.0)
    growth = judge_predictions(a_growth(a_prediction(1, 2, 10.0), FINE), budget)
    assert all(each.within for each in growth.predictions)
    assert growth_verdict(growth, budget) is None


def test_a_prediction_on_a_noisy_machine_is_still_judged() -> None:
    budget = a_budget(duration=10.0)
    slow, quick = a_prediction(50, 60, 10.0), a_prediction(1, 2, 10.0)
    growth = judge_predictions(a_growth(slow, FINE, noise=NOISY), budget)
    assert growth_verdict(growth, budget) is Verdict.FAILED
    growth = judge_predictions(a_growth(quick, FINE, noise=NOISY), budget)
    assert growth_verdict(growth, budget) is None


def test_a_value_that_could_not_be_predicted_is_inconclusive() -> None:
    budget = a_budget()
    assert growth_verdict(judge_predictions(a_growth(FINE), budget), budget) is (
        Verdict.INCONCLUSIVE
    )
    assert growth_verdict(a_growth(), budget) is Verdict.INCONCLUSIVE
    asked = a_budget(queries=0.1)
    known = judge_predictions(a_growth(FINE, a_prediction(1, 2, None)), asked)
    assert growth_verdict(known, asked) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("level", "verdict"),
    [("error", Verdict.FAILED), ("warning", None), ("off", None)],
)
def test_a_budget_at_level_warning_does_not_fail(
    level: BudgetLevel, verdict: Verdict | None
) -> None:
    budget = a_budget(duration=1.0, levels={"duration": level})
    growth = judge_predictions(a_growth(a_prediction(5, 6, 1.0), FINE), budget)
    assert growth_verdict(growth, budget) is verdict
    assert (growth.predictions[0].limit is None) is (level == "off")


# --- findings ---------------------------------------------------------------------------


def findings(
    cpu: Callable[[float], float],
    *,
    memory: Callable[[float], float] = lambda n: MB,
    to_rows: int = TOP * 16,
    noise: TimingNoise = QUIET,
    **budget: float,
) -> dict[str, Finding]:
    limits = a_budget(**budget)  # type: ignore[arg-type] # its own
    grown = growth_of(runs_at_sizes(growth_runs(cpu, memory=memory), to_rows), limits)
    growth = judge_predictions(replace(grown, noise=noise), limits)
    return {each.rule: each for each in growth_findings(TASK, growth)}


@pytest.mark.parametrize(
    ("cpu", "found"),
    [
        (lambda n: 2e-5 * n, False),
        (lambda n: 1e-6 * n * n.bit_length(), False),
        (lambda n: 0.5 + 2e-5 * n, False),
        (lambda n: 4e-10 * n * n, True),
        (lambda n: 1e-6 * n**1.4, True),
    ],
)
def test_a_duration_that_grows_faster_than_the_rows_is_a_finding(
    cpu: Callable[[float], float], found: bool
) -> None:
    assert ("duration.growth" in findings(cpu)) is found


def test_the_duration_finding_names_the_factor_the_sizes_and_the_part() -> None:
    found = findings(lambda n: 4e-10 * n * n)["duration.growth"]
    assert found.detail == (
        "Twice as many rows take 4.0 times as much time: 102 ms for 16,000, 1.6 s for 64,000 "
        "rows (without waiting). The part that grows this fast is CPU time outside the "
        "database."
    )
    assert found.location is not None
    assert (found.location.file, found.location.line) == (TASK.file, TASK.line)
    assert found.level == "warning"
    assert found.guide.startswith("1.")


def noisy(spread: float | None) -> TimingNoise:
    return replace(QUIET, duration_spread=spread)


@pytest.mark.parametrize("spread", [0.2, None])
def test_noise_hides_slight_growth_but_not_quadratic_growth(
    spread: float | None,
) -> None:
    noise = noisy(spread)
    assert "duration.growth" not in findings(lambda n: 1e-6 * n**1.4, noise=noise)
    assert "duration.growth" in findings(lambda n: 4e-10 * n * n, noise=noise)
    assert "duration.growth" not in findings(lambda n: 4e-10 * n * n, noise=noisy(2.0))


def test_durations_under_100_ms_are_not_used_as_evidence() -> None:
    assert "duration.growth" in findings(lambda n: 2 * 0.1 * (n / TOP) ** 2 * 2)
    assert "duration.growth" not in findings(lambda n: 3.9 * 0.1 * (n / TOP) ** 2)


def test_growth_of_waiting_time_is_not_used_as_evidence() -> None:
    runs = growth_runs(lambda n: 2e-5 * n, wait=lambda n: 4e-9 * n * n)
    growth = growth_of(runs_at_sizes(runs, TOP * 16), a_budget())
    assert growth.doubling is not None
    assert growth.doubling > 3
    assert growth_findings(TASK, growth) == ()


def test_the_cost_of_cache_misses_does_not_count_as_growth() -> None:
    def cliff(n: float) -> float:
        return float(1e-6 * n * (n / SIZES[0]) ** 0.35)

    def kept(n: float) -> float:
        return 130 * n  # too little for a finding about memory

    assert "duration.growth" in findings(cliff)
    assert "duration.growth" not in findings(cliff, memory=kept)
    assert "duration.growth" in findings(lambda n: 4e-10 * n * n, memory=kept)


def test_growth_that_exceeds_a_budget_is_an_error() -> None:
    found = findings(lambda n: 4e-10 * n * n, memory=lambda n: 500 * n, duration=1.0)
    assert found["duration.growth"].level == "error"
    assert found["memory.growth"].level == "error"
    assert next(iter(found)) == "duration.growth"


@pytest.mark.parametrize(
    ("memory", "found"),
    [
        (lambda n: 5 * MB, False),
        (lambda n: MB + 300 * n, True),
        (lambda n: MB + 2 * n, False),
        (lambda n: min(20 * MB, MB + 2_000 * n), False),
        (lambda n: 60 * n, False),
        (lambda n: 65 * n, True),
    ],
    ids=[
        "flat",
        "grows",
        "grows very little",
        "a cache that fills",
        "within the size of a possible cache",
        "beyond the size of a possible cache",
    ],
)
def test_memory_that_grows_with_the_rows_is_a_finding(
    memory: Callable[[float], float], found: bool
) -> None:
    rules = findings(lambda n: 2e-5 * n, memory=memory)
    assert ("memory.growth" in rules) is found


def test_the_memory_finding_contains_its_evidence() -> None:
    found = findings(lambda n: 2e-5 * n, memory=lambda n: MB + 300 * n)
    assert found["memory.growth"].detail == (
        "1.3 MB for 1,000, 20.2 MB for 64,000 rows: 300 bytes per row, or 307.2 MB for "
        "1,024,000 rows."
    )


def test_a_growth_finding_names_no_part_if_the_part_is_unknown() -> None:
    grown = growth_of(
        runs_at_sizes(growth_runs(lambda n: 4e-10 * n * n), TOP * 16), a_budget()
    )
    [found] = growth_findings(replace(TASK, file=None), replace(grown, parts=()))
    assert found.rule == "duration.growth"
    assert "What grows so" not in found.detail
    assert found.location is None


def test_an_estimate_without_runs_has_no_findings() -> None:
    assert growth_findings(TASK, a_growth()) == ()
