"""If the real platform is installed, tasks run on it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]

TASK = """
import lime_application
from lime_application import LimeApplication

def who(application: LimeApplication) -> str:
    return f"{application.identifier} of {lime_application.__file__}"
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Packages of the platform's names, as if the vendor's were installed."""
    folder = tmp_path / "installed"
    for name in ("lime_application", "lime_type", "lime_task", "lime_query"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("")
    (folder / "lime_application" / "__init__.py").write_text(
        "class LimeApplication:\n"
        "    def __init__(self, identifier): self.identifier = identifier\n"
        "def get_application(name):\n"
        "    if name != 'production_copy': raise LookupError(f'no {name}')\n"
        "    return LimeApplication(name)\n"
    )
    return folder


@pytest.fixture
def task(tmp_path: Path) -> str:
    path = tmp_path / "who.py"
    path.write_text(TASK)
    return f"{path}:who"


def test_the_named_application_is_opened_and_the_record_names_the_platform(
    limerun: Limerun, config: WriteConfig, task: str, installed: Path, tmp_path: Path
) -> None:
    path = config(task, "application: production_copy")
    limerun("run", path, "--json", "r.json", PYTHONPATH=str(installed)).expect()
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert run["platform"] == "installed"
    assert run["result"].startswith("production_copy of " + str(installed))


def test_without_the_platform_the_task_runs_on_the_stand_in(
    limerun: Limerun, config: WriteConfig, task: str, tmp_path: Path
) -> None:
    limerun("run", config(task), "--json", "r.json").expect()
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert run["platform"] == "stand-in"
    assert "limerun/lime/packages" in run["result"]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("", "application: NAME"),
        ("application: other", "LookupError: no other"),
        (
            "application: production_copy\n"
            "dataset: {limetypes: {company: {name: {type: string}}}}",
            "has its own database",
        ),
    ],
)
def test_an_unusable_installed_platform_is_reported_with_the_reason(
    limerun: Limerun,
    config: WriteConfig,
    task: str,
    installed: Path,
    more: str,
    complaint: str,
) -> None:
    said = limerun("run", config(task, more), PYTHONPATH=str(installed))
    said.expect(code=2, err=complaint)


def test_naming_an_application_without_the_platform_is_an_error(
    limerun: Limerun, config: WriteConfig, task: str
) -> None:
    path = config(task, "application: production_copy")
    limerun("run", path).expect(code=2, err="names an application of an\\s+installed")
