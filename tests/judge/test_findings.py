"""Advice with a figure and a line behind it; none without."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from limerun.judge.checks import checks_of
from limerun.judge.findings import findings_of
from limerun.records import (
    Budget,
    Finding,
    LimeObjects,
    Location,
    Run,
    Statement,
    Transactions,
)
from limerun.rules import RULES_BY_ID
from tests.judge.runs import BUDGET, DATASET, MB, TASK, a_run

LINE = Location(file="tasks/imports.py", line=30, function="find_contract")


def found(
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


def asking(calls: int, text: str = "SELECT id FROM contract WHERE number = ?") -> Run:
    statement = Statement(text=text, calls=calls, seconds=3.0, rows=0, location=LINE)
    return replace(a_run(), statements=(statement,))


def test_a_task_within_every_budget_has_no_findings() -> None:
    assert found(a_run()) == {}


def test_memory_over_budget_says_by_how_much_and_where() -> None:
    finding = found(a_run(268 * MB))["memory.task"]
    assert finding.level == "error"
    assert "268.0 MB" in finding.detail
    assert "200.0 MB" in finding.detail
    assert finding.location == Location(file="tasks/imports.py", line=12)
    assert finding.guide == RULES_BY_ID["memory.task"].section


def test_a_query_for_each_row_names_its_line() -> None:
    finding = found(asking(1000))["speed.queries"]
    assert finding.location == LINE
    assert "1,000 queries for 1,000 rows" in finding.detail
    assert "set" in finding.advice


def test_of_a_task_that_did_not_return_the_rows_are_known_at_most() -> None:
    detail = found(replace(asking(600), ending="timeout"))["speed.queries"].detail
    assert "600 queries for at most 1,000 rows" in detail


@pytest.mark.parametrize(
    "run",
    [
        asking(499),
        asking(1000, "INSERT INTO contract VALUES (?)"),
        replace(asking(1000), rows_processed=None),
        replace(asking(99), rows_processed=99),
    ],
    ids=["fewer than rows", "a write", "rows unknown", "too few to tell"],
)
def test_no_query_for_each_row_is_claimed_without_evidence(run: Run) -> None:
    assert "speed.queries" not in found(run)


def test_queries_over_budget_are_an_error() -> None:
    budget = replace(BUDGET, queries_per_row=0.01)
    assert found(a_run(), budget)["speed.queries"].level == "error"


def test_objects_that_are_kept_are_an_error_once_memory_is_over_budget() -> None:
    kept = LimeObjects(max_alive=120_000, location=LINE)
    within = found(replace(a_run(), lime_objects=kept))["memory.objects"]
    over = found(replace(a_run(300 * MB), lime_objects=kept))["memory.objects"]
    assert (within.level, over.level) == ("warning", "error")
    assert over.location == LINE
    assert "120,000 Lime objects" in over.detail


def test_a_few_objects_are_nobody_s_business() -> None:
    few = LimeObjects(max_alive=9_999, location=LINE)
    assert "memory.objects" not in found(replace(a_run(), lime_objects=few))


@pytest.mark.parametrize(
    ("transactions", "fires"),
    [
        (Transactions(count=1, median_objects=60_000, max_objects=60_000), True),
        (Transactions(count=20, median_objects=50, max_objects=500), False),
        (Transactions(count=20, median_objects=50, max_objects=501), True),
        (Transactions(count=1000, median_objects=1, max_objects=1), True),
        (Transactions(count=100, median_objects=1, max_objects=1), False),
        (Transactions(count=0, median_objects=None, max_objects=0), False),
    ],
)
def test_commits_far_from_fifty_objects_are_found(
    transactions: Transactions, fires: bool
) -> None:
    run = replace(a_run(), transactions=transactions, commit_location=LINE)
    assert ("memory.batches" in found(run)) is fires


def test_a_dataset_smaller_than_production_is_a_finding() -> None:
    finding = found(a_run(), production_rows={"contract": 101, "company": 10})
    assert "contract 100 of 101" in finding["duration.size"].detail
    assert "company" not in finding["duration.size"].detail


def test_a_dataset_of_production_s_size_is_none() -> None:
    assert found(a_run(), production_rows={"contract": 100}) == {}


def test_an_idle_worker_above_the_idle_handler_is_a_finding() -> None:
    budget = replace(BUDGET, idle_baseline_bytes=40 * MB)
    assert "50.0 MB" in found(a_run(), budget)["memory.handler"].detail


def test_errors_come_first() -> None:
    run = replace(asking(1000), memory=a_run(300 * MB).memory)
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
