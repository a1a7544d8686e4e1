"""A run reports the personal values and secrets that its task reveals."""

import os
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.pipeline import feature_test
from limerun.progress import Progress
from limerun.records import Record, Verdict
from limerun.records.store import to_json
from limerun.runs.preparation import RunContext, design_of

TASK = """
import json
import logging
import os

from lime_application import LimeApplication

logger = logging.getLogger(__name__)


def reveals(application: LimeApplication, path: str, variable: str):
    for coworker in application.limetypes.coworker.get_all():
        values = coworker.properties
        logger.info("%s %s", values.firstname.value.upper(), values.lastname.value)
        logger.info("coworker %s", coworker.id)
    logger.error(os.environ.get(variable))
    with open(path, encoding="utf-8") as lines:
        print(json.loads(next(lines))["mail"])
"""
CONFIG = """
task: {task}:reveals
parameters: {{path: "${{sources.people}}", variable: {variable}}}
environment_variables: {{ERP_TOKEN: erp-0123456789-token}}
dataset:
  limetypes:
    coworker: {{firstname: {{type: string}}, lastname: {{type: string}}}}
  rows: {{coworker: 40}}
sources:
  people:
    format: {format}
    rows: 5
    columns: {{mail: {{kind: email}}}}
"""


def record_of(folder: Path, *, secret: bool, source_format: str = "jsonl") -> Record:
    folder.joinpath("people.py").write_text(TASK, "utf-8")
    config = folder / "config.yaml"
    task = folder / "people.py"
    variable = "ERP_TOKEN" if secret else "NOT_SET"
    config.write_text(
        CONFIG.format(task=task, variable=variable, format=source_format), "utf-8"
    )
    plan = load_plan(config, command="run", options={}, sets=(), environ={})
    cache = Path(os.environ["LIMERUN_CACHE"])
    context = RunContext(design=design_of(plan), cache=cache, progress=Progress())
    return feature_test(plan, context)


@pytest.mark.slow
def test_names_in_the_log_and_values_of_a_source_on_stdout_are_warnings(
    tmp_path: Path,
) -> None:
    record = record_of(tmp_path, secret=False)
    [run] = record.runs
    assert run.leaks is not None
    revealed = {(leak.place, leak.column): leak.values for leak in run.leaks}
    assert revealed == {
        ("log", "coworker.firstname"): 40,
        ("stdout", "people.mail"): 1,
    }
    assert [each.level for each in record.findings if each.rule == "log.sensitive"] == [
        "warning",
        "warning",
    ]
    assert record.verdict is None


@pytest.mark.slow
def test_a_secret_in_the_log_fails_the_run_and_is_masked(tmp_path: Path) -> None:
    record = record_of(tmp_path, secret=True)
    assert (record.verdict, record.exit_code) == (Verdict.FAILED, 1)
    assert "erp-0123456789-token" not in to_json(record)
    details = [each.detail for each in record.findings if each.level == "error"]
    assert details
    for each in details:
        assert "The value of environment_variables.ERP_TOKEN was found once" in each
