"""The documentation matches the program."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from limerun.cli.app import app
from limerun.cli.docs import read_topic, topics
from limerun.config.resolve import load_plan
from limerun.records import EXIT_CODES, INTERRUPTED
from limerun.records.rules import RULES_BY_ID
from limerun.report.content.rule_sections import rule_sections
from limerun.version import VERSION
from tests.make_docs import TABLES, with_tables

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {name: read_topic(name) for name in topics()}
DOCUMENTS = [
    ROOT / "README.md",
    *sorted((ROOT / ".github").glob("*.md")),
    *sorted((ROOT / "limerun" / "docs").glob("*.md")),
]
CONFIGS = [
    path
    for path in ROOT.glob("configs/*.yaml")
    if not path.stem.endswith("lime-types")  # data models
]
CLICK: Any = typer.main.get_command(app)
COMMANDS = {
    *(name for name in CLICK.commands if name != "dataset"),
    *(f"dataset {name}" for name in CLICK.commands["dataset"].commands),
}


def options_of(command: str) -> set[str]:
    """Return the options of a command, such as "--json"."""
    click = CLICK
    for word in command.split():
        click = click.commands[word]
    return {"--help", *(name for each in click.params for name in each.opts)}


def test_the_readme_names_every_command() -> None:
    named = set(
        re.findall(r"^\| `limerun ((?:dataset )?[a-z-]+)", README, re.MULTILINE)
    )
    assert named == COMMANDS


@pytest.mark.parametrize("text", [README, PAGES["ci"]], ids=["README", "ci"])
def test_every_exit_code_is_explained(text: str) -> None:
    rows = re.findall(r"^\| (\d+(?:, \d+)*) \|", text, re.MULTILINE)
    named = {int(code) for row in rows for code in row.split(", ")}
    assert named == {*EXIT_CODES.values(), 2, 70, *INTERRUPTED}


def test_the_readme_names_every_config() -> None:
    assert all(f"`{path.name}`" in README for path in CONFIGS)


def test_the_readme_is_short_and_names_every_page() -> None:
    assert README.count("\n") < 200
    named = re.findall(r"^\| \[([a-z-]+)\]", README, re.MULTILINE)
    assert sorted(named) == list(topics())


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_example_config_can_be_loaded(path: Path) -> None:
    plan = load_plan(path, command="capacity-test", options={}, sets=(), environ={})
    assert plan.budget.memory_bytes > 0


@pytest.mark.parametrize("page", TABLES)
def test_generated_tables_are_up_to_date(page: str) -> None:
    path = ROOT / "limerun" / "docs" / f"{page}.md"
    text = path.read_text(encoding="utf-8")
    assert text == with_tables(page, text), "run make docs"


def test_every_reported_rule_is_explained() -> None:

    assert set(rule_sections()) == set(RULES_BY_ID)


def test_the_changelog_has_an_entry_for_this_version() -> None:
    assert f"## {VERSION}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_between_documents_are_valid(path: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text(encoding="utf-8")):
        assert "://" in link or (path.parent / link).exists(), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_make_target_mentioned_in_a_document_exists(path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"^\$ make ([a-z0-9-]+)|`make ([a-z0-9-]+)", text, re.M):
        assert re.search(rf"^{''.join(target)}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_command_mentioned_in_a_document_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = re.findall(r"^\$ (?:.* && )?limerun (.*)$", text, re.MULTILINE)
    lines += re.findall(r"`limerun ([a-z][^`]*)`", text)
    for line in lines:
        words = line.split()
        command = " ".join(words[: 2 if words[0] == "dataset" else 1])
        assert command in COMMANDS | {"dataset"}, line
        options = set(re.findall(r"(?<![\w-])--[a-z-]+", line.partition("#")[0]))
        assert options <= options_of(command), line


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_code_in_documents_is_syntactically_valid(path: Path) -> None:
    for language, code in re.findall(
        r"^```(\w+)\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S
    ):
        if language == "python":
            compile(code, str(path), "exec")
        elif language == "yaml":
            yaml.safe_load(code)
        elif language == "json":
            json.loads(code)


def test_every_declared_dependency_is_imported() -> None:
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
