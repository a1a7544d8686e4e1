"""Which properties are personal: by the kinds of a data model, not by their names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.linting import lint
from limerun.records import Plan
from limerun.runs.personal_properties import of_package, of_plan

MODEL = """
person:
  kontaktvag: {type: string}
  name: {type: string}
  firstname: {type: string}
  email: {type: string}
  street: {type: string}
company:
  name: {type: string}
  street: {type: string}
"""
CONFIG = """
task: tasks.py:remind
parameters: {limit: 3}
dataset:
  limetypes: model.yaml
  rows: {person: 5, company: 3}
  properties:
    person.kontaktvag: {kind: phone}
sources:
  guests:
    format: csv
    rows: 10
    columns: {born: {kind: birthdate}, vem: {kind: fullname}}
"""
TASK = '''
import logging

from lime_task import task

logger = logging.getLogger(__name__)


@task
def remind(application, limit: int) -> None:
    """Remind the people who did not answer the newsletter."""
    logger.info("Reminding up to %s people", limit)
    for person in application.limetypes.person.get_all():
        logger.info("Reached by %s", person.properties.kontaktvag.value)
        logger.info("Company %s", person.properties.name.value)
    logger.info("Done")
'''


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[[str], Plan]:
    (tmp_path / "tasks.py").write_text(TASK, "utf-8")
    (tmp_path / "model.yaml").write_text(MODEL, "utf-8")

    def plan(config: str = CONFIG) -> Plan:
        path = tmp_path / "limerun.yaml"
        path.write_text(config, "utf-8")
        return load_plan(path, command="lint", options={}, sets=(), environ={})

    return plan


def test_a_property_is_personal_if_it_is_in_every_table(
    plan_of: Callable[[str], Plan],
) -> None:
    assert of_plan(plan_of(CONFIG)) == {
        "kontaktvag": "warning",
        "firstname": "note",
        "email": "warning",
        "born": "warning",
        "vem": "note",
    }


def test_a_model_that_is_invalid_leaves_it_to_the_names(
    plan_of: Callable[[str], Plan],
) -> None:
    assert of_plan(plan_of(CONFIG.replace("kind: phone", "kind: yesno"))) == {}


@pytest.mark.parametrize("folder", ["shop/tests", "tests"])
def test_a_package_s_own_model_is_found_in_its_tests(
    tmp_path: Path, folder: str
) -> None:
    package = tmp_path / "shop"
    (tmp_path / folder).mkdir(parents=True)
    package.mkdir(exist_ok=True)
    assert of_package(package) == {}
    model = MODEL.replace("kontaktvag", "mobilephone2")
    (tmp_path / folder / "dsl.py").write_text(f'DSL = """{model}"""\n', "utf-8")
    (tmp_path / "pyproject.toml").touch()
    assert of_package(package) == {
        "mobilephone2": "warning",
        "firstname": "note",
        "email": "warning",
    }


def test_a_personal_property_in_the_log_is_found_whatever_it_is_called(
    plan_of: Callable[[str], Plan], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = {
        (each.rule, each.location.line, each.level)
        for plan in (plan_of(CONFIG), None)
        for each in lint(["tasks.py" if plan is None else "a.yaml"], [plan]).findings
        if each.location is not None and each.rule == "log.sensitive"
    }
    assert found == {("log.sensitive", 14, "warning")}
