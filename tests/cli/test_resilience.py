"""limerun resilience as a user runs it, with real workers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
TASKS = ROOT / "tests" / "tasks" / "resilient.py"
SCHEMA = json.loads((ROOT / "limerun" / "record.schema.json").read_text())
MORE = """
parameters: {path: "${sources.contracts}"}
dataset:
  limetypes:
    contract:
      number: {type: string}
      name: {type: string}
      value: {type: decimal}
    checkpoint: {done: {type: integer}}
  rows: {contract: 20}
  properties:
    contract.number: {kind: sequence, format: "K-{:05d}"}
    contract.value: {null_rate: 0}
sources:
  contracts:
    format: jsonl
    rows: 40
    columns: {number: contract.number, name: contract.name, value: contract.value}
"""
WriteConfig = Callable[..., Path]


def test_a_failure_that_is_hidden_is_found_and_leaves_nothing_behind(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    said = limerun(
        *("resilience", config(f"{TASKS}:hides_failures", MORE), "--points", "1"),
        *("--json", "record.json", "--html", "page.html", "--junit", "report.xml"),
        LIMERUN_CACHE=str(cache),
    )
    said.expect(code=0, out="PASSED, 2 warnings", err="scenario 1 of")
    said.expect(out="A failed call loses rows unnoticed")
    record: dict[str, Any] = json.loads((tmp_path / "record.json").read_text())
    jsonschema.validate(record, SCHEMA)
    found = record["resilience"]
    assert found["not_run"] == []
    by_fault = {each["fault"]: each for each in found["scenarios"]}
    killed = by_fault["kill"]
    assert (killed["run"]["ending"], killed["partial"]) == ("killed", False)
    assert killed["rerun"]["differences"] == []
    assert by_fault["commit"]["run"]["differences"][0]["missing"] == 10
    assert by_fault["wrong_type"]["notice"]["names_row"]
    assert "page.html" in said.out
    assert [*(cache / "runs").iterdir()] == []


@pytest.mark.parametrize(
    ("more", "words", "code", "text"),
    [
        ("", [], 2, "has no dataset"),
        (MORE, ["--within", "0 s"], 2, "--within: 0 s is too short"),
        (MORE, ["--within", "soon"], 2, "--within"),
        (MORE, ["--scale", "0"], 2, "--scale: 0.0 must be a number above 0"),
    ],
)
def test_what_cannot_be_compared_is_invalid_input(
    limerun: Limerun,
    config: WriteConfig,
    more: str,
    words: list[str],
    code: int,
    text: str,
) -> None:
    path = config(f"{TASKS}:looks_up_first", more)
    limerun("resilience", path, *words).expect(code=code, err=text)


def test_a_task_that_raises_without_a_fault_exits_with_3(
    limerun: Limerun, config: WriteConfig
) -> None:
    path = config(f"{TASKS}:fails_always", MORE)
    limerun("resilience", path).expect(code=3, out="RAISED")


def test_a_task_that_takes_no_application_cannot_be_compared(
    limerun: Limerun, config: WriteConfig
) -> None:
    path = config(f"{TASKS}:reads_only", MORE)
    limerun("resilience", path).expect(code=2, err="no application parameter")
