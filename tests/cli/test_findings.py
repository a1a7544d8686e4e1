"""The findings for real tasks over a relation, without budgets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]
RunOf = Callable[..., dict[str, Any]]
TASKS = ROOT / "tests" / "tasks" / "companies.py"
DATASET = """
dataset:
  limetypes:
    company:
      name: {type: string, length: 100, required: true}
      rating: {type: integer}
      note: {type: hasmany, related: note, backref: company}
    note:
      text: {type: string, length: 100}
      company: {type: belongsto, related: company, backref: note}
  rows: {company: 200, note: 4_000}
"""


@pytest.fixture
def record_of(limerun: Limerun, config: WriteConfig, tmp_path: Path) -> RunOf:
    def record(task: str, *, command: str = "capacity-test", more: str = "") -> Any:
        path = config(f"{TASKS}:{task}", f"{more}{DATASET}")
        limerun(command, path, "--json", "record.json").expect()
        return json.loads((tmp_path / "record.json").read_text("utf-8"))

    return record


def rules(record: dict[str, Any]) -> set[str]:
    """Return the rules of the findings without those of every small task here."""
    found = {finding["rule"] for finding in record["findings"]}
    return found - {"duration.size", "log.flow"}


@pytest.mark.parametrize(
    ("task", "way"),
    [
        ("asks_in_the_loop", None),
        ("asks_for_each_of_a_list", "in count_notes, called from companies.py:"),
        ("asks_in_a_hook", "in after_update, called from companies.py:"),
    ],
)
def test_a_query_for_the_notes_of_each_company_is_a_finding(
    record_of: RunOf, task: str, way: str | None
) -> None:
    record = record_of(task)
    assert record["runs"][0]["rows_processed"] == 200
    assert rules(record) == {"speed.queries"}
    [finding] = [each for each in record["findings"] if each["rule"] == "speed.queries"]
    assert "queries for 200 rows, 1" in finding["detail"]
    assert finding["location"]["file"].endswith("companies.py")
    assert way is None or way in finding["detail"]


def test_paged_reads_and_batched_commits_are_not_findings(record_of: RunOf) -> None:
    record = record_of("pages_and_commits_in_batches")
    assert rules(record) == set()
    assert record["runs"][0]["rows_processed"] == 4_200


def test_a_commit_of_two_objects_for_each_company_is_a_finding(
    record_of: RunOf,
) -> None:
    assert rules(record_of("commits_each_with_its_note")) == {"memory.batches"}


@pytest.mark.parametrize("command", ["run", "capacity-test"])
def test_a_task_that_iterates_twice_over_a_generator_is_reported_as_without_effect(
    record_of: RunOf, command: str
) -> None:
    assert rules(record_of("iterates_twice", command=command)) == {"effect.none"}


@pytest.mark.parametrize(
    ("task", "found"),
    [("iterates_twice_and_counts", {"effect.none"}), ("only_counts", set())],
)
def test_returning_a_count_is_an_effect_unless_the_task_tried_to_write(
    record_of: RunOf, task: str, found: set[str]
) -> None:
    assert rules(record_of(task, command="run")) == found


def test_writing_a_report_is_an_effect(record_of: RunOf, tmp_path: Path) -> None:
    written = f"parameters: {{path: {tmp_path}/report.txt}}"
    assert rules(record_of("writes_a_report", more=written)) == set()
