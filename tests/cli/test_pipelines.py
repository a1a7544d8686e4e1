"""What CI pipelines rely on: several configs, baselines, levels, GitHub, exit codes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from limerun.cli.capacity_test import worst
from limerun.cli.console import BREAK
from limerun.cli.reports import names_of
from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]
PASSED = ROOT / "fixtures" / "records" / "passed.json"
FAILED = ROOT / "fixtures" / "records" / "failed.json"
RAISED = ROOT / "fixtures" / "records" / "raised.json"


def record(path: Path) -> dict[str, object]:
    held = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(held, dict)
    return held


# --- several configs ---------------------------------------------------------------


def test_several_configs_run_in_sequence_and_the_worst_result_decides(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    good = config("returns", name="good.yaml")
    bad = config("raises", name="bad.yaml")
    folder = tmp_path / "records"
    folder.mkdir()
    said = limerun("capacity-test", good, bad, "--json", folder, "--junit", folder)
    said.expect(code=3, out=r"Summary  2 configs\n.*good +PASSED .*\n.*bad +RAISED")
    assert record(folder / "good.json")["verdict"] == "passed"
    assert record(folder / "bad.json")["verdict"] == "error"
    for name in ("good.xml", "bad.xml"):
        ElementTree.parse(folder / name)


def test_an_invalid_config_stops_the_command_before_the_first_run(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    good = config("returns", name="good.yaml")
    bad = config("returns", "budgett: 1", name="bad.yaml")
    said = limerun("capacity-test", good, bad).expect(code=2, err="budgett")
    assert "PASSED" not in said.out


def test_a_task_that_cannot_be_imported_does_not_stop_the_other_runs(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(
        "def task():\n    pass\n\nimport nothing_there\n"
    )
    broken = config("broken.py:task", name="broken.yaml")
    good = config("returns", name="good.yaml")
    said = limerun("capacity-test", broken, good)
    said.expect(code=2, out="good +PASSED", err="nothing_there")


def test_reports_of_several_configs_need_a_folder(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    one, two = (config("returns", name=f"{name}.yaml") for name in ("one", "two"))
    said = limerun("capacity-test", one, two, "--html", "page.html")
    said.expect(
        code=2, err=r"--html page\.html: with several inputs, each gets its own file"
    )
    assert not said.out


def test_jobs_are_rejected_with_the_reason(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("capacity-test", config("returns"), "--jobs", "2")
    said.expect(code=2, err="share cores")


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 6], 6),
        ([6, 1], 1),
        ([1, 5], 5),
        ([5, 3], 3),
        ([3, 4], 4),
        ([4, 2], 2),
        ([2, 130], 130),
    ],
)
def test_the_most_important_exit_code_is_chosen(codes: list[int], code: int) -> None:
    assert worst(codes) == worst(codes[::-1]) == code


def test_several_configs_never_write_to_the_same_file() -> None:
    assert names_of(["a", "b"]) == ["a", "b"]
    assert names_of(["a", "a", "a-1"]) == ["a-2", "a-3", "a-1"]
    assert names_of(["a", "a", "a-1", "a-1"]) == ["a-1", "a-2", "a-1-1", "a-1-2"]


# --- report only, and levels -------------------------------------------------------


def test_with_exit_zero_a_failure_is_reported_but_exits_with_0(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    arguments = ("capacity-test", config("raises"), "--json", "r.json")
    limerun(*arguments).expect(code=3)
    limerun(*arguments, "--exit-zero").expect(out="RAISED")
    assert record(tmp_path / "r.json")["exit_code"] == 3
    unreadable = config("returns", "budgett: 1")
    limerun("capacity-test", unreadable, "--exit-zero").expect(code=2)


def test_a_budget_at_level_warning_passes_and_is_reported(
    limerun: Limerun, config: WriteConfig
) -> None:
    budget = "budget: {memory: 10 MB, levels: {memory: warning}}"
    path = config("spikes_inside_one_call", f"parameters: {{size_mb: 50}}\n{budget}")
    limerun("capacity-test", path, "--set", "budget.levels.memory=error").expect(code=1)
    limerun("capacity-test", path).expect(out="(?s)PASSED.*level\\s+warning")


# --- baseline ----------------------------------------------------------------------


def test_a_record_is_compared_with_its_baseline(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    path = config("returns")
    limerun("capacity-test", path, "--json", "base.json").expect()
    said = limerun(
        "capacity-test",
        path,
        *("--baseline", "base.json", "--json", "new.json"),
        *("--max-regression", "duration=off"),
    )
    said.expect(out="(?s)PASSED.*no regression.*Compared with the baseline")
    assert record(tmp_path / "new.json")["comparison"]
    limerun("compare", "base.json", "new.json", "--max-regression", "duration=off")


def test_a_baseline_that_is_not_a_record_is_reported_before_the_run(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    (tmp_path / "cut.json").write_text(PASSED.read_text()[:500])
    said = limerun("capacity-test", config("returns"), "--baseline", "cut.json")
    said.expect(code=2, err="truncated")
    assert not said.out


def test_a_baseline_for_another_task_is_reported_before_the_run(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("capacity-test", config("returns"), "--baseline", PASSED)
    said.expect(code=2, err="is a record of the task import_contracts, not of returns")
    assert not said.out
    assert "running" not in said.err


def test_the_exit_code_of_a_comparison_shows_a_regression(
    limerun: Limerun,
) -> None:
    limerun("compare", PASSED, PASSED).expect(out="NO REGRESSION")
    said = limerun("compare", PASSED, FAILED).expect(code=2, err="not comparable")
    assert not said.out
    limerun("compare", PASSED, FAILED, "--anyway").expect(code=1, out="REGRESSION")


@pytest.mark.parametrize(
    "limits",
    [
        *("memory", "memory=5", "memory=-1%", "speed=5%", "memory=5%%", "queries=x"),
        *("effect", "effect=5%"),
    ],
)
def test_an_invalid_limit_exits_with_2(limits: str, limerun: Limerun) -> None:
    said = limerun("compare", PASSED, PASSED, "--max-regression", limits)
    said.expect(code=2, err="--max-regression")


def test_a_limit_can_be_raised_or_switched_off(limerun: Limerun) -> None:
    limits = "memory=off,queries=10000%,duration=off,errors=off"
    compare = ("compare", PASSED, FAILED, "--anyway", "--max-regression")
    limerun(*compare, limits).expect(out="NO REGRESSION")
    limerun(*compare, "duration=off").expect(code=1)
    limits = limits.replace("errors=off", "errors=none")
    limerun(*compare, limits).expect(code=1, out="new at level error")


def test_another_effect_fails_only_on_request(limerun: Limerun, tmp_path: Path) -> None:
    document: Any = record(PASSED)
    document["runs"][0]["effect"]["contract"]["created"] -= 1
    (tmp_path / "other.json").write_text(json.dumps(document))
    compare = ("compare", PASSED, "other.json")
    limerun(*compare).expect(out="(?s)NO REGRESSION.*contract: 1 row fewer")
    limerun(*compare, "--max-regression", "effect=same").expect(
        code=1, out="REGRESSION.*another effect"
    )
    same = ("compare", PASSED, PASSED, "--max-regression", "effect=same")
    limerun(*same).expect(out="same effect")
    limerun(*compare, "--max-regression", "effect=same,effect=off").expect()


def test_a_comparison_is_written_in_every_format(
    limerun: Limerun, tmp_path: Path
) -> None:
    said = limerun(
        *("compare", PASSED, PASSED, "--json", "c.json", "--html", "c.html"),
        *("--markdown", "-"),
    )
    said.expect(out="### ✅ NO REGRESSION", err="NO REGRESSION")
    assert record(tmp_path / "c.json")["schema"] == "limerun.comparison/1"
    assert "<h1>" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_several_records_are_shown_in_sequence(
    limerun: Limerun, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    said = limerun("report", PASSED, FAILED, "--html", pages)
    said.expect(out="(?s)PASSED.*FAILED")
    assert sorted(path.name for path in pages.iterdir()) == [
        "failed.html",
        "passed.html",
    ]
    limerun("report", PASSED, PASSED, "--html", pages).expect()
    assert (pages / "passed-2.html").exists()


# --- broken records ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text[: len(text) // 2], "truncated"),
        (lambda text: text.replace("record/1", "record/9"), "newer version"),
        (lambda text: text.replace('"runs": [', '"rums": ['), "did you mean"),
        (lambda text: text.replace('"exit_code": 0', '"exit_code": "no"'), "exit_code"),
    ],
)
@pytest.mark.parametrize("command", ["report", "compare", "history"])
def test_an_invalid_record_is_reported_with_the_reason(
    change: Callable[[str], str],
    says: str,
    command: str,
    limerun: Limerun,
    tmp_path: Path,
) -> None:
    broken = tmp_path / "records" / "broken.json"
    broken.parent.mkdir()
    broken.write_text(change(PASSED.read_text(encoding="utf-8")), encoding="utf-8")
    arguments = {
        "report": (broken, "--html", "page.html"),
        "compare": (PASSED, broken, "--html", "page.html"),
        "history": (broken.parent, "--html", "page.html"),
    }[command]
    limerun(command, *arguments).expect(code=2, err=f"(?s)broken\\.json.*{says}")
    assert not (tmp_path / "page.html").exists()


# --- GitHub ------------------------------------------------------------------------


def test_github_gets_annotations_a_summary_and_outputs(
    limerun: Limerun, tmp_path: Path
) -> None:
    summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
    summary.write_text("# before\n")
    said = limerun(
        *("report", FAILED, "--github"),
        GITHUB_STEP_SUMMARY=str(summary),
        GITHUB_OUTPUT=str(outputs),
    )
    said.expect(out=r"(?m)^::error file=fixtures/tasks/import_contracts_naive\.py,")
    assert summary.read_text(encoding="utf-8").startswith("# before\n### ❌ FAILED")
    assert "verdict=failed\n" in outputs.read_text()


def test_annotations_go_to_stderr_if_a_report_uses_stdout(limerun: Limerun) -> None:
    said = limerun("report", FAILED, "--github", "--json", "-")
    said.expect(err="(?m)^::error ")
    assert json.loads(said.out)["verdict"] == "failed"


def commands(log: str) -> list[str]:
    """Return the workflow commands that GitHub's runner finds in a step's log."""
    lines = [line.strip() for line in log.splitlines()]
    return [line for line in lines if line.startswith("::") or "##[" in line]


def test_several_records_write_their_annotations_and_outputs_once(
    limerun: Limerun,
) -> None:
    said = limerun("report", *[FAILED] * 3, RAISED, "--github", "--quiet").expect()
    told = commands(said.out)
    assert len(told) == 10
    assert sum("RAISED" in line for line in told) == 1


@pytest.mark.parametrize("options", [(), ("--quiet",), ("--verbose",)])
def test_task_output_cannot_act_as_a_github_command(
    options: tuple[str, ...], limerun: Limerun, tmp_path: Path
) -> None:
    text = RAISED.read_text(encoding="utf-8")
    injected = "::error file=x.py::no such thing"
    text = text.replace("KeyError: 'number'", f"KeyError: 'number'\\n{injected}")
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    said = limerun("report", "r.json", "--github", *options)
    shown = injected.replace("::", f":{BREAK}:", 1)
    assert (shown in said.out) == ("--verbose" in options)
    [raised] = commands(said.out)
    assert "RAISED" in raised


@pytest.mark.parametrize("option", ["--json", "--markdown", "--junit", "--html"])
def test_a_report_on_stdout_contains_no_command(
    option: str, limerun: Limerun, tmp_path: Path
) -> None:
    text = RAISED.read_text(encoding="utf-8")
    text = text.replace(
        "KeyError: 'number'", "KeyError: 'number'\\n  ::error::x ##[error]"
    )
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    said = limerun("report", "r.json", "--github", option, "-").expect()
    assert "error" in said.out
    assert not commands(said.out)
    assert len(commands(said.err)) == 1


def test_an_error_message_contains_no_command_and_no_control_code(
    limerun: Limerun, tmp_path: Path
) -> None:
    key = "a\x1b[31m\u202e\x9b\n::error file=x::injected ##vso[task.setvariable]"
    config = tmp_path / "::error::x\x1b[2J.yaml"
    config.write_text(json.dumps({"task": "x.py:f", key: 1}), encoding="utf-8")
    said = limerun("run", config, "--github").expect(code=2, err="injected")
    assert not commands(said.err)
    assert not set("\x1b\x9b\u202e") & set(said.err)


def test_a_usage_error_contains_no_control_code(limerun: Limerun) -> None:
    said = limerun("run", "--nonsense\x1b[31m").expect(code=2, err="nonsense")
    assert "\x1b" not in said.err


def test_paths_in_annotations_and_sarif_are_relative_to_the_checkout(
    limerun: Limerun, tmp_path: Path
) -> None:
    file = "fixtures/tasks/import_contracts_naive.py"
    text = FAILED.read_text(encoding="utf-8").replace(file, str(tmp_path / "a" / file))
    (tmp_path / "r.json").write_text(text, encoding="utf-8")
    root = str(tmp_path.parent)
    report = ("report", "r.json", "--github", "--sarif", "r.sarif")
    said = limerun(*report, GITHUB_WORKSPACE=root).expect()
    assert f"::error file={tmp_path.name}/a/{file}," in said.out
    assert f'"uri": "{tmp_path.name}/a/{file}"' in (tmp_path / "r.sarif").read_text()
    limerun(*report, GITHUB_WORKSPACE="/elsewhere").expect(out=f"file=a/{file},")
