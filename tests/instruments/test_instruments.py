"""Instruments name the line of the user's code, in real workers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import RunTask, launch_for

pytestmark = pytest.mark.slow
COSTS = Path(__file__).parents[1] / "tasks" / "costs.py"


def line_of(marker: str) -> int:
    lines = COSTS.read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if marker in line)


def seen_by(instrument: str, outcome_of: RunTask) -> dict[str, Any]:
    launch = replace(launch_for(""), instrument=instrument)
    outcome = outcome_of(f"{COSTS}:spends", launch)
    assert outcome.ending == "returned"
    assert outcome.instrument is not None
    return dict(outcome.instrument)


def test_the_line_that_takes_the_time_comes_first(outcome_of: RunTask) -> None:
    seen = seen_by("cpu", outcome_of)
    file, line, function, seconds, _ = seen["lines"][0]
    assert (file, line, function) == (str(COSTS), line_of("# slow"), "spends")
    assert seconds > 0.5 * seen["total"]


def test_the_line_that_holds_the_memory_comes_first(outcome_of: RunTask) -> None:
    seen = seen_by("memory", outcome_of)
    file, line, _, size, _ = seen["lines"][0]
    assert (file, line) == (str(COSTS), line_of("# large"))
    assert seen["total"] >= size > 40_000_000


def test_tracemalloc_sees_the_same_line_where_there_is_no_memray(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    (tmp_path / "memray.py").write_text("raise ImportError('not on this system')\n")
    launch = replace(
        launch_for(""),
        instrument="memory",
        environment={**launch_for("").environment, "PYTHONPATH": str(tmp_path)},
    )
    outcome = outcome_of(f"{COSTS}:spends", launch, rounds=2)
    assert outcome.instrument is not None
    seen: Any = dict(outcome.instrument)
    assert seen["tool"] == "tracemalloc"
    assert seen["lines"][0][:2] == [str(COSTS), line_of("# large")]
