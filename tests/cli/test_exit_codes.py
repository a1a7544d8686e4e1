"""One exit code for each cause, in real processes; each with a valid record."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import Limerun, StartLimerun, valid_record
from tests.conftest import Note

pytestmark = pytest.mark.slow
WriteConfig = Callable[..., Path]


@dataclass(frozen=True)
class Case:
    task: str
    code: int
    verdict: str
    ending: str
    more: str = ""


ENDINGS = [
    Case("returns", 0, "passed", "returned"),
    Case(
        "spikes_inside_one_call",
        1,
        "failed",
        "returned",
        "parameters: {size_mb: 30}\nbudget: {memory: 20 MB}",
    ),
    Case("raises", 3, "error", "raised"),
    Case("calls_sys_exit", 3, "error", "exited"),
    Case("leaves_successfully", 3, "error", "exited"),
    Case("crashes", 3, "error", "crashed"),
    Case(
        "grows",
        4,
        "killed",
        "killed",
        "parameters: {mb_per_second: 300, up_to_mb: 900}\n"
        "environment: cloud\ncloud_limit: 250 MB",
    ),
    Case("never_ends", 5, "timeout", "timeout", "timeout: 300 ms"),
    Case("never_ends", 5, "timeout", "timeout", "handler: {time_limit: 300 ms}"),
    Case("never_ends", 3, "error", "raised", "handler: {soft_time_limit: 1 s}"),
    Case("returns", 6, "inconclusive", "returned", "budget: {queries_per_row: 0.1}"),
]


@pytest.mark.parametrize("case", ENDINGS, ids=lambda case: f"{case.code}-{case.task}")
def test_every_ending_has_an_exit_code_a_verdict_and_a_valid_record(
    limerun: Limerun, config: WriteConfig, tmp_path: Path, case: Case
) -> None:
    path = config(case.task, case.more)
    said = limerun("capacity-test", path, "--json", "record.json")
    said.expect(code=case.code, out=r"^\s*[A-Z]{3,}")
    record = valid_record(tmp_path / "record.json")
    assert (record["verdict"], record["exit_code"]) == (case.verdict, case.code)
    [run] = record["runs"]
    assert run["ending"] == case.ending
    assert run["memory"]["peak_bytes"] > 0


def test_ctrl_c_exits_with_130_leaving_a_record_and_no_processes(
    start: StartLimerun, config: WriteConfig, note: Note, tmp_path: Path
) -> None:
    path = config("says_that_it_began_and_waits", f"parameters: {{note: {note.path}}}")
    process = start("capacity-test", path, "--json", "record.json")
    note.read(process.end())
    below = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130, (out, err)
    record = valid_record(tmp_path / "record.json")
    assert record["exit_code"] == 130
    assert record["runs"][0]["killed_because"] == "interrupted"
    assert len(below) >= 2
    assert not [child for child in below if child.is_running()]


def test_no_processes_remain_if_limerun_itself_is_killed(
    start: StartLimerun, config: WriteConfig, note: Note
) -> None:
    path = config("says_that_it_began_and_waits", f"parameters: {{note: {note.path}}}")
    process = start("capacity-test", path)
    note.read(process.end())
    below = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(below, timeout=300)
    assert not alive


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ("budget: {memroy: 200 MB}", r"limerun.yaml:2:\d+.*memory"),
        ("timeout: soon", r"limerun.yaml:2:\d+"),
        ("parameters: {path: '${sources.contracts}'}", "contracts"),
    ],
)
def test_an_invalid_config_exits_with_2_and_shows_the_location(
    limerun: Limerun, config: WriteConfig, more: str, complaint: str
) -> None:
    said = limerun("capacity-test", config("returns", more))
    said.expect(code=2, err=complaint)
    assert said.out == ""


def test_a_task_that_cannot_be_imported_exits_with_2(
    limerun: Limerun, config: WriteConfig
) -> None:
    limerun("capacity-test", config("no_such_package.tasks:run")).expect(
        code=2, err="no_such_package"
    )


def test_an_unwritable_output_is_reported_before_the_run(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    note = tmp_path / "note"
    path = config("says_that_it_began_and_waits", f"parameters: {{note: {note}}}")
    limerun("capacity-test", path, "--json", "missing/record.json").expect(
        code=2, err="missing"
    )
    assert not note.exists()


def test_an_internal_error_exits_with_70_and_a_traceback(
    limerun: Limerun, config: WriteConfig, tmp_path: Path
) -> None:
    broken = tmp_path / "platformdirs.py"
    broken.write_text("raise RuntimeError('broken on purpose')\n")
    said = limerun(
        "capacity-test", config("returns"), PYTHONPATH=str(tmp_path), LIMERUN_CACHE=""
    )
    said.expect(code=70, err="broken on purpose(.|\n)*report")
