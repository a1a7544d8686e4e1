"""On the page of rules, only the bad example of each rule has the finding."""

from pathlib import Path

import pytest

from limerun.records import ScenarioKind
from limerun.runs.resilience import scenarios
from tests.runs.resilience.finding import findings_of
from tests.runs.resilience.forked_runner import ForkedRunner
from tests.test_rule_examples import EXAMPLES

MODULE = """
import itertools
import json
import logging

from lime_application import LimeApplication
from lime_task import task

logger = logging.getLogger(__name__)


{example}

def read(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def new(application, rows):
    known = {{
        each.properties.number.value
        for each in application.limetypes.contract.get_all()
    }}
    for row in rows:
        if row["number"] not in known:
            known.add(row["number"])
            yield row


@task
def work(application: LimeApplication, path: str):
    [state] = list(application.limetypes.checkpoint.get_all()) or [
        application.limetypes.checkpoint(done=0)
    ]
    {call}
"""
CALLS: dict[str, tuple[str, ScenarioKind]] = {
    "resilience.rerun": ("import_rows(application, read(path))", "rerun"),
    "resilience.kill": (
        "import_rows(application, itertools.islice(read(path), "
        "int(state.properties.done.value), None), state)",
        "kill",
    ),
    "resilience.errors": (
        "import_rows(application, new(application, read(path)))",
        "bad row",
    ),
}
"""How the task uses the example of each rule, and the scenarios that judge it."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["bad", "good"])
@pytest.mark.parametrize("rule", CALLS)
def test_only_the_bad_example_has_the_finding(
    rule: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scenarios, "DisturbedRunner", ForkedRunner)
    module = tmp_path / "example.py"
    call, scenario = CALLS[rule]
    text = MODULE.format(example=EXAMPLES[rule][kind], call=call)
    module.write_text(text, encoding="utf-8")
    _, found = findings_of(f"{module}:work", tmp_path, points=3, kinds={scenario})
    assert {each.rule for each in found} == ({rule} if kind == "bad" else set())
