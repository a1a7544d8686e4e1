"""The commands of the GitHub action, for tasks that pass, fail or are missing."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.pipelines.shell import ROOT, Runner, fill_expressions, make_venv, outputs_in

pytestmark = pytest.mark.slow
FOLDER = ROOT / ".github" / "actions" / "limerun"
ACTION: dict[str, Any] = yaml.safe_load((FOLDER / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
TASKS = ROOT / "tests" / "tasks" / "behaviours.py"
ODD = "it's $(touch pwned) `touch pwned`; touch pwned #.yaml"


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter into which the action's first step has installed limerun."""
    folder = tmp_path_factory.mktemp("action")
    runner = Runner(folder, make_venv(folder / "python"), folder)
    [install] = [step for step in STEPS if step["name"] == "Install limerun"]
    environment = {"LIMERUN": "", "PYTHON": "python"}
    environment["GITHUB_ACTION_PATH"] = str(FOLDER)
    assert set(install["env"]) < set(environment)
    done = runner.run(install["run"], environment, "-eo pipefail")
    assert done.returncode == 0
    assert (runner.venv / "bin" / "limerun").exists()
    return runner.venv


class ActionRun:
    """The results of the action's steps after the first one."""

    def __init__(self, runner: Runner, inputs: dict[str, str]) -> None:
        self.reports = runner.temporary / "limerun-reports"
        # By name: those of the action, and `up_to`, the last step to run.
        defaults = {key: str(of.get("default")) for key, of in ACTION["inputs"].items()}
        values = {f"inputs.{key}": of for key, of in {**defaults, **inputs}.items()}
        values |= {"runner.temp": str(runner.temporary), "runner.os": "Linux"}
        self.code = 0
        last = inputs.pop("up_to", "")
        names = [step["name"] for step in STEPS]
        for step in STEPS[1 : names.index(last) + 1 if last else None]:
            if "run" not in step:
                for value in step["with"].values():
                    fill_expressions(str(value), values)
                continue
            written = runner.temporary / f"outputs-{step['id']}"
            written.unlink(missing_ok=True)
            given = {
                name: fill_expressions(text, values)
                for name, text in step["env"].items()
            }
            given["GITHUB_OUTPUT"] = str(written)
            self.code = runner.run(step["run"], given, "-eo pipefail").returncode
            outputs = outputs_in(written)
            where = f"steps.{step['id']}.outputs"
            values |= {f"{where}.{name}": value for name, value in outputs.items()}
        self.values = values
        self.outputs = outputs


RunAction = Callable[..., ActionRun]


@pytest.fixture
def action(venv: Path, tmp_path: Path) -> RunAction:
    """Run the action's steps in a clean folder with a task."""
    folder, temporary = tmp_path / "checkout", tmp_path / "runner"
    folder.mkdir()
    temporary.mkdir()
    shutil.copy(TASKS, folder / "tasks.py")
    for name, task, more in (
        ("good.yaml", "returns", ""),
        ("bad.yaml", "spikes_inside_one_call", "parameters: {size_mb: 30}"),
        ("broken.yaml", "raises", ""),
        (ODD, "returns", ""),
    ):
        budget = "budget: {memory: 10 MB}"
        (folder / name).write_text(f"task: tasks.py:{task}\n{more}\n{budget}\n")
    return lambda **inputs: ActionRun(Runner(folder, venv, temporary), inputs)


def test_a_task_that_passes_leaves_its_reports_and_outputs(action: RunAction) -> None:
    ran = action(config="good.yaml")
    assert ran.code == 0
    assert {path.name for path in ran.reports.iterdir()} == {
        "good.html",
        "good.json",
        "good.md",
        "good.xml",
    }
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("passed", "0")


def test_the_step_fails_with_the_exit_code_and_keeps_the_reports(
    action: RunAction,
) -> None:
    ran = action(config="bad.yaml")
    assert ran.code == 1
    assert (ran.reports / "bad.html").exists()
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("failed", "1")


def test_with_several_configs_the_worst_result_is_reported(action: RunAction) -> None:
    ran = action(config="broken.yaml\n\ngood.yaml\n")
    assert ran.code == 3
    assert {path.stem for path in ran.reports.iterdir()} == {"broken", "good"}
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("error", "3")


def test_a_task_that_cannot_be_imported_counts_as_worse_than_a_pass(
    action: RunAction, tmp_path: Path
) -> None:
    (tmp_path / "checkout" / "gone.py").write_text("def a(): ...\nimport gone_too\n")
    (tmp_path / "checkout" / "gone.yaml").write_text("task: gone.py:a\n")
    ran = action(config="gone.yaml\ngood.yaml")
    assert ran.code == 2
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("error", "2")


def test_additional_arguments_are_passed_on_line_by_line(action: RunAction) -> None:
    ran = action(config="bad.yaml", arguments="--exit-zero\n--set\nbudget.memory=9 MB")
    assert ran.code == 0
    assert (ran.outputs["verdict"], ran.outputs["exit-code"]) == ("failed", "1")


def test_a_record_is_compared_with_the_given_baseline(
    action: RunAction, tmp_path: Path
) -> None:
    record = action(config="good.yaml").reports / "good.json"
    base = shutil.copy(record, tmp_path / "base.json")
    arguments = "--max-regression\nduration=off"
    assert action(config="good.yaml", baseline=str(base), arguments=arguments).code == 0
    assert '"comparison": {' in record.read_text()


def test_a_missing_config_exits_with_2(action: RunAction) -> None:
    ran = action(config="nowhere/none.yaml")
    assert ran.code == 2
    assert ran.outputs == {"exit-code": "2"}


def test_the_name_of_a_config_is_never_executed(
    action: RunAction, tmp_path: Path
) -> None:
    ran = action(config=ODD)
    assert ran.code == 0
    assert not [*tmp_path.rglob("pwned")]
    assert all("${{" not in step.get("run", "") for step in STEPS)


def test_the_cache_key_depends_on_the_configs_and_data_models(
    action: RunAction, tmp_path: Path
) -> None:
    def key() -> str:
        ran = action(config="good.yaml", up_to="Name the dataset")
        return ran.values["steps.dataset.outputs.key"]

    first = key()
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert key() == first
    (tmp_path / "checkout" / "lime-types.yaml").write_text("company: {}\n")
    assert key() != first


def test_the_workflow_of_this_repository_uses_the_action_with_an_existing_config() -> (
    None
):
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    [use] = [
        step
        for step in workflow["jobs"]["capacity"]["steps"]
        if step.get("uses") == "./.github/actions/limerun"
    ]
    assert (ROOT / use["with"]["config"]).is_file()
    assert set(use["with"]) <= set(ACTION["inputs"])
