"""Run a task with one instrument; without a profiler if the task uses one itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from limerun.errors import TaskError
from limerun.records import InstrumentName, InstrumentOrder, Outcome, Run
from limerun.runs.task_runner import TaskRunner
from limerun.units import format_duration
from limerun.worker.protocol import CAPTURE

_MIN_TIMEOUT_SECONDS = 60.0
_TIMEOUT_FACTOR = 30.0
"""Time limit of the second run, as a multiple of the plain run's duration.

tracemalloc makes a loop of small allocations 20 to 100 times slower (measured).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRun:
    """One run with an instrument: its result, or why there is none."""

    run: Run | None = None
    outcome: Outcome | None = None
    why_missing: str = ""
    note: str | None = None
    """Why a different tool was used than the requested one."""

    @property
    def report(self) -> Mapping[str, Any]:
        """The instrument's report; empty if there is none."""
        if self.outcome is None or self.outcome.instrument is None:
            return {}
        return self.outcome.instrument


def run_with_instrument(
    runner: TaskRunner, order: InstrumentOrder, bare: Run
) -> InstrumentRun:
    """Run the task with an instrument; repeat without a profiler if they conflict."""
    first = _run(runner, order)
    conflict = _conflict(order.name, first, bare) if order.name in _PROFILERS else None
    if conflict is None:
        return first
    after = max(_MIN_TIMEOUT_SECONDS, _TIMEOUT_FACTOR * (bare.duration_seconds or 0.0))
    if order.stop_after_seconds is not None:
        after = min(after, order.stop_after_seconds)
    second = _run(
        runner, replace(order, without_profiler=True, stop_after_seconds=after)
    )
    if "total" not in second.report:
        return replace(first, note=conflict)
    if second.report.get("stopped") == "time":
        slow = f"{second.report['tool']} slows the task down; that run was ended after"
        conflict += f"; {slow} {format_duration(after)}"
    return replace(second, note=conflict)


_PROFILERS = {"cpu": "pyinstrument", "memory": "memray"}
"""Tools that exclude each other: a process can run only one of them at a time."""


def _conflict(name: InstrumentName, with_tool: InstrumentRun, bare: Run) -> str | None:
    """Return the conflict between the task and the instrument, or None."""
    run, tool = with_tool.run, _PROFILERS[name]
    if name == "cpu" and with_tool.report.get("stopped"):
        return None  # the exception that ends the task may remove the hook, too
    if with_tool.report.get("clash"):
        return f"{with_tool.report['clash']}, so {tool} has no complete result"
    if run is None or run.error is None or with_tool.report.get("stopped"):
        return None
    if bare.error is not None and bare.error.type == run.error.type:
        return None
    return f"the task raised {run.error.type} with {tool}, but not without it"


def _run(runner: TaskRunner, order: InstrumentOrder) -> InstrumentRun:
    try:
        done = runner.run_once(instrument=order)
    except TaskError as error:
        return InstrumentRun(why_missing=str(error))
    outcome = done.outcome
    report = outcome.instrument or {}
    capture = order.folder / CAPTURE
    if "total" not in report and capture.exists():
        report = {**report, **runner.read_capture(capture, done.loaded)}
        outcome = replace(outcome, instrument=report)
    return InstrumentRun(run=done.run, outcome=outcome)
