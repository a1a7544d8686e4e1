"""`limerun lint` reads code and runs nothing: places, formats, levels, exit codes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from limerun import linting
from limerun.cli.app import app
from limerun.errors import EXIT_INTERRUPTED, TaskError
from tests.cli.conftest import ROOT, Limerun

WriteConfig = Callable[..., Path]
TASK = '''
import logging
import not_installed_anywhere
from lime_task import task
from shop.reading import rows_of

raise SystemExit("this code was run")
logger = logging.getLogger(__name__)


@task
def fetch(application, path: str, token: str) -> None:
    """Read the orders that the web shop exports every night."""
    logger.info("Reading %s", path)
    rows_of(path)
    logger.info("Read %s with %s", path, token)
'''
READING = '''
def rows_of(path):
    """Yield the rows of a file."""
    try:
        yield from open(path)
    except OSError:
        pass
'''
PLAIN = """
def work(application):
    return 1
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "tasks.py").write_text(TASK, "utf-8")
    (folder / "reading.py").write_text(READING, "utf-8")
    (folder / "plain.py").write_text(PLAIN, "utf-8")
    return folder


@pytest.mark.parametrize(
    "place",
    ["shop", "shop/tasks.py", "shop/tasks.py:fetch", "shop.tasks", "shop.tasks:fetch"],
)
def test_a_task_and_the_code_it_reaches_are_read_but_not_run(
    limerun: Limerun, package: Path, place: str
) -> None:
    said = limerun("lint", place, "--json", "-").expect(code=1)
    record = json.loads(said.out)
    assert [task["name"] for task in record["lint"]["tasks"]] == ["fetch"]
    found = {
        (Path(each["location"]["file"]).name, each["rule"], each["level"])
        for each in record["findings"]
        if each["level"] != "note"
    }
    assert found == {
        ("tasks.py", "log.sensitive", "error"),
        ("tasks.py", "docs.types", "warning"),
        ("reading.py", "log.exceptions", "warning"),
    }
    assert (record["verdict"], record["runs"]) == ("failed", [])


def test_without_an_argument_the_folder_or_its_config_is_read(
    limerun: Limerun, package: Path, config: WriteConfig
) -> None:
    limerun("lint").expect(code=1, out="FAILED")
    config("shop/plain.py:work", "rules: {docs.docstring: error, docs.types: off}")
    said = limerun("lint", "--json", "-").expect(code=1)
    rules = {each["rule"]: each["level"] for each in json.loads(said.out)["findings"]}
    assert rules == {"docs.docstring": "error", "log.flow": "warning"}


def test_levels_and_comments_silence_findings(
    limerun: Limerun, package: Path, config: WriteConfig
) -> None:
    code = TASK.replace(
        "path, token)", "path, token)  # limerun: ignore[log.sensitive]"
    )
    code = code.replace(
        "    rows_of(path)", "    rows_of(path)  # limerun: ignore[log.flow]"
    )
    (package / "tasks.py").write_text(code, "utf-8")
    said = limerun("lint", "shop", "--json", "-").expect()
    notes = [
        each["title"]
        for each in json.loads(said.out)["findings"]
        if each["rule"] == "log.flow"
    ]
    assert notes == ["An ignore comment has no effect"]


@pytest.mark.parametrize(("level", "code"), [("warning", 0), ("off", 0), ("error", 1)])
def test_a_run_shows_the_exceptions_that_the_code_swallows(
    limerun: Limerun, tmp_path: Path, config: WriteConfig, level: str, code: int
) -> None:
    text = "def work():\n    try:\n        return 1\n"
    text += "    except ValueError:\n        pass\n"
    (tmp_path / "quiet.py").write_text(text, "utf-8")
    path = config("quiet.py:work", f"rules: {{log.exceptions: {level}}}")
    said = limerun("run", path, "--json", "-").expect(code=code)
    found = {each["rule"]: each["level"] for each in json.loads(said.out)["findings"]}
    assert found.get("log.exceptions", "off") == level


def test_every_format_shows_the_findings(
    limerun: Limerun, package: Path, tmp_path: Path
) -> None:
    said = limerun(
        *("lint", "shop", "--github", "--sarif", "a.sarif", "--junit", "a.xml"),
        *("--markdown", "a.md", "--html", "a.html"),
        GITHUB_STEP_SUMMARY="",
        GITHUB_OUTPUT="",
    ).expect(code=1, out="::error file=shop/tasks.py")
    assert "A credential may reach the log" in said.out
    [run] = json.loads((tmp_path / "a.sarif").read_text("utf-8"))["runs"]
    assert run["invocations"][0]["executionSuccessful"]
    assert "log.sensitive" in {each["ruleId"] for each in run["results"]}
    suite = ElementTree.parse(tmp_path / "a.xml").getroot()[0]
    assert suite.get("failures") == "1"
    for name in ("a.md", "a.html"):
        assert "A credential may reach the log" in (tmp_path / name).read_text("utf-8")


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("broken.py", r"broken\.py, line 2, column \d+: not valid Python"),
        (
            "nothing",
            "nothing: this is not a folder, a Python file, a module or a config",
        ),
        ("shop/absent.py", "there is no file or folder shop/absent.py"),
        ("shop/plain.py", "contains no task"),
        ("shop/plain.py:wrk", 'has no function wrk; did you mean "work"'),
    ],
)
def test_invalid_input_exits_with_2_and_reaches_the_reports(
    limerun: Limerun, package: Path, tmp_path: Path, place: str, says: str
) -> None:
    (tmp_path / "broken.py").write_text("x = 1\ndef f(:\n", "utf-8")
    limerun("lint", place, "--json", "a.json").expect(code=2, err=says)
    record = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert (record["exit_code"], record["verdict"]) == (2, "error")
    assert record["problem"]


def test_the_syntax_of_a_newer_python_is_read(limerun: Limerun, tmp_path: Path) -> None:
    text = "from celery import shared_task\ntype Rows[T] = list[T]\n\n\n"
    text += "class Box[T]:\n    pass\n\n\n@shared_task\ndef work[T](a: T) -> T:\n"
    text += '    print(f"{a["b"]} {\'\\n\'.join(a)} {f"{a}"}")\n    return a\n'
    (tmp_path / "newer.py").write_text(text, "utf-8")
    said = limerun("lint", "newer.py", "--json", "-").expect()
    record = json.loads(said.out)
    assert record["lint"]["tasks"][0]["line"] == 10
    assert {"log.flow", "docs.docstring"} <= {
        each["rule"] for each in record["findings"]
    }


def test_the_samples_of_the_guide_have_only_notes(
    limerun: Limerun, tmp_path: Path
) -> None:
    samples = ROOT / "fixtures" / "lint" / "guide" / "samples.py"
    said = limerun("lint", samples, "--json", "-").expect()
    found = {(each["level"], each["rule"]) for each in json.loads(said.out)["findings"]}
    assert {level for level, _ in found} == {"note"}
    assert ("note", "log.sensitive") in found


def test_without_ruff_its_rules_are_named_as_missing(
    package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ruff", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    record = linting.lint([str(package)], [None])
    assert record.lint is not None
    assert record.lint.missing == (
        "ruff's rules, because ruff is not installed: pip install 'limerun[lint]'",
    )
    assert "log.sensitive" in {each.rule for each in record.findings}


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python parses t-strings")
def test_without_libcst_newer_syntax_exits_with_2_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "libcst", None)
    monkeypatch.delitem(sys.modules, "limerun.lint.newer_syntax", raising=False)
    (tmp_path / "newer.py").write_text('name = t"{1}"\n', "utf-8")
    with pytest.raises(TaskError, match=r"install libcst: pip install") as raised:
        linting.lint([str(tmp_path / "newer.py")], [None])
    assert raised.value.exit_code == 2


def test_an_interrupted_lint_does_not_speak_of_a_measurement(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(linting, "lint", interrupt)
    ended = CliRunner().invoke(app, ["lint", str(tmp_path)])
    assert ended.exit_code == EXIT_INTERRUPTED
    assert "the code was not checked" in ended.output
