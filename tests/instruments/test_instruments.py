"""Instruments find the line of the user's code, in real workers with any ending."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from limerun.instruments.lines import CLASH
from limerun.records import InstrumentName, Outcome
from limerun.worker.protocol import KEPT
from tests.builders import an_order
from tests.conftest import RunTask, launch_for

pytestmark = pytest.mark.slow
COSTS = Path(__file__).parents[1] / "tasks" / "costs.py"
COSTS_MEMRAY = COSTS.with_name("costs_memray.py")
ENDINGS = Path(__file__).parents[1] / "tasks" / "endings.py"
MB = 1_000_000
FEW = 10_000
"""Numbers to compare where no time is looked at: tracemalloc takes long over each."""


def line_of(marker: str, file: Path = COSTS) -> int:
    lines = file.read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if marker in line)


def seen_by(outcome: Outcome) -> dict[str, Any]:
    assert outcome.instrument is not None
    return dict(outcome.instrument)


def test_the_line_that_takes_most_time_comes_first(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    made = an_order("cpu", tmp_path, renderings=("speedscope", "cpu_html"))
    launch = replace(launch_for(""), instrument=made)
    seen = seen_by(outcome_of(f"{COSTS}:spends", launch, megabytes=1))
    file, line, function, seconds, _, path = seen["lines"][0]
    assert (file, line, function) == (str(COSTS), line_of("# slow"), "spends")
    assert 0 < seconds <= seen["total"]
    assert path == [[file, line, function]]
    task, *below = seen["tree"]
    assert (task[0], task[3], task[4]) == (0, "spends", True)
    assert ("loads", False) in {(each[3], each[4]) for each in below}
    speedscope = (tmp_path / "speedscope").read_text()
    assert "spends" in speedscope
    assert "worker/main.py" not in speedscope
    assert "<html>" in (tmp_path / "cpu_html").read_text()


def test_every_short_call_in_a_loop_appears_in_the_stacks(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    made = an_order("cpu", tmp_path, renderings=("speedscope",))
    launch = replace(launch_for(""), instrument=made)
    outcome_of(f"{COSTS}:calls_often", launch)
    written = json.loads((tmp_path / "speedscope").read_text())
    frames = [frame["name"] for frame in written["shared"]["frames"]]
    [profile] = written["profiles"]
    opened = [frames[e["frame"]] for e in profile["events"] if e["type"] == "O"]
    assert opened.count("calls_often") == 1
    assert opened.count("_reads") > 1
    assert opened.count("_writes") > 1


def test_time_in_a_loop_without_calls_is_attributed_to_the_loop(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    launch = replace(launch_for(""), instrument=an_order("cpu", tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:compares", launch))
    file, line, function, seconds, _, _ = seen["lines"][0]
    assert (file, line, function) == (str(COSTS), line_of("# compares"), "compares")
    assert 0 < seconds <= seen["total"]


@pytest.mark.skipif(sys.platform != "linux", reason="threads' clocks are of /proc")
@pytest.mark.parametrize("task", ["in_threads", "in_an_executor"])
def test_while_the_task_waits_the_line_of_the_computing_thread_is_shown(
    outcome_of: RunTask, tmp_path: Path, task: str
) -> None:
    launch = replace(launch_for(""), instrument=an_order("cpu", tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:{task}", launch))
    assert seen["lines"][0][:3] == [str(COSTS), line_of("# compares"), "compares"]
    assert "compares" in {line[3] for line in seen["tree"]}


@pytest.mark.parametrize(
    ("task", "kind"), [("in_threads", "threads"), ("in_processes", "processes")]
)
def test_cpu_time_of_other_threads_and_processes_is_measured(
    outcome_of: RunTask, tmp_path: Path, task: str, kind: str
) -> None:
    launch = replace(launch_for(""), instrument=an_order("time", tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:{task}", launch))
    elsewhere = seen["cpu_elsewhere"]
    assert elsewhere[kind] == max(elsewhere.values()) > 0


PROFILERS = ["with_cprofile", "with_a_hook", "with_memray", "with_pyinstrument"]


def file_of(task: str) -> Path:
    return COSTS_MEMRAY if task == "with_memray" else COSTS


@pytest.mark.parametrize("task", PROFILERS)
def test_without_a_profiler_instrument_the_task_may_use_its_own_profiler(
    outcome_of: RunTask, tmp_path: Path, task: str
) -> None:
    alone = an_order("cpu", tmp_path, without_profiler=True, renderings=("speedscope",))
    outcome = outcome_of(
        f"{file_of(task)}:{task}", replace(launch_for(""), instrument=alone)
    )
    assert outcome.ending == "returned"
    assert line_of("# compares") in {line[1] for line in seen_by(outcome)["lines"]}
    assert not (tmp_path / "speedscope").exists()


@pytest.mark.parametrize("task", ["with_a_hook", "with_memray"])
def test_tracemalloc_measures_memory_even_if_the_task_sets_a_profiler(
    outcome_of: RunTask, tmp_path: Path, task: str
) -> None:
    alone = an_order("memory", tmp_path, without_profiler=True)
    launch = replace(launch_for(""), instrument=alone)
    outcome = outcome_of(f"{file_of(task)}:{task}", launch, numbers=FEW)
    assert outcome.ending == "returned"
    assert seen_by(outcome)["lines"][0][1] == line_of("# large")


@pytest.mark.parametrize("task", ["with_cprofile", "with_a_hook"])
@pytest.mark.parametrize("name", ["cpu", "memory"])
def test_a_profiler_set_by_the_task_is_reported(
    outcome_of: RunTask, tmp_path: Path, name: InstrumentName, task: str
) -> None:
    launch = replace(launch_for(""), instrument=an_order(name, tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:{task}", launch, numbers=FEW))
    assert seen["clash"] == CLASH


@pytest.mark.parametrize("name", ["cpu", "memory"])
def test_threads_started_by_the_task_are_not_a_conflict(
    outcome_of: RunTask, tmp_path: Path, name: InstrumentName
) -> None:
    launch = replace(launch_for(""), instrument=an_order(name, tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:in_an_executor", launch, numbers=FEW))
    assert seen["clash"] is None


def test_the_line_that_allocated_most_memory_comes_first(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    launch = replace(launch_for(""), instrument=an_order("memory", tmp_path))
    seen = seen_by(outcome_of(f"{COSTS}:spends", launch))
    file, line, _, size, _, path = seen["lines"][0]
    assert (file, line) == (str(COSTS), line_of("# large"))
    assert seen["total"] >= size > 40 * MB
    assert path[0][2] == "spends"


def test_tracemalloc_finds_the_same_line_without_memray(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    (tmp_path / "memray.py").write_text("raise ImportError('not on this system')\n")
    launch = replace(
        launch_for(""),
        instrument=an_order("memory", tmp_path),
        environment={**launch_for("").environment, "PYTHONPATH": str(tmp_path)},
    )
    seen = seen_by(outcome_of(f"{COSTS}:spends", launch, rounds=2))
    assert seen["tool"] == "tracemalloc"
    assert seen["lines"][0][:2] == [str(COSTS), line_of("# large")]


def test_segments_and_waiting_add_up_to_the_duration(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    launch = replace(launch_for(""), instrument=an_order("time", tmp_path))
    outcome = outcome_of(f"{ENDINGS}:reads_and_sleeps", launch)
    seen = seen_by(outcome)
    by_name = {part[0]: part for part in seen["parts"]}
    assert by_name.keys() == {"", "read", "sleep", "imported"}
    assert by_name["read"][3] == 4  # three rows, and the end of the rows
    _, _, _, _, wall, cpu, _ = by_name["sleep"]
    assert wall > 0.05 > cpu
    walls = sum(part[4] for part in seen["parts"])
    assert walls == pytest.approx(seen["total"])
    assert outcome.duration_seconds is not None
    assert seen["total"] >= outcome.duration_seconds


# --- tasks that do not return ----------------------------------------------------


@pytest.mark.parametrize("name", ["time", "cpu", "memory"])
def test_results_are_reported_if_the_task_raises(
    outcome_of: RunTask, tmp_path: Path, name: InstrumentName
) -> None:
    launch = replace(launch_for(""), instrument=an_order(name, tmp_path))
    outcome = outcome_of(f"{ENDINGS}:ends", launch, how="raise")
    assert outcome.ending == "raised"
    assert "total" in seen_by(outcome)


@pytest.mark.parametrize("how", ["wait", "spin"])
@pytest.mark.no_coverage
def test_a_run_that_reaches_its_time_limit_ends_early_enough_to_report(
    outcome_of: RunTask, tmp_path: Path, how: str
) -> None:
    made = an_order("cpu", tmp_path, stop_after_seconds=1)
    launch = replace(launch_for(""), instrument=made)
    seen = seen_by(outcome_of(f"{ENDINGS}:ends", launch, how=how))
    assert seen["stopped"] == "time"
    path = seen["lines"][0][5]  # on a busy machine, the function that it calls may lead
    assert line_of(f"# {how}", ENDINGS) in [frame[1] for frame in path]


def test_a_run_that_uses_too_much_memory_ends_before_it_is_killed(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    made = an_order("memory", tmp_path, stop_above_bytes=60 * MB)
    launch = replace(launch_for(""), instrument=made)
    seen = seen_by(outcome_of(f"{ENDINGS}:ends", launch, how="grow"))
    assert seen["stopped"] == "memory"
    assert seen["lines"][0][1] == line_of("# grow", ENDINGS)
    assert seen["total"] > 50 * MB


def test_the_last_results_of_a_killed_worker_are_reported(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    launch = replace(launch_for(""), instrument=an_order("cpu", tmp_path))
    outcome = outcome_of(
        *(f"{ENDINGS}:ends_itself", launch),
        how="works, is killed",
        results=str(tmp_path / KEPT),
    )
    assert outcome.ending in ("crashed", "killed")
    assert "ends_itself" in [frame[2] for frame in seen_by(outcome)["lines"][0][5]]


@pytest.mark.parametrize(
    "how", ["works, exits", "waits, exits", "works, is killed", "waits, is killed"]
)
@pytest.mark.parametrize("name", ["time", "cpu"])
def test_a_task_that_ends_its_process_within_a_second_is_measured_to_the_end(
    outcome_of: RunTask, tmp_path: Path, name: InstrumentName, how: str
) -> None:
    launch = replace(launch_for(""), instrument=an_order(name, tmp_path, durable=True))
    outcome = outcome_of(
        f"{ENDINGS}:ends_itself", launch, how=how, results=str(tmp_path / KEPT)
    )
    assert outcome.ending in ("exited", "crashed", "killed")
    assert seen_by(outcome)["total"] > 0
