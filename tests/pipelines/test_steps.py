"""The CI steps written by init and in configs/ci are valid and run."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from limerun.scaffold.parsed_code import Surroundings
from limerun.scaffold.rendering import render_step
from tests.pipelines.shell import ROOT, Runner

CI = ROOT / "configs" / "ci"
REPORTS = {"limerun.html", "limerun.md", "limerun.xml", "record.json"}
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "shop"
version = "1"
"""
BACKEND = '''\
"""Builds the package without anything that would have to be fetched."""
import zipfile

def build_wheel(folder, *settings):
    with zipfile.ZipFile(f"{folder}/shop-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("shop.py", "")
        wheel.writestr("shop-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: shop\\nVersion: 1\\n")
        wheel.writestr("shop-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("shop-1.dist-info/RECORD", "")
    return "shop-1-py3-none-any.whl"
'''


def around(**changes: Any) -> Surroundings:
    usual: dict[str, Any] = {
        "folder": Path(),
        "python": None,
        "has_platform": False,
        "lacks_sqlalchemy": False,
        "requirements": (".",),
        "pipelines": (),
        "prefix": "",
    }
    return Surroundings(**{**usual, **changes})


# --- what they say -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("github-actions", ".github/actions/limerun/action.yml"),
        ("github-workflows", ".github/workflows/ci.yml"),
        ("gitlab-ci", "configs/ci/.gitlab-ci.yml"),
        ("azure-pipelines", "configs/ci/azure-pipelines.yml"),
    ],
)
@pytest.mark.slow
def test_the_ci_files_of_this_repository_are_valid(schema: str, path: str) -> None:
    check(schema, ROOT / path)


@pytest.mark.parametrize(
    ("pipeline", "schema"),
    [
        ("github", "github-workflows"),
        ("gitlab", "gitlab-ci"),
        ("azure", "azure-pipelines"),
    ],
)
@pytest.mark.slow
def test_a_step_for_a_folder_within_a_repository_is_valid(
    pipeline: Any, schema: str, tmp_path: Path
) -> None:
    within = around(python="venv/Scripts/python.exe", prefix="packages/erp/")
    _, text = render_step(pipeline, within, "limerun==1.0", is_lime=True)
    path = tmp_path / "step.yml"
    path.write_text(text, encoding="utf-8")
    check(schema, path)


def check(schema: str, path: Path) -> None:
    told = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", str(path)),
            *("--builtin-schema", f"vendor.{schema}"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("pipeline", "name"),
    [("gitlab", ".gitlab-ci.yml"), ("azure", "azure-pipelines.yml")],
)
def test_the_ready_made_files_equal_those_written_by_init(
    pipeline: Any, name: str
) -> None:
    _, text = render_step(pipeline, around(), None, is_lime=True)
    assert (CI / name).read_text(encoding="utf-8") == text


def test_a_step_for_a_subfolder_explains_where_it_belongs() -> None:
    place, text = render_step("github", around(prefix="a/b/"), None, is_lime=True)
    assert place == "limerun.github.yml"
    assert "Move this file to .github/workflows/limerun.yml" in text
    assert "capacity-test a/b/limerun.yaml" in text
    assert "hashFiles('a/b/limerun.yaml', 'a/b/lime-types.yaml')" in text
    assert 'pip install "$LIMERUN" ./a/b/\n' in text


def test_the_project_environment_is_created_where_the_config_expects_it() -> None:
    posix = around(python=".venv/bin/python", requirements=("-r", "requirements.txt"))
    text = render_step("gitlab", posix, "limerun==1.0", is_lime=True)[1]
    assert "- python -m venv .venv\n" in text
    assert (
        "- .venv/bin/python -m pip install -r requirements.txt "
        "'sqlalchemy>=1.4.52,<3'\n" in text
    )
    assert "--set" not in text
    windows = around(python="venv/Scripts/python.exe", requirements=())
    text = render_step("gitlab", windows, "limerun==1.0", is_lime=False)[1]
    assert "--set python=venv/bin/python" in text
    assert "venv/bin/python -m pip" not in text


def test_an_unknown_install_address_is_marked_for_change() -> None:
    for pipeline in ("github", "gitlab", "azure"):
        assert "CHANGE" in render_step(pipeline, around(), None, is_lime=True)[1]
        known = render_step(pipeline, around(), "limerun==1.0", is_lime=True)[1]
        assert 'LIMERUN: "limerun==1.0"\n' in known
        assert "CHANGE" not in known


# --- what they do ------------------------------------------------------------------


@pytest.fixture
def runner(tmp_path: Path, venv: Path, wheel: Path) -> Runner:
    """A checkout of a small package with init's sample in it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    made = [sys.executable, "-m", "limerun", "init"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return Runner(folder, venv, tmp_path, {"LIMERUN": str(wheel)})


def spoil(folder: Path) -> None:
    """Change the config so that the test fails."""
    path = folder / "limerun.yaml"
    text = path.read_text().replace("memory: 200 MB", "memory: 1 MB  ")
    path.write_text(text)


def held(folder: Path, verdict: str) -> None:
    assert {path.name for path in folder.iterdir()} == REPORTS
    assert json.loads((folder / "record.json").read_text())["verdict"] == verdict
    ElementTree.parse(folder / "limerun.xml")


def settings(said: Mapping[str, str], **values: str) -> dict[str, str]:
    """Return a job's variables except LIMERUN, which the runner sets."""
    made = {name: value for name, value in said.items() if name != "LIMERUN"}
    for name, value in values.items():
        made = {key: text.replace(name, value) for key, text in made.items()}
    return made


@pytest.mark.slow
def test_the_github_workflow_written_by_init_works(runner: Runner) -> None:
    path = runner.folder / ".github" / "workflows" / "limerun.yml"
    check("github-workflows", path)
    job = yaml.safe_load(path.read_text())["jobs"]["capacity"]
    install, measure = [step["run"] for step in job["steps"] if "run" in step]
    variables = settings(job["env"])
    variables["GITHUB_STEP_SUMMARY"] = str(runner.temporary / "summary.md")
    assert runner.run(install, variables, "-e").returncode == 0
    assert runner.run(measure, variables, "-e").returncode == 0
    [kept] = [step["with"] for step in job["steps"] if "upload" in step.get("uses", "")]
    held(runner.folder / kept["path"], "passed")
    [cached] = [
        step["with"] for step in job["steps"] if "cache" in step.get("uses", "")
    ]
    assert [*(runner.folder / cached["path"]).iterdir()]
    assert "PASSED" in (runner.temporary / "summary.md").read_text()
    spoil(runner.folder)
    assert runner.run(measure, variables, "-e").returncode == 1
    held(runner.folder / kept["path"], "failed")


@pytest.mark.slow
def test_the_gitlab_job_works(runner: Runner) -> None:
    job = yaml.safe_load((CI / ".gitlab-ci.yml").read_text())["limerun"]
    folder = str(runner.folder)
    variables = settings(job["variables"], **{"$CI_PROJECT_DIR": folder})
    install, *measure = job["script"]
    assert runner.run(install, variables, "-eo pipefail").returncode == 0
    assert runner.run("\n".join(measure), variables, "-eo pipefail").returncode == 0
    assert job["artifacts"]["when"] == "always"
    [kept] = job["artifacts"]["paths"]
    held(runner.folder / kept, "passed")
    assert (runner.folder / job["artifacts"]["reports"]["junit"]).is_file()
    assert [*(runner.folder / job["cache"]["paths"][0]).iterdir()]
    spoil(runner.folder)
    assert runner.run("\n".join(measure), variables, "-eo pipefail").returncode == 1
    held(runner.folder / kept, "failed")


@pytest.mark.slow
def test_the_azure_job_works(runner: Runner) -> None:
    [job] = yaml.safe_load((CI / "azure-pipelines.yml").read_text())["jobs"]
    workspace = str(runner.temporary)
    variables = settings(job["variables"], **{"$(Pipeline.Workspace)": workspace})
    install, measure = [step["script"] for step in job["steps"] if "script" in step]
    assert runner.run(install, variables).returncode == 0
    assert runner.run(measure, variables).returncode == 0
    tasks = {step["task"]: step for step in job["steps"] if "task" in step}
    kept = tasks["PublishPipelineArtifact@1"]["inputs"]["targetPath"]
    held(runner.folder / kept, "passed")
    tests = tasks["PublishTestResults@2"]
    assert (runner.folder / tests["inputs"]["testResultsFiles"]).is_file()
    assert tests["condition"] == "succeededOrFailed()"
    assert [*Path(variables["LIMERUN_CACHE"]).iterdir()]
    spoil(runner.folder)
    assert runner.run(measure, variables).returncode == 1
    held(runner.folder / kept, "failed")
