"""On the page of rules, only the bad example of each rule has the finding."""

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from limerun.config.resolve import load_plan
from limerun.judge.findings import findings_of
from limerun.lint.check import STATIC_RULES
from limerun.linting import lint
from limerun.pipeline import capacity_test
from limerun.progress import Progress
from limerun.report.content.rule_sections import rule_sections, rule_texts
from limerun.runs.preparation import RunContext, design_of
from tests.builders import a_budget, a_run
from tests.report.made_base import base

ROOT = Path(__file__).parents[1]
_EXAMPLE = re.compile(r"^(Bad|Good):\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    rule: {kind.lower(): code for kind, code in _EXAMPLE.findall(section)}
    for rule, section in rule_sections().items()
}
MODULE = """
import itertools
import json
import logging

from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)


{example}

def read(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@task
def work(application: LimeApplication, path: str):
    uow = application.unit_of_work()

    def save(row):
        uow.add(application.limetypes.contract(number=row["number"]))

    result = {call}
    uow.commit()
    return result
"""
CONFIG = """
task: {task}
parameters: {{path: "${{sources.contracts}}"}}
budget: {{memory: {memory}}}
dataset:
  limetypes: {root}/configs/lime-types.yaml
  rows: {{company: 11_000, contract: 100}}
  properties: {{contract.number: {{kind: sequence, format: "K-{{:07d}}"}}}}
sources:
  contracts:
    format: jsonl
    rows: {rows}
    columns: {{number: contract.number, name: contract.name, comment: contract.comment}}
"""
CALLS = {
    "memory.task": "sum(1 for row in read_rows(path))",
    "memory.objects": "sum(1 for each in inactive(application))",
    "memory.batches": "import_rows(application, read(path))",
    "speed.queries": "sum(1 for row in new_rows(application, read(path)))",
    "log.volume": "import_rows(read(path), save)",
    "effect.none": "import_rows(read(path), save)",
}
"""How the task uses the example of each rule that one run can judge."""


def rules_found(rule: str, kind: str, folder: Path) -> set[str]:
    """Return the rules of the findings of a run of an example."""
    module = folder / "example.py"
    example = EXAMPLES[rule][kind]
    module.write_text(MODULE.format(example=example, call=CALLS[rule]), "utf-8")
    is_large = rule == "memory.task"
    text = CONFIG.format(
        task=f"{module}:work",
        root=ROOT,
        memory="10 MB" if is_large else "200 MB",
        rows=40_000 if is_large else 700,
    )
    config = folder / "config.yaml"
    config.write_text(text, "utf-8")
    plan = load_plan(config, command="capacity-test", options={}, sets=(), environ={})
    cache = Path(os.environ["LIMERUN_CACHE"])
    record = capacity_test(
        plan, RunContext(design=design_of(plan), cache=cache, progress=Progress())
    )
    assert record.runs[0].ending == "returned", record.runs[0].error
    return {finding.rule for finding in record.findings}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bad", "good"])
@pytest.mark.parametrize("rule", CALLS)
def test_only_the_bad_example_has_the_finding(
    rule: str, kind: str, tmp_path: Path
) -> None:
    assert (rule in rules_found(rule, kind, tmp_path)) == (kind == "bad")


@pytest.mark.parametrize("kind", ["bad", "good"])
def test_only_the_bad_example_has_a_dataset_smaller_than_production(kind: str) -> None:
    config = yaml.safe_load(EXAMPLES["duration.size"][kind])
    record = base("config.yaml")
    assert record.dataset is not None
    found = findings_of(
        task=record.task,
        dataset=replace(record.dataset, rows=config["dataset"]["rows"]),
        production_rows=config["production"]["rows"],
        budget=a_budget(),
        runs=[a_run()],
        checks=(),
    )
    rules = {finding.rule for finding in found}
    assert ("duration.size" in rules) == (kind == "bad")


LINTED = """
import itertools
import json
import logging

import requests
from lime_application import LimeApplication
from lime_filter import EqualsOperator, Filter
from lime_task import task

logger = logging.getLogger(__name__)

{example}
"""


@pytest.mark.parametrize("kind", ["bad", "good"])
@pytest.mark.parametrize("rule", sorted(STATIC_RULES))
def test_lint_has_the_finding_only_in_the_bad_example(
    rule: str, kind: str, tmp_path: Path
) -> None:
    file = tmp_path / "example.py"
    example = EXAMPLES[rule][kind]
    file.write_text(LINTED.format(example=example), "utf-8")
    [function] = re.findall(r"^def (\w+)", example, re.MULTILINE)
    record = lint([f"{file}:{function}"], [None])
    found = {each.rule for each in record.findings if each.rule == rule}
    assert (rule in found) == (kind == "bad")
    if "@task" in example:
        assert {each.rule for each in record.findings} - found == set()


def test_each_bad_example_has_a_good_example() -> None:
    for rule, examples in EXAMPLES.items():
        assert set(examples) in ({"bad", "good"}, set()), rule
    assert set(CALLS) <= {rule for rule, examples in EXAMPLES.items() if examples}


def test_the_text_of_a_rule_has_paragraphs_and_examples() -> None:
    [text, other] = rule_texts(["memory.task", "no.rule", "effect.none", "memory.task"])
    assert (text.id, other.id) == ("memory.task", "effect.none")
    codes = [block.code for block in text.blocks if block.code]
    assert codes == [code.rstrip() for code in EXAMPLES["memory.task"].values()]
    paragraphs = ["`".join(block.pieces) for block in text.blocks if block.pieces]
    assert paragraphs[0].startswith(
        "Task memory is within its budget. Guide, section 2"
    )
    assert "`budget.levels.memory`" in paragraphs[0]
