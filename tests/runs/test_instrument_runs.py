"""A task with its own profiler is measured a second time, within a time limit."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from limerun.instruments.lines import CLASH
from limerun.records import InstrumentOrder
from limerun.runs.instrument_runs import run_with_instrument
from limerun.runs.task_runner import TaskRunner
from tests.builders import a_run, an_order

CLASHED = {"total": 0.0, "tool": "memray", "clash": CLASH}
STOPPED = {"total": 5.0, "tool": "tracemalloc", "clash": None, "stopped": "time"}


class PlannedRunner:
    """Answers each order with the next planned result."""

    def __init__(self, *seen: dict[str, Any]) -> None:
        self.seen = list(seen)
        self.orders: list[InstrumentOrder] = []

    def run_once(self, instrument: InstrumentOrder) -> object:
        """Return a run and the instrument's report."""
        self.orders.append(instrument)
        outcome = SimpleNamespace(instrument=self.seen.pop(0))
        return SimpleNamespace(run=a_run(), outcome=outcome)


@pytest.mark.parametrize(
    ("bare_seconds", "timeout_seconds", "limit"),
    [(0.5, None, 60.0), (10.0, None, 300.0), (10.0, 3600.0, 300.0), (10.0, 40.0, 40.0)],
)
def test_the_second_run_always_has_a_time_limit(
    tmp_path: Path, bare_seconds: float, timeout_seconds: float | None, limit: float
) -> None:
    runner = PlannedRunner(CLASHED, STOPPED)
    bare = replace(a_run(), duration_seconds=bare_seconds)
    run_with_instrument(
        cast("TaskRunner", runner),
        an_order("memory", tmp_path, stop_after_seconds=timeout_seconds),
        bare,
    )
    first, second = runner.orders
    assert not first.without_profiler
    assert second.without_profiler
    assert second.stop_after_seconds == limit


def test_a_second_run_that_took_too_long_gives_the_reason(tmp_path: Path) -> None:
    runner = PlannedRunner(CLASHED, STOPPED)
    bare = replace(a_run(), duration_seconds=0.5)
    done = run_with_instrument(
        cast("TaskRunner", runner), an_order("memory", tmp_path), bare
    )
    assert done.report == STOPPED
    assert done.note is not None
    assert done.note.startswith(
        f"{CLASH}, so memray has no complete result; tracemalloc slows"
    )
    assert "slows the task down, which was ended after 60.0 s" in done.note


def test_a_profiler_hook_missing_after_a_stop_is_not_a_conflict(tmp_path: Path) -> None:
    runner = PlannedRunner({"total": 1.0, "clash": CLASH, "stopped": "memory"})
    of_cpu = an_order("cpu", tmp_path)
    done = run_with_instrument(cast("TaskRunner", runner), of_cpu, a_run())
    assert done.note is None
    assert runner.seen == []
