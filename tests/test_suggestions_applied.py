"""Every printed suggestion can be applied, and does not change a task's result."""

import ast
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.judge.remedies.source_code import SourceCode
from limerun.judge.suggestions import with_suggestions
from limerun.pipeline import capacity_test
from limerun.progress import Progress
from limerun.records import Location, Run
from limerun.records.rules import make_finding
from limerun.runs.preparation import RunContext, design_of

ROOT = Path(__file__).parents[1]
FILES = sorted(
    file
    for folder in ("fixtures", "tests")
    for file in (ROOT / folder / "tasks").glob("*.py")
)
pytestmark = pytest.mark.slow
RULES = ("speed.queries", "speed.segments")
"""The others never have code."""
CONFIG = """
task: {task}
parameters: {{path: "${{sources.contracts}}"}}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: 20, contract: 100}}
  properties:
    company.registrationno: {{unique: true}}
    contract.number: {{kind: sequence, format: "K-{{:07d}}"}}
sources:
  contracts:
    format: jsonl
    rows: 80
    overlap: 0.5
    columns:
      number: contract.number
      name: contract.name
      status: contract.status
      value: contract.value
      startdate: contract.startdate
      enddate: contract.enddate
      comment: contract.comment
      customer: contract.company.registrationno
"""
SUGGESTED = {
    ("import_contracts_naive.py", "import_contracts"),
    ("bottlenecks.py", "asks_for_each_row"),
    ("bottlenecks.py", "searches_a_list"),
    ("lookups.py", "counts_those_that_exist"),
    ("lookups.py", "creates_what_is_missing"),
    ("lookups.py", "asks_in_an_expression"),
    ("lookups.py", "asks_in_a_comprehension"),
    ("lookups.py", "has_a_default"),
    ("lookups.py", "names_it_in_passing"),
    ("lookups.py", "passes_by_keyword"),
}
"""The tasks whose suggestion is code; what all others are told is in words."""


@functools.cache
def tasks_by_suggestion(file: Path) -> dict[str, str]:
    """Return each suggestion for a line that a task reaches, with the task."""
    source = file.read_text(encoding="utf-8")
    suggested: dict[str, str] = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef) or not takes_a_path(node):
            continue
        for reached in SourceCode(source, node.lineno, node.name).reached_from(node):
            for diff in suggestions(file, source, node.name, reached):
                suggested.setdefault(diff, node.name)
    return suggested


def takes_a_path(function: ast.FunctionDef) -> bool:
    names = [each.arg for each in function.args.args]
    return names in (["path"], ["application", "path"])


def suggestions(file: Path, source: str, task: str, place: ast.AST) -> Iterator[str]:
    lines = {n.lineno for n in ast.walk(place) if isinstance(n, ast.stmt)}
    found = [
        make_finding(
            rule, "warning", "title", "detail", Location(file=str(file), line=line)
        )
        for rule in RULES
        for line in sorted(lines)
    ]
    for finding in with_suggestions(found, [], lambda _: source, task):
        if finding.suggestion is not None:
            yield finding.suggestion


def run(file: Path, task: str, folder: Path) -> Run:
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(task=f"{file}:{task}", root=ROOT), encoding="utf-8")
    plan = load_plan(config, command="capacity-test", options={}, sets=(), environ={})
    cache = Path(os.environ["LIMERUN_CACHE"])
    context = RunContext(design=design_of(plan), cache=cache, progress=Progress())
    record = capacity_test(plan, context)
    [made] = record.runs
    return made


def test_code_is_suggested_for_these_tasks_and_text_for_all_others() -> None:
    tasks = [
        (file.name, task)
        for file in FILES
        for task in tasks_by_suggestion(file).values()
    ]
    assert sorted(tasks) == sorted(SUGGESTED)


@pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch")
@pytest.mark.parametrize(("name", "task"), sorted(SUGGESTED))
def test_applying_a_suggestion_does_not_change_the_result(
    tmp_path: Path, name: str, task: str
) -> None:
    [file] = [each for each in FILES if each.name == name]
    [diff] = [
        diff for diff, its_task in tasks_by_suggestion(file).items() if its_task == task
    ]
    copy = tmp_path / file.name
    shutil.copy(file, copy)
    subprocess.run(
        ["patch", "-p0"], cwd=tmp_path, input=f"{diff}\n".encode(), check=True
    )
    assert copy.read_text(encoding="utf-8") != file.read_text(encoding="utf-8")
    before, after = run(file, task, tmp_path), run(copy, task, tmp_path)
    assert (before.ending, after.ending) == ("returned", "returned")
    assert after.result == before.result
    assert written(after) == written(before)


def written(run: Run) -> int:
    assert run.queries is not None or run.rows_processed
    return 0 if run.queries is None else run.queries.writes
