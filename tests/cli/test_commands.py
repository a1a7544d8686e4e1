"""What each command prints on stdout and stderr."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from limerun.version import VERSION
from tests.cli.conftest import ROOT, Limerun

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]
CONFIGS = [
    path for path in sorted(ROOT.glob("configs/*.yaml")) if "task:" in path.read_text()
]
COMMANDS = (
    "init",
    "run",
    "capacity-test",
    "profile",
    "estimate",
    "resilience",
    "lint",
    "report",
    "compare",
    "history",
    "tasks",
    "doctor",
    "schema",
)
IN_EACH_HELP = r"(?s)Example:\s+limerun.*--no-color"
DATASET = ("generate", "explain", "shape", "anonymize", "verify")


def test_the_version_is_printed(limerun: Limerun) -> None:
    limerun("--version").expect(out=f"^limerun {VERSION}\n$")


def test_help_lists_every_command_with_an_example_and_no_color(
    limerun: Limerun,
) -> None:
    said = limerun("--help").expect()
    for command in COMMANDS:
        assert f" {command} " in said.out
        limerun(command, "--help").expect(out=IN_EACH_HELP)
    said = limerun("dataset", "--help").expect()
    for command in DATASET:
        assert f" {command} " in said.out
        limerun("dataset", command, "--help").expect(out=IN_EACH_HELP)


def test_an_unknown_option_exits_with_2(limerun: Limerun) -> None:
    limerun("run", "--rowz", "3").expect(code=2, err="rowz")


def test_no_color_applies_to_errors_too(limerun: Limerun) -> None:
    asked = ("run", "nothing.yaml")
    limerun(*asked, FORCE_COLOR="1").expect(code=2, err="\x1b\\[1;31m")
    limerun(*asked, "--no-color", FORCE_COLOR="1").expect(code=2, err="\x1b\\[1m")


def test_a_report_to_dev_stdout_moves_the_screen_output_to_stderr(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("run", config("returns"), "--json", "/dev/stdout")
    said.expect(err="RAN")
    assert json.loads(said.out)["command"] == "run"


def test_results_go_to_stdout_and_messages_to_stderr(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("capacity-test", config("returns")).expect(out="PASSED")
    assert "PASSED" not in said.err
    assert "\x1b" not in said.out + said.err


def test_a_record_is_the_only_output_on_stdout(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("capacity-test", config("returns"), "--json", "-")
    said.expect(err="PASSED")
    assert json.loads(said.out)["verdict"] == "passed"


def test_quiet_prints_one_line(limerun: Limerun, config: WriteConfig) -> None:
    said = limerun("capacity-test", config("returns"), "--quiet").expect(out="PASSED")
    assert said.out.count("\n") == 1
    assert said.err == ""


def test_several_reports_on_the_same_run_agree(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    path = config("spikes_inside_one_call", "parameters: {size_mb: 5}")
    limerun(
        "capacity-test",
        path,
        *("--json", "r.json", "--junit", "r.xml", "--markdown", "r.md"),
    ).expect()
    record = json.loads((tmp_path / "r.json").read_text())
    suite = ElementTree.parse(tmp_path / "r.xml").getroot()
    names = {case.get("name") for case in suite.iter("testcase")}
    assert {check["name"] for check in record["checks"]} <= names
    assert "PASSED" in (tmp_path / "r.md").read_text()


def test_a_saved_record_can_be_shown_and_judged_by_another_config(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    task, parameters = "spikes_inside_one_call", "parameters: {size_mb: 30}"
    limerun("capacity-test", config(task, parameters), "--json", "r.json").expect()
    limerun("report", "r.json").expect(out="PASSED")
    tighter = config(task, f"{parameters}\nbudget: {{memory: 10 MB}}", "tight.yaml")
    limerun("capacity-test", tighter, "--replay", "r.json").expect(code=1, out="FAILED")


def test_writing_two_reports_to_the_same_path_is_an_error(
    limerun: Limerun, config: WriteConfig
) -> None:
    limerun(
        "capacity-test", config("returns"), "--json", "x", "--markdown", "x"
    ).expect(code=2, err="two reports")


def test_writing_two_reports_to_two_names_of_one_file_is_an_error(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    (tmp_path / "link.md").symlink_to("x.html")
    for other in ("./x.html", str(tmp_path / "x.html"), "link.md"):
        paths = ("--html", "x.html", "--markdown", other)
        said = limerun("capacity-test", config("returns"), *paths)
        said.expect(code=2, err=f"written to {other} .the same file as x.html")
    assert not (tmp_path / "x.html").exists()


def test_options_and_environment_override_the_config_and_the_record_shows_it(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    path = config("returns", "budget: {memory: 100 MB, idle_baseline: 150 MB}")
    limerun(
        "capacity-test",
        path,
        *("--set", "budget.memory=50MB", "--json", "r.json"),
        LIMERUN_BUDGET_MEMORY="70 MB",
        LIMERUN_TIMEOUT="5 min",
    ).expect()
    config_said = json.loads((tmp_path / "r.json").read_text())["config"]
    assert config_said["values"]["budget.memory"] == 50_000_000
    assert config_said["values"]["timeout"] == 300
    origins = {
        key: config_said["provenance"][key]
        for key in ("budget.memory", "timeout", "budget.idle_baseline", "sampling")
    }
    assert origins == {
        "budget.memory": "option",
        "timeout": "environment",
        "budget.idle_baseline": "config",
        "sampling": "default",
    }


def test_repeat_runs_the_task_several_times(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    limerun(
        "capacity-test", config("returns"), "--repeat", 3, "--json", "r.json"
    ).expect()
    assert len(json.loads((tmp_path / "r.json").read_text())["runs"]) == 3


def test_the_output_of_a_failing_task_is_shown(
    limerun: Limerun, config: WriteConfig
) -> None:
    said = limerun("capacity-test", config("raises")).expect(code=3, out="ValueError")
    assert "the export has no [bold]header[/]" in said.out


def test_a_server_that_the_task_does_not_use_is_reported(
    limerun: Limerun, config: WriteConfig
) -> None:
    path = config("returns", "database: {url: 'postgresql://nobody@127.0.0.1:1/none'}")
    limerun("run", path).expect(err="does not use database.url")


def test_doctor_confirms_exact_measurement_on_this_machine(limerun: Limerun) -> None:
    limerun("doctor").expect(
        out="EXACT(.|\n)*VmHWM(.|\n)*sampled +.*psutil(.|\n)*Processes that a task starts"
        "(.|\n)*Contention: measured"
    )


def test_schema_prints_a_json_schema(limerun: Limerun) -> None:
    schema = json.loads(limerun("schema").expect().out)
    assert "task" in schema["properties"]


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_runs_on_a_small_dataset(
    limerun: Limerun, path: Path, tmp_path: Path
) -> None:
    limerun("run", path, "--rows", 20, "--json", "r.json").expect()
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    assert run["ending"] == "returned"


def test_a_feature_test_shows_the_changes_made_by_the_task(
    limerun: Limerun, tmp_path: Path
) -> None:
    path = ROOT / "configs" / "import-contracts.yaml"
    limerun("run", path, "--rows", 20, "--json", "r.json").expect(out="contract")
    [run] = json.loads((tmp_path / "r.json").read_text())["runs"]
    change = run["effect"]["contract"]
    assert not any(run["effect"]["company"].values())
    assert (change["created"], change["updated"], change["deleted"]) == (10, 0, 0)
    assert change["examples"][0]["after"]["number"].startswith("K-")


def test_profile_names_the_most_expensive_lines(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    costs = ROOT / "tests" / "tasks" / "costs.py"
    path = config(f"{costs}:spends", "parameters: {megabytes: 5}")
    limerun("profile", path, "--json", "r.json").expect(out="costs.py")
    record = json.loads((tmp_path / "r.json").read_text())
    instruments = {each["name"]: each for each in record["instruments"]}
    assert set(instruments) == {"time", "cpu", "memory", "statements"}
    assert "# slow" in instruments["cpu"]["lines"][0]["text"]
    assert "# large" in instruments["memory"]["lines"][0]["text"]
    assert instruments["statements"]["why_missing"]


def test_a_report_does_not_overwrite_the_users_files(
    limerun: Limerun, config: WriteConfig
) -> None:
    path = config("returns")
    before = path.read_text()
    for option in ("--json", "--junit", "--markdown"):
        limerun("run", path, option, path).expect(code=2, err="delete the file")
    assert path.read_text() == before


def test_a_report_overwrites_an_older_report(
    limerun: Limerun, config: WriteConfig
) -> None:
    for _ in range(2):
        reports = ("--json", "r.json", "--junit", "r.xml", "--markdown", "r.md")
        limerun("run", config("returns"), *reports).expect()


def test_the_result_is_shown_even_if_a_report_cannot_be_written(
    limerun: Limerun, config: WriteConfig
) -> None:
    path = config("returns")
    limerun("capacity-test", path, "--json", "/dev/full").expect(
        code=2, out="PASSED", err="No space left"
    )
    raising = config("raises", name="raises.yaml")
    limerun("capacity-test", raising, "--json", "/dev/full").expect(
        code=3, out="ValueError", err="No space left"
    )


def test_a_full_disk_behind_stdout_is_not_reported_as_an_internal_error(
    config: WriteConfig, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "limerun", "run", str(config("returns"))]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, cwd=tmp_path, check=False
        )
    assert done.returncode == 2
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_record_of_a_different_task_is_not_judged(
    limerun: Limerun, config: WriteConfig
) -> None:
    limerun("capacity-test", config("returns"), "--json", "r.json").expect()
    other = config("spikes_inside_one_call", "parameters: {size_mb: 1}", "other.yaml")
    limerun("capacity-test", other, "--replay", "r.json").expect(
        code=2, err="the record does not match the config"
    )


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("dataset: {limetypes: {a: {x: {type: strng}}}}", "limerun.yaml:2:"),
        (
            "dataset:\n  limetypes: {a: {x: {type: string}}}\n"
            "  properties:\n    a.x: {kind: emial}",
            "limerun.yaml:5:5: a.x: unknown kind .emial.; did you mean .email",
        ),
        ("dataset: {limetypes: types.yaml}", "types.yaml:2:3: a.x: unknown type"),
        (
            "sources:\n  s:\n    format: csv\n    rows: 1\n"
            "    columns:\n      a: company.name",
            "limerun.yaml:7:7: sources.s.columns.a",
        ),
    ],
)
def test_an_invalid_dataset_is_reported_with_its_location(
    limerun: Limerun, config: WriteConfig, tmp_path: Path, more: str, place: str
) -> None:
    (tmp_path / "types.yaml").write_text("a:\n  x: {type: strng}\n")
    said = limerun("run", config("returns", more)).expect(code=2, err=place)
    assert "start" not in said.err
