"""Only a value that grew by more than its limit is a regression."""

from dataclasses import replace
from pathlib import Path

import pytest

from limerun.judge.comparability import input_differences
from limerun.judge.record_comparison import compare
from limerun.records import Comparison, FigureChange, Record, Run
from limerun.report.content.comparison_text import comparison_headline
from tests.builders import a_finding, with_times
from tests.report.make_records import RECORDS

BASE = RECORDS["passed"]()


def with_runs(record: Record, *runs: Run) -> Record:
    return replace(record, runs=runs)


def taking(*seconds: float, contention: float = 0.0) -> Record:
    [run] = BASE.runs
    runs = (
        with_times(replace(run, duration_seconds=each + contention), contention)
        for each in seconds
    )
    return with_runs(BASE, *runs)


def holding(size: int | None) -> Record:
    [run] = BASE.runs
    return with_runs(BASE, replace(run, memory=replace(run.memory, task_bytes=size)))


def sending(total: int, commits: int = 10) -> Record:
    [run] = BASE.runs
    assert run.queries is not None
    queries = replace(run.queries, total=total, commits=commits)
    return with_runs(BASE, replace(run, queries=queries))


def change(comparison: Comparison, name: str) -> FigureChange:
    [found] = [each for each in comparison.changes if each.name == name]
    return found


def test_a_record_compared_with_itself_has_no_regression() -> None:
    comparison = compare(BASE, BASE)
    assert comparison.verdict == "passed"
    assert comparison.exit_code == 0
    assert {each.trend for each in comparison.changes} == {"same"}
    assert not comparison.config
    assert not comparison.unlike


@pytest.mark.parametrize(
    ("size", "trend", "exit_code"),
    [
        (100_000_000, "same", 0),
        (100_500_000, "same", 0),
        (105_000_000, "worse", 0),
        (105_000_001, "regression", 1),
        (99_000_000, "better", 0),
    ],
)
def test_memory_may_grow_up_to_its_limit_or_the_measurement_accuracy(
    size: int, trend: str, exit_code: int
) -> None:
    comparison = compare(holding(100_000_000), holding(size))
    assert change(comparison, "memory").trend == trend
    assert comparison.exit_code == exit_code


def test_a_change_within_measurement_accuracy_is_not_judged() -> None:
    assert compare(holding(1_000_000), holding(1_400_000)).exit_code == 0
    assert compare(holding(1_000_000), holding(1_600_000)).exit_code == 1


def test_one_extra_query_is_a_regression() -> None:
    assert compare(sending(100), sending(100)).exit_code == 0
    assert compare(sending(100), sending(101)).exit_code == 1
    assert compare(sending(0), sending(1)).exit_code == 1


def test_commits_are_judged_only_on_request() -> None:
    base, new = sending(100, commits=10), sending(100, commits=20)
    assert compare(base, new).exit_code == 0
    assert compare(base, new, {"commits": 0.5}).exit_code == 1


@pytest.mark.parametrize(
    ("before", "after", "trend", "exit_code"),
    [
        ((10, 10.2, 10.4), (12, 12.3, 12.5), "worse", 0),  # by less than 25 %
        ((10, 10.2, 10.4), (13, 13.3, 13.5), "regression", 1),
        ((10, 10.2, 14), (13, 13.3, 13.5), "unknown", 6),  # the runs overlap
        ((10,), (13,), "unknown", 6),  # one run each
        ((10,), (12,), "worse", 0),
        ((10, 11, 12), (10, 11, 12), "same", 0),
        ((10, 11, 12), (5, 6, 7), "better", 0),
        ((10,), (9.5,), "same", 0),  # may be noise with one run each
        ((10, 10.1), (9.5, 9.6), "better", 0),
        ((10,), (5,), "better", 0),
    ],
)
def test_a_slower_duration_is_a_regression_only_if_the_runs_do_not_overlap(
    before: tuple[float, ...], after: tuple[float, ...], trend: str, exit_code: int
) -> None:
    comparison = compare(taking(*before), taking(*after))
    assert change(comparison, "duration").trend == trend
    assert comparison.exit_code == exit_code


@pytest.mark.parametrize(
    ("before", "after", "trend"),
    [
        (0.008, 0.010, "too short"),
        (0.0, 0.002, "too short"),
        (0.090, 0.099, "too short"),
        (0.010, 0.100, "too short"),  # more than 25 %, but no more than start-up
        (0.200, 0.340, "too short"),
        (0.200, 0.240, "worse"),  # within 25 %
        (0.010, 0.500, "regression"),
        (0.400, 0.550, "worse"),
        (0.500, 0.100, "better"),
    ],
)
def test_a_change_that_start_up_could_cause_is_too_short_to_judge(
    before: float, after: float, trend: str
) -> None:
    comparison = compare(taking(*[before] * 3), taking(*[after] * 3))
    found = change(comparison, "duration")
    assert found.trend == trend
    assert comparison.exit_code == (1 if trend == "regression" else 0)
    assert (found.ratio_range is None) is (trend == "too short")


def test_a_comparison_of_only_too_short_durations_is_inconclusive() -> None:
    only = {"duration": 0.25}
    assert compare(taking(0.008), taking(0.010), only).exit_code == 6
    assert compare(taking(0.008), taking(0.010), {"duration": None}).exit_code == 0
    assert compare(taking(10), taking(10), only).exit_code == 0


@pytest.mark.parametrize(
    ("runs", "certainty"), [(2, 2 / 3), (3, 9 / 10), (4, 34 / 35), (5, 244 / 252)]
)
def test_several_runs_give_a_range_of_the_change_and_its_certainty(
    runs: int, certainty: float
) -> None:
    before = [10 + number / 100 for number in range(runs)]
    after = [12 + number / 100 for number in range(runs)]
    ratios = change(compare(taking(*before), taking(*after)), "duration").ratio_range
    assert ratios is not None
    assert ratios.certainty == pytest.approx(certainty)
    assert 12 / 10.04 <= ratios.low < 1.2 < ratios.high <= 12.04 / 10


def test_the_range_of_many_runs_leaves_out_unusual_runs() -> None:
    usual, unusual = [10.0] * 3, [10.0, 10.0, 30.0]
    ratios = change(compare(taking(*usual), taking(*unusual)), "duration").ratio_range
    assert ratios is not None
    assert (ratios.low, ratios.high) == (1.0, 3.0)
    before, after = taking(*usual * 3), taking(*unusual, *usual * 2)
    ratios = change(compare(before, after), "duration").ratio_range
    assert ratios is not None
    assert (ratios.low, ratios.high) == (1.0, 1.0)
    assert 0.95 <= ratios.certainty < 0.97


@pytest.mark.parametrize("sides", [((1.0,), (1.0, 1.0)), ((0.0, 0.2), (0.2, 0.3))])
def test_there_is_no_range_with_one_run_or_without_a_duration(
    sides: tuple[tuple[float, ...], tuple[float, ...]],
) -> None:
    before, after = sides
    assert (
        change(compare(taking(*before), taking(*after)), "duration").ratio_range is None
    )


def waiting(low: float, high: float) -> Record:
    """Return a task whose threads may have waited for a processor."""
    [run] = taking(high).runs
    return with_runs(BASE, *[replace(run, uncontended_low_seconds=low)] * 3)


@pytest.mark.parametrize(
    ("before", "after", "trend", "exit_code"),
    [
        (taking(10, 10, 10), waiting(10, 20), "unknown", 6),
        (waiting(5, 10), taking(10, 10, 10), "unknown", 6),
        (taking(10, 10, 10), waiting(14, 20), "regression", 1),
        (waiting(9, 10), taking(10, 10, 10), "same", 0),
        (waiting(9, 10), taking(8, 8, 8), "better", 0),
        (taking(10, 10, 10), waiting(11, 12), "worse", 0),
    ],
)
def test_a_limit_within_the_range_of_durations_is_unknown(
    before: Record, after: Record, trend: str, exit_code: int
) -> None:
    comparison = compare(before, after)
    assert change(comparison, "duration").trend == trend
    assert comparison.exit_code == exit_code


def test_a_duration_that_was_not_measured_is_unknown() -> None:
    [run] = BASE.runs
    unmeasured = with_runs(
        BASE, replace(run, duration_seconds=None, uncontended_seconds=None)
    )
    found = change(compare(BASE, unmeasured), "duration")
    assert (found.trend, found.new, found.ratio) == ("unknown", None, None)
    assert change(compare(with_runs(BASE), BASE), "duration").base is None


def test_more_contention_is_not_a_regression() -> None:
    comparison = compare(taking(1, 1, 1), taking(1, 1, 1, contention=8.0))
    assert change(comparison, "duration").trend == "same"


def test_a_value_whose_limit_is_off_is_shown_but_not_judged() -> None:
    comparison = compare(taking(1, 1, 1), taking(9, 9, 9), {"duration": None})
    assert change(comparison, "duration").trend == "worse"
    assert comparison.exit_code == 0


def test_a_value_that_was_not_measured_never_passes() -> None:
    comparison = compare(BASE, holding(None))
    assert change(comparison, "memory").trend == "unknown"
    assert comparison.exit_code == 6


def test_a_task_without_a_database_has_no_queries_to_judge() -> None:
    [run] = BASE.runs
    plain = with_runs(BASE, replace(run, queries=None))
    assert compare(plain, plain).exit_code == 0
    assert compare(BASE, plain).exit_code == 6
    assert compare(holding(None), holding(None)).exit_code == 6


def test_a_task_that_no_longer_returns_is_a_regression() -> None:
    [run] = BASE.runs
    broken = with_runs(BASE, replace(run, ending="raised"))
    assert compare(BASE, broken).exit_code == 1
    assert compare(broken, BASE).exit_code == 0
    assert compare(broken, broken).exit_code == 6


def test_values_of_a_failed_run_are_not_judged() -> None:
    [run] = BASE.runs
    assert run.queries is not None
    more = replace(run, ending="raised", queries=replace(run.queries, total=10**6))
    comparison = compare(
        with_runs(BASE, replace(run, ending="raised")), with_runs(BASE, more)
    )
    assert change(comparison, "queries").allowed is None


def test_config_changes_are_listed() -> None:
    values = {**BASE.config.values, "timeout": 7.0, "sampling": None}
    other = replace(BASE, config=replace(BASE.config, values=values))
    changed = {each.key: (each.base, each.new) for each in compare(BASE, other).config}
    assert changed["timeout"] == (BASE.config.values["timeout"], 7.0)
    assert "task" not in changed


def test_new_and_resolved_findings_are_listed() -> None:
    failed = RECORDS["failed"]()
    comparison = compare(failed, replace(failed, findings=failed.findings[1:]))
    assert comparison.findings_gone == (failed.findings[0].title,)
    assert comparison.findings_new == ()


def test_a_finding_whose_line_moved_is_still_the_same_finding() -> None:
    failed = RECORDS["failed"]()
    first, *rest = failed.findings
    assert first.location is not None
    moved = replace(first, location=replace(first.location, line=999))
    other = replace(failed, findings=(moved, *rest))
    assert compare(failed, other).findings_new == ()


# --- likeness ----------------------------------------------------------------------


def test_equal_inputs_have_no_differences() -> None:
    assert input_differences(BASE, taking(1, 2, 3)) == ()


def test_different_inputs_are_named() -> None:
    assert BASE.dataset is not None
    rows = {**BASE.dataset.rows, "company": 7}
    dataset = replace(BASE.dataset, fingerprint="other", rows=rows, seed=1)
    [difference] = input_differences(BASE, replace(BASE, dataset=dataset))
    assert "company 20,000 and 7" in difference
    assert "seed 2026 and 1" in difference
    [difference] = input_differences(BASE, replace(BASE, dataset=None))
    assert difference == "dataset: only the baseline record has one"
    machine = replace(BASE.machine, cpus=64)
    [difference] = input_differences(BASE, replace(BASE, machine=machine))
    assert difference == "machine: 2 and 64 CPUs"
    task = replace(BASE.task, name="export")
    [difference] = input_differences(BASE, replace(BASE, task=task))
    assert difference == "task: import_contracts and export"
    values = {**BASE.config.values, "database.url": "postgresql://…"}
    [difference] = input_differences(
        BASE, replace(BASE, config=replace(BASE.config, values=values))
    )
    assert difference.startswith("database: sqlite")
    values = {**BASE.config.values, "database.latency": 0.002}
    [difference] = input_differences(
        BASE, replace(BASE, config=replace(BASE.config, values=values))
    )
    assert difference.endswith("latency 0.002 s")


def test_small_differences_in_machine_or_dataset_count() -> None:
    assert BASE.dataset is not None
    assert BASE.task.file is not None
    other = replace(BASE.dataset, fingerprint="other")
    assert input_differences(BASE, replace(BASE, dataset=other)) == (
        "dataset: different columns or generator versions",
    )
    older = replace(BASE.machine, python="3.10.1", os="Plan9-4")
    assert input_differences(BASE, replace(BASE, machine=older)) == (
        f"machine: {BASE.machine.os} and Plan9-4",
        f"machine: Python {BASE.machine.python} and 3.10.1",
    )
    task = replace(BASE.task, file="elsewhere/other.py")
    [difference] = input_differences(BASE, replace(BASE, task=task))
    assert difference == (
        f"task: {BASE.task.name} in {Path(BASE.task.file).name} and in other.py"
    )
    without = replace(BASE, dataset=None)
    assert input_differences(without, without) == ()


def test_a_record_without_runs_is_inconclusive() -> None:
    comparison = compare(BASE, with_runs(BASE))
    assert (comparison.verdict, comparison.exit_code) == ("inconclusive", 6)


def test_machines_of_the_same_class_may_differ_slightly_in_memory() -> None:
    memory = BASE.machine.memory_bytes
    near = replace(BASE, machine=replace(BASE.machine, memory_bytes=int(memory * 0.95)))
    far = replace(BASE, machine=replace(BASE.machine, memory_bytes=memory * 2))
    assert input_differences(BASE, near) == ()
    assert input_differences(BASE, far) != ()


def test_records_with_different_inputs_are_inconclusive_unless_anyway_is_set() -> None:
    other = replace(BASE, machine=replace(BASE.machine, cpus=64))
    assert compare(BASE, other).exit_code == 6
    assert compare(BASE, other, anyway=True).exit_code == 0


def with_error(record: Record, rule: str) -> Record:
    return replace(record, findings=(*record.findings, a_finding(rule, "error")))


def test_a_new_finding_at_level_error_is_a_regression() -> None:
    leaking = with_error(BASE, "log.sensitive")
    comparison = compare(BASE, leaking)
    assert (comparison.verdict, comparison.exit_code) == ("failed", 1)
    errors = change(comparison, "errors")
    assert (errors.base, errors.new, errors.trend) == (0, 1, "regression")
    assert errors.why.startswith("new at level error: ")
    assert errors.why in comparison_headline(comparison).sentence
    long = replace(leaking.findings[-1], title="far " * 40 + "too much")
    many = compare(BASE, replace(leaking, findings=(long,)))
    assert "new findings at level error" in comparison_headline(many).sentence
    # A warning that becomes an error is new at this level.
    milder = replace(BASE, findings=(a_finding("log.sensitive", "warning"),))
    assert compare(milder, leaking).verdict == "failed"


def test_an_error_that_was_there_before_is_no_regression() -> None:
    leaking = with_error(BASE, "log.sensitive")
    assert change(compare(leaking, leaking), "errors").trend == "same"
    fixed = compare(leaking, BASE)
    assert (fixed.verdict, change(fixed, "errors").trend) == ("passed", "better")
    other = compare(leaking, with_error(BASE, "memory.leak"))
    assert change(other, "errors").trend == "regression"
