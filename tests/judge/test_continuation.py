"""Saved runs are continued only with the same task, data, machine and limerun."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.judge.continuation import continuation_problems, database_differences
from limerun.records import Record
from tests.report.make_records import RECORDS

RECORD = RECORDS["estimate"]()
assert RECORD.growth is not None
GROWTH = RECORD.growth


def problems(record: Record = RECORD, **changed: Any) -> tuple[str, ...]:
    now: dict[str, Any] = {
        "values": dict(RECORD.config.values),
        "grow": GROWTH.grow,
        "to_rows": GROWTH.to_rows,
        "machine": RECORD.machine,
        "limerun_version": RECORD.limerun_version,
    }
    return continuation_problems(record, **now | changed)


def test_runs_of_the_same_task_data_and_machine_can_be_continued() -> None:
    assert problems() == ()


def test_another_budget_or_timeout_does_not_prevent_a_continuation() -> None:
    values = {**RECORD.config.values, "budget.duration": 1.0, "timeout": 5.0}
    assert problems(values=values) == ()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"grow": "dataset"}, f"--grow: {GROWTH.grow} and dataset"),
        ({"to_rows": 5}, "--to: 120,000 and 5"),
        ({"limerun_version": "99"}, f"limerun: {RECORD.limerun_version} and 99"),
        (
            {"machine": replace(RECORD.machine, cpus=64)},
            f"machine: {RECORD.machine.cpus} and 64 CPUs",
        ),
    ],
)
def test_each_difference_is_named(changed: dict[str, Any], says: str) -> None:
    assert problems(**changed) == (says,)


def test_changed_new_and_removed_config_values_are_named() -> None:
    before: dict[str, Any] = {
        "task": "a.py:a",
        "parameters.path": "x",
        "dataset.seed": 1,
    }
    after = {"task": "a.py:b", "dataset.seed": 1, "parameters.batch": 50}
    saved = replace(RECORD, config=replace(RECORD.config, values=before))
    assert problems(saved, values=after) == (
        'task: "a.py:a" and "a.py:b"',
        'parameters.path: "x" and nothing',
        "parameters.batch: nothing and 50",
    )


@pytest.mark.parametrize("growth", [None, replace(GROWTH, runs=())])
def test_a_record_without_runs_at_sizes_cannot_be_continued(growth: Any) -> None:
    assert problems(replace(RECORD, growth=growth)) == (
        "it has no runs of limerun estimate",
    )


def test_a_task_that_did_not_return_cannot_be_continued() -> None:
    failed = replace(RECORD, growth=replace(GROWTH, ended_at_rows=5_000))
    assert problems(failed) == ("its task did not return at 5,000 rows",)


def test_each_limetype_with_a_different_number_of_rows_is_named() -> None:
    assert RECORD.dataset is not None
    rows = {"company": 20_000, "contract": 100_000}
    saved = replace(RECORD, dataset=replace(RECORD.dataset, rows=rows))
    assert list(database_differences(saved, rows)) == []
    now = {"contract": 100_000, "company": 5_000, "deal": 1}
    hint = "(production.rows, --database-rows)"
    assert list(database_differences(saved, now)) == [
        f"rows of company in the database: 20,000 and 5,000 {hint}",
        f"rows of deal in the database: 0 and 1 {hint}",
    ]


def test_a_record_without_a_dataset_had_no_rows_in_the_database() -> None:
    saved = replace(RECORD, dataset=None)
    assert list(database_differences(saved, {})) == []
    assert len(list(database_differences(saved, {"deal": 1}))) == 1
