"""Missing parts of the platform, and runtime configuration, as a user sees them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Limerun

pytestmark = pytest.mark.slow
PLUGIN = """
from lime_admin.plugins import AdminPlugin
from lime_task import task

class RuntimeConfig(AdminPlugin):
    name = "limepkg_erp"

@task
def show(application):
    return RuntimeConfig(application).get_config()
"""


def test_the_task_receives_its_runtime_config_and_secrets_are_masked(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "t.py").write_text(PLUGIN)
    path = config("t.py:show", "runtime_config: {page: {size: 5}, api_key: hush}")
    limerun("run", path, "--json", "record.json").expect(out='"size": 5')
    record = json.loads((tmp_path / "record.json").read_text())
    assert record["config"]["values"]["runtime_config.api_key"] == "***"
    assert record["config"]["values"]["runtime_config.page"] == {"size": 5}


def test_a_missing_platform_package_is_reported_with_advice(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "t.py").write_text("import lime_automation\ndef show(): pass\n")
    limerun("run", config("t.py:show")).expect(
        code=2,
        err=r"lime_automation is not in limerun's stand-in for the Lime platform: .*"
        r"install the platform in the interpreter that `python:` names",
    )


def test_a_missing_attribute_of_a_platform_object_is_reported_with_advice(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "t.py").write_text(
        "from lime_task import task\n@task\ndef show(app): app.unit_of_work().undo()\n"
    )
    limerun("run", config("t.py:show")).expect(
        code=3, out=r"UnitOfWork.undo is not in\s+limerun's\s+stand-in"
    )


def test_other_missing_attributes_are_reported_unchanged(
    limerun: Limerun, config: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "t.py").write_text(
        "from lime_task import task\n@task\ndef show(app): app.language.undo\n"
    )
    said = limerun("run", config("t.py:show")).expect(code=3)
    assert "stand-in for" not in said.out
