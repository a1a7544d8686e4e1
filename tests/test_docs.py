"""What the documents say is what there is."""

import re
import tomllib
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.dataset.kinds import KINDS
from limerun.records import EXIT_CODES
from limerun.version import VERSION

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIGS = [
    path
    for path in ROOT.glob("configs/*.yaml")
    if not path.stem.endswith("lime-types")  # data models
]
CLI = ROOT / "limerun" / "cli"
COMMANDS = {
    " ".join(path.relative_to(CLI).with_suffix("").parts).replace("_", "-")
    for path in CLI.rglob("*.py")
    if "def " + path.stem + "(" in path.read_text(encoding="utf-8")
}


def test_the_readme_names_every_command() -> None:
    named = set(
        re.findall(r"^\| `limerun ((?:dataset )?[a-z-]+)", README, re.MULTILINE)
    )
    assert named == COMMANDS


def test_the_readme_names_every_exit_code() -> None:
    named = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert named == {*EXIT_CODES.values(), 2, 70, 130}


def test_the_readme_names_every_config() -> None:
    assert all(f"`{path.name}`" in README for path in CONFIGS)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_makes_a_plan(path: Path) -> None:
    plan = load_plan(path, command="capacity-test", options={}, sets=(), environ={})
    assert plan.budget.memory_bytes > 0


def test_the_readme_names_every_kind_of_column() -> None:
    table = README.partition("| kinds |")[2].partition("\n\n")[0]
    assert set(KINDS) <= set(re.findall(r"`([a-z_]+)`", table))


def test_the_changelog_has_this_version() -> None:
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_files_that_the_readme_links_to_exist() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    for link in links:
        assert "://" in link or (ROOT / link).exists(), link


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z0-9-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_package_needs_what_it_says_and_no_more() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = {
        re.split(r"[>=<\[; ]", need)[0] for need in project["project"]["dependencies"]
    }
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "limerun").rglob("*.py")
    )
    modules = {"pyyaml": "yaml", "adbc-driver-sqlite": "adbc_driver_sqlite"}
    for name in names:
        assert re.search(rf"\b(import|from) {modules.get(name, name)}\b", sources), name
