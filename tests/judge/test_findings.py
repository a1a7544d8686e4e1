"""Each finding has a value, and a line if it is known."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from limerun.judge.budget_checks import checks_of
from limerun.judge.findings import findings_of
from limerun.judge.suggestions import with_profile_command
from limerun.records import (
    Budget,
    Finding,
    LimeObjectCounts,
    Location,
    Run,
    Statement,
    TaskTimeLimits,
    Transactions,
)
from limerun.records.rules import RULES_BY_ID, make_finding
from tests.builders import BUDGET, DATASET, MB, TASK, a_run

LINE = Location(file="tasks/imports.py", line=30, function="find_contract")


def findings_by_rule(
    run: Run,
    budget: Budget = BUDGET,
    production_rows: Mapping[str, int] | None = None,
) -> dict[str, Finding]:
    findings = findings_of(
        task=TASK,
        dataset=DATASET,
        production_rows=production_rows or {},
        budget=budget,
        runs=[run],
        checks=checks_of(budget, [run]),
    )
    return {finding.rule: finding for finding in findings}


def run_with_queries(
    calls: int, text: str = "SELECT id FROM contract WHERE number = ?"
) -> Run:
    rows = None if text.startswith("SELECT") else 1
    statement = Statement(text=text, calls=calls, seconds=3.0, rows=rows, location=LINE)
    return replace(a_run(), statements=(statement,))


def test_a_task_within_every_budget_has_no_findings() -> None:
    assert findings_by_rule(a_run()) == {}


def test_there_are_no_findings_without_a_run() -> None:
    assert (
        findings_of(
            task=TASK,
            dataset=DATASET,
            production_rows={"contract": 10**6},
            budget=BUDGET,
            runs=[],
            checks=[],
        )
        == ()
    )


def test_a_run_without_a_database_has_no_database_findings() -> None:
    assert findings_by_rule(replace(a_run(), transactions=None, queries=None)) == {}


def test_a_duration_over_budget_reports_the_difference() -> None:
    finding = findings_by_rule(a_run(), replace(BUDGET, duration_seconds=20.0))[
        "duration.budget"
    ]
    assert finding.level == "error"
    assert finding.detail == "It took 30.0 s; the budget is 20.0 s."


def test_reaching_the_time_limit_is_an_error_located_at_the_task() -> None:
    limits = TaskTimeLimits(soft_seconds=9, hard_seconds=12, reached="soft")
    finding = findings_by_rule(replace(a_run(), time_limits=limits))["limits.task"]
    assert finding.level == "error"
    assert finding.title == "The task reached its soft time limit"
    assert "The limit of 9.0 s is set by" in finding.detail
    assert finding.location == Location(file="tasks/imports.py", line=12)


def test_findings_have_no_location_if_the_file_of_the_task_is_unknown() -> None:
    findings = findings_of(
        task=replace(TASK, file=None),
        dataset=DATASET,
        production_rows={},
        budget=BUDGET,
        runs=[a_run(268 * MB)],
        checks=checks_of(BUDGET, [a_run(268 * MB)]),
    )
    [of_task, *_] = findings
    assert (of_task.rule, of_task.location) == ("memory.task", None)


def test_memory_over_budget_reports_the_difference_and_the_line() -> None:
    finding = findings_by_rule(a_run(268 * MB))["memory.task"]
    assert finding.level == "error"
    assert "268.0 MB" in finding.detail
    assert "200.0 MB" in finding.detail
    assert finding.location == Location(file="tasks/imports.py", line=12)
    assert finding.guide == RULES_BY_ID["memory.task"].section


def test_a_query_for_each_row_is_reported_with_its_line() -> None:
    finding = findings_by_rule(run_with_queries(1000))["speed.queries"]
    assert finding.location == LINE
    assert "1,000 queries for 1,000 rows" in finding.detail
    assert "set" in finding.advice


def test_a_task_that_did_not_return_has_an_upper_bound_of_rows() -> None:
    run = replace(
        run_with_queries(600), rows_processed=None, rows_low=900, rows_high=1000
    )
    detail = findings_by_rule(run)["speed.queries"].detail
    assert "600 queries for at most 1,000 rows, at least 0.6 per row" in detail


def for_each_row(calls: int, *called_from: Location) -> Run:
    run = run_with_queries(calls)
    [statement] = run.statements
    statement = replace(statement, for_each_row=True, called_from=called_from)
    return replace(run, statements=(statement,))


@pytest.mark.parametrize(
    ("run", "fires"),
    [
        (for_each_row(1000), True),
        (for_each_row(334), True),
        (for_each_row(100), False),
        (replace(for_each_row(100), rows_processed=100), True),
        (replace(for_each_row(99), rows_processed=99), False),
        (replace(for_each_row(100), rows_processed=None), True),
    ],
    ids=["each", "a third", "a batch of ten", "100 of them", "99 of them", "unknown"],
)
def test_a_read_inside_a_loop_over_rows_is_a_finding_even_with_few_calls(
    run: Run, fires: bool
) -> None:
    assert ("speed.queries" in findings_by_rule(run)) is fires


HOOK = Location(file="deal.py", line=88, function="after_update")
HELPER = Location(file="pkg/helper.py", line=7, function="save")
COMPREHENSION = Location(file="pkg/helper.py", line=7, function="<listcomp>")
IN_TASK = Location(file="tasks/imports.py", line=31, function="import_contracts")
ABOVE_IT = Location(file="tasks/wrap.py", line=3, function="wrapper")


@pytest.mark.parametrize(
    ("place", "above", "shown"),
    [
        (HOOK, [IN_TASK], "(deal.py:88 in after_update, called from imports.py:31)"),
        (
            HOOK,
            [IN_TASK, ABOVE_IT],
            "(deal.py:88 in after_update, called from imports.py:31)",
        ),
        (
            HOOK,
            [COMPREHENSION, HELPER, IN_TASK],
            "(deal.py:88 in after_update, called from helper.py:7 in save, called from imports.py:31)",
        ),
        (
            COMPREHENSION,
            [HELPER, IN_TASK],
            "(helper.py:7 in save, called from imports.py:31)",
        ),
        (IN_TASK, [ABOVE_IT], None),
        (HOOK, [], None),
    ],
)
def test_the_call_path_to_a_line_outside_the_task_is_shown(
    place: Location, above: list[Location], shown: str | None
) -> None:
    run = for_each_row(1000, *above)
    statement = replace(run.statements[0], location=place)
    finding = findings_by_rule(replace(run, statements=(statement,)))["speed.queries"]
    assert finding.location == place
    if shown is None:
        assert " from " not in finding.detail.partition(statement.text)[2]
    else:
        assert finding.detail.endswith(shown)


@pytest.mark.parametrize(
    "run",
    [
        run_with_queries(499),
        run_with_queries(1000, "INSERT INTO contract VALUES (?)"),
        replace(run_with_queries(1000), rows_processed=None),
        replace(run_with_queries(99), rows_processed=99),
    ],
    ids=["fewer than rows", "a write", "rows unknown", "too few to tell"],
)
def test_a_query_per_row_is_reported_only_with_evidence(run: Run) -> None:
    assert "speed.queries" not in findings_by_rule(run)


def test_queries_over_budget_are_an_error() -> None:
    budget = replace(BUDGET, queries_per_row=0.01)
    assert findings_by_rule(a_run(), budget)["speed.queries"].level == "error"


def test_too_many_writes_get_the_advice_for_writes() -> None:
    run = run_with_queries(1000, "INSERT INTO contract VALUES (?)")
    finding = findings_by_rule(run, replace(BUDGET, queries_per_row=0.01))[
        "speed.queries"
    ]
    assert "`executemany`" in finding.advice
    assert "set of keys" not in finding.advice


def test_retained_objects_are_an_error_once_memory_is_over_budget() -> None:
    kept = LimeObjectCounts(max_alive=120_000, location=LINE)
    within = findings_by_rule(replace(a_run(), lime_objects=kept))["memory.objects"]
    over = findings_by_rule(replace(a_run(300 * MB), lime_objects=kept))[
        "memory.objects"
    ]
    assert (within.level, over.level) == ("warning", "error")
    assert over.location == LINE
    assert "120,000 Lime objects" in over.detail


def test_a_few_objects_are_not_reported() -> None:
    few = LimeObjectCounts(max_alive=9_999, location=LINE)
    assert "memory.objects" not in findings_by_rule(replace(a_run(), lime_objects=few))


@pytest.mark.parametrize(
    ("transactions", "fires"),
    [
        (Transactions(count=1, median_objects=60_000, max_objects=60_000), True),
        (Transactions(count=20, median_objects=50, max_objects=500), False),
        (Transactions(count=20, median_objects=50, max_objects=501), True),
        (Transactions(count=1000, median_objects=1, max_objects=1), True),
        (Transactions(count=100, median_objects=1, max_objects=1), False),
        (Transactions(count=0, median_objects=None, max_objects=0), False),
        (Transactions(count=1000, median_objects=2, max_objects=2), True),
        (Transactions(count=500, median_objects=10, max_objects=40), True),
        (Transactions(count=101, median_objects=3, max_objects=3), True),
        (Transactions(count=101, median_objects=11, max_objects=11), False),
    ],
)
def test_commits_with_too_few_or_too_many_objects_are_a_finding(
    transactions: Transactions, fires: bool
) -> None:
    run = replace(a_run(), transactions=transactions, commit_location=LINE)
    assert ("memory.batches" in findings_by_rule(run)) is fires


def test_batches_with_few_changed_rows_are_still_batches() -> None:
    few = Transactions(count=2_000, median_objects=3, max_objects=9)
    run = replace(a_run(), transactions=few, rows_processed=100_000)
    assert "memory.batches" not in findings_by_rule(run)


def test_a_dataset_smaller_than_production_is_a_finding() -> None:
    finding = findings_by_rule(
        a_run(), production_rows={"contract": 101, "company": 10}
    )
    assert "contract 100 of 101" in finding["duration.size"].detail
    assert "company" not in finding["duration.size"].detail


def test_a_dataset_of_production_size_is_not_a_finding() -> None:
    assert findings_by_rule(a_run(), production_rows={"contract": 100}) == {}


def test_an_idle_worker_above_its_budget_is_a_finding() -> None:
    budget = replace(BUDGET, idle_baseline_bytes=40 * MB)
    assert "50.0 MB" in findings_by_rule(a_run(), budget)["memory.handler"].detail


def test_errors_are_listed_first() -> None:
    run = replace(run_with_queries(1000), memory=a_run(300 * MB).memory)
    findings = findings_of(
        task=TASK,
        dataset=DATASET,
        production_rows={"contract": 10**6},
        budget=BUDGET,
        runs=[run],
        checks=checks_of(BUDGET, [run]),
    )
    levels = [finding.level for finding in findings]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert levels[0] == "error"


def test_an_exceeded_budget_comes_with_advice_to_profile_the_same_config() -> None:
    place = Location(file="t.py", line=1)
    findings_by_rule = [
        make_finding(rule, "error", "title", "", place)
        for rule in ("memory.task", "duration.budget", "speed.queries")
    ]
    memory, duration, other = with_profile_command(
        findings_by_rule, "my configs/task.yaml"
    )
    command = "Run `limerun profile 'my configs/task.yaml'` to find the line"
    assert memory.advice.startswith(command)
    assert duration.advice.startswith(command)
    assert other == findings_by_rule[2]
