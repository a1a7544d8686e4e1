"""The stand-in never imports modules next to a Lime task, and vice versa."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.engine.local import LocalWorker
from limerun.progress import Progress
from limerun.records import Outcome
from tests.builders import OPENING
from tests.conftest import launch_for

pytestmark = pytest.mark.slow

TASK = """
import lime_query
from lime_task import task
from lime_type import LimeObject


@task
def go(app):
    company = app.limetypes.company
    uow = app.unit_of_work()
    for number in range(3):
        uow.add(company(name=f"company {number}", founded="2020-02-03", turnover=1.5))
    uow.commit()
    query = {"limetype": "company", "responseFormat": {"object": {"name": None}}}
    found = lime_query.execute_query(
        query, app.database.connection, app.limetypes, app.acl, app.user
    )
    try:
        app.limetypes.compny
    except AttributeError as error:
        hint = str(error)
    names = [each["name"] for each in found["objects"]]
    return [names, company.get_all().count, hint]
"""
LIMETYPES = {
    "company": {
        "name": {"type": "string"},
        "founded": {"type": "date"},
        "turnover": {"type": "decimal"},
    }
}
HINT = 'did you mean "company"?'


def outcome_beside(folder: Path, *names: str, text: str = TASK) -> Outcome:
    """Return how the task ends next to fake modules with these names."""
    for name in names:
        (folder / f"{name}.py").write_text("mine = True\n")
    task = folder / "import_companies.py"
    task.write_text(text)
    with LocalWorker(launch_for(f"{task}:go"), Progress()) as worker:
        worker.load()
        return worker.run(
            replace(
                OPENING,
                database=f"sqlite:///{folder}/lime.sqlite",
                limetypes=LIMETYPES,
            )
        )


@pytest.mark.parametrize(
    "name", ["difflib", "enum", "json", "sqlite3", "token", "types"]
)
def test_a_lime_task_runs_next_to_a_file_named_like_a_standard_module(
    tmp_path: Path, name: str
) -> None:
    outcome = outcome_beside(tmp_path, name)
    assert outcome.error is None
    assert isinstance(outcome.result, list)
    assert outcome.result[1] == 3
    assert HINT in str(outcome.result[2])


def test_a_lime_task_runs_next_to_files_named_like_every_standard_module(
    tmp_path: Path,
) -> None:
    outcome = outcome_beside(tmp_path, *sys.stdlib_module_names)
    assert outcome.error is None
    assert isinstance(outcome.result, list)
    assert outcome.result[1] == 3
    assert HINT in str(outcome.result[2])
