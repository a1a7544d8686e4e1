"""The usual speed of a machine is learned when it is quiet, and used when it is busy."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.errors import EngineError
from limerun.judge.budget_checks import checks_of
from limerun.records import MachineSpeed, Performance
from limerun.runs import machine_speed
from limerun.runs.machine_speed import with_usual_speed
from tests.builders import TASK, a_budget, a_run, with_times

Calibrate = Callable[..., list[float]]
FILE = "machine-speed.json"


@pytest.fixture
def calibrate(monkeypatch: pytest.MonkeyPatch) -> Calibrate:
    """Set the times of the next calibration loops; return the list of those left."""

    def set_times(*seconds: float) -> list[float]:
        left = list(seconds)
        monkeypatch.setattr(machine_speed, "calibrate", lambda: left.pop(0))
        return left

    return set_times


def run_of(contention: float) -> Performance:
    """Return a run of 10 s, and contention beside them."""
    run = replace(a_run(), duration_seconds=10.0 + contention)
    return Performance(
        task=TASK, python=None, dataset=None, runs=(with_times(run, contention),)
    )


def test_a_slower_machine_makes_a_failed_duration_inconclusive(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    left = calibrate(0.02, 0.03)
    with_usual_speed(run_of(0.0), 9.0, tmp_path)
    slower = with_usual_speed(run_of(30.0), 9.0, tmp_path)
    assert left == []
    [run] = slower.runs
    assert run.machine_speed == MachineSpeed(now_seconds=0.03, usual_seconds=0.02)
    passed = {
        check.name: check.passed
        for check in checks_of(replace(a_budget(), duration_seconds=9.0), [run])
    }
    assert passed["duration.budget"] is None


@pytest.mark.parametrize(
    ("budget", "contention"),
    [(None, 30.0), (11.0, 30.0), (4.0, 30.0), (9.0, 0.0)],
    ids=["no budget", "within it", "far over it", "on a quiet machine"],
)
def test_the_loop_runs_only_where_it_may_decide_the_check(
    budget: float | None, contention: float, tmp_path: Path, calibrate: Calibrate
) -> None:
    left = calibrate(0.02, 0.03)
    with_usual_speed(run_of(0.0), 9.0, tmp_path)
    performance = run_of(contention)
    assert with_usual_speed(performance, budget, tmp_path) is performance
    assert left == [0.03]


def test_a_busy_machine_is_never_taken_for_the_usual_one(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    left = calibrate(0.02)
    with_usual_speed(run_of(30.0), 9.0, tmp_path)
    assert left == [0.02]
    assert not (tmp_path / FILE).exists()


def test_a_shorter_time_of_the_loop_becomes_the_usual_speed(
    tmp_path: Path, calibrate: Calibrate
) -> None:
    calibrate(0.03, 0.02, 0.03)
    with_usual_speed(run_of(0.0), 9.0, tmp_path)
    busy = run_of(30.0)
    assert with_usual_speed(busy, 9.0, tmp_path) is busy
    [run] = with_usual_speed(busy, 9.0, tmp_path).runs
    assert run.machine_speed == MachineSpeed(now_seconds=0.03, usual_seconds=0.02)


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"machine": "other", "seconds": 1}', '{"machine": 1, "sec'],
)
def test_an_unknown_file_is_replaced(
    content: str, tmp_path: Path, calibrate: Calibrate
) -> None:
    (tmp_path / FILE).write_text(content)
    assert calibrate(0.02) == [0.02]
    with_usual_speed(run_of(0.0), 9.0, tmp_path)
    assert '"seconds": 0.02' in (tmp_path / FILE).read_text()


def test_without_a_writable_cache_and_without_the_loop_the_range_stays(
    tmp_path: Path, calibrate: Calibrate, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibrate(0.02, 0.02)
    with_usual_speed(run_of(0.0), 9.0, tmp_path / "missing")
    with_usual_speed(run_of(0.0), 9.0, tmp_path)

    def fail() -> float:
        raise EngineError("the loop ended with exit code 1")

    monkeypatch.setattr(machine_speed, "calibrate", fail)
    busy = run_of(30.0)
    assert with_usual_speed(busy, 9.0, tmp_path) is busy
