"""A task that could not be run is reported in every requested format."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import typer

from limerun.cli.options import ReportOptions, ScreenOptions
from limerun.cli.reports import reports_of
from limerun.cli.session import failure_reported, plan_of
from limerun.errors import (
    EngineError,
    LimerunError,
    StartTimeoutError,
    TaskError,
    WatchError,
)
from tests.cli.conftest import Limerun, valid_record

WriteConfig = Callable[..., Path]
REASON = "the worker was not ready within 30 s"


def fail_with(
    error: Exception,
    tmp_path: Path,
    config: WriteConfig,
    *,
    github: bool = False,
    exit_zero: bool = False,
) -> None:
    """Run a command that fails with an error, with all report options."""
    names = ("json", "html", "junit", "markdown", "sarif", "benchmark")
    paths = {name: str(tmp_path / f"r.{name}") for name in names}
    wanted = ReportOptions(**paths, github=github)
    reports = reports_of(wanted, ScreenOptions(no_color=True))
    plan, _ = plan_of(config("returns"), "capacity-test")
    with failure_reported(plan, reports, exit_zero=exit_zero):
        raise error


@pytest.mark.parametrize(
    ("error", "code", "verdict", "word"),
    [
        (StartTimeoutError(REASON), 5, "timeout", "OUT OF TIME"),
        (WatchError(REASON), 6, "inconclusive", "INCONCLUSIVE"),
        (TaskError(REASON), 2, "error", "NOT RUN"),
        (EngineError(REASON), 70, "error", "NOT RUN"),
        (ValueError(REASON), 70, "error", "NOT RUN"),
    ],
)
def test_every_report_shows_a_task_that_could_not_be_run(
    tmp_path: Path,
    config: WriteConfig,
    error: Exception,
    code: int,
    verdict: str,
    word: str,
) -> None:
    with pytest.raises(type(error)):
        fail_with(error, tmp_path, config)
    record = valid_record(tmp_path / "r.json")
    assert (record["exit_code"], record["verdict"]) == (code, verdict)
    assert REASON in record["problem"]
    assert isinstance(error, LimerunError) or "bug in limerun" in record["problem"]
    suite = ElementTree.parse(tmp_path / "r.junit").getroot()[0]
    tag = "skipped" if verdict == "inconclusive" else "error"
    [told] = suite.findall(f"testcase/{tag}")
    assert REASON in told.attrib["message"]
    for name in ("html", "markdown"):
        text = (tmp_path / f"r.{name}").read_text()
        assert word in text
        assert REASON in text
    sarif = json.loads((tmp_path / "r.sarif").read_text())
    [invocation] = sarif["runs"][0]["invocations"]
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (code, False)
    assert json.loads((tmp_path / "r.benchmark").read_text()) == []


def test_github_annotations_show_a_task_that_could_not_be_run(
    tmp_path: Path,
    config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    with pytest.raises(StartTimeoutError):
        fail_with(StartTimeoutError(REASON), tmp_path, config, github=True)
    [annotation] = capsys.readouterr().out.splitlines()
    assert annotation.startswith("::error file=")
    assert REASON in annotation
    assert REASON in summary.read_text()
    assert outputs.read_text() == "verdict=timeout\nexit-code=5\nfindings=0\n"


def test_exit_zero_applies_to_failed_starts_with_a_verdict(
    tmp_path: Path, config: WriteConfig
) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail_with(WatchError(REASON), tmp_path, config, exit_zero=True)
    assert ended.value.exit_code == 0
    assert json.loads((tmp_path / "r.json").read_text())["exit_code"] == 6
    with pytest.raises(TaskError):
        fail_with(TaskError(REASON), tmp_path, config, exit_zero=True)


def test_no_record_is_written_if_a_signal_ended_the_start(
    tmp_path: Path, config: WriteConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("limerun.interruption.exit_code", lambda: 143)
    with pytest.raises(StartTimeoutError):
        fail_with(StartTimeoutError(REASON), tmp_path, config)
    assert not list(tmp_path.glob("r.*"))


@pytest.mark.slow
def test_a_failed_start_among_several_configs_is_in_the_reports(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text("def go():\n    pass\n\nimport nothing_there\n")
    configs = [config("broken.py:go", name="broken.yaml"), config("returns")]
    said = limerun("capacity-test", *configs, "--github", "--junit", tmp_path)
    said.expect(code=2, out="::error .*NOT RUN::.*nothing_there", err="nothing_there")
    suite = ElementTree.parse(tmp_path / "broken.xml").getroot()[0]
    assert suite.attrib["errors"] == "1"
    suite = ElementTree.parse(tmp_path / "limerun.xml").getroot()[0]
    assert suite.attrib["errors"] == "0"
