"""The calibration loop measures this machine's speed."""

import subprocess
from typing import Any

import pytest

from limerun.engine.probes import calibrate
from limerun.errors import EngineError


@pytest.mark.slow
def test_the_calibration_loop_takes_some_milliseconds_of_cpu_time() -> None:
    assert calibrate() > 0


def test_a_calibration_loop_that_cannot_run_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any, **__: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], 1, stdout="", stderr="no memory")

    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(EngineError, match="ended with exit code 1: no memory"):
        calibrate()
