"""Run a task under one instrument; once more without a profiler if two clash."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from limerun.errors import TaskError
from limerun.records import InstrumentName, InstrumentOrder, Outcome, Run
from limerun.runs.task_runner import TaskRunner
from limerun.units import format_duration
from limerun.worker.protocol import CAPTURE

_LEAST_PATIENCE, _SLOW_TOOL = 60.0, 30.0
"""Seconds, and times the bare run's duration, that the second look may take at most.

tracemalloc makes a loop of small allocations 20 to 100 times slower.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One run under an instrument: what it saw, or why it saw nothing."""

    run: Run | None = None
    outcome: Outcome | None = None
    why_missing: str = ""
    note: str | None = None
    """Why another tool looked on than the one that was asked for."""

    @property
    def seen(self) -> Mapping[str, Any]:
        """What the instrument reported; empty if it could not."""
        if self.outcome is None or self.outcome.instrument is None:
            return {}
        return self.outcome.instrument


def look_on(runner: TaskRunner, order: InstrumentOrder, bare: Run) -> Look:
    """Look on; once more without a profiler, if the task uses one itself."""
    look = _look(runner, order)
    clash = _clash(order.name, look, bare) if order.name in _PROFILERS else None
    if clash is None:
        return look
    after = max(_LEAST_PATIENCE, _SLOW_TOOL * (bare.duration_seconds or 0.0))
    if order.stop_after_seconds is not None:
        after = min(after, order.stop_after_seconds)
    again = _look(
        runner, replace(order, without_profiler=True, stop_after_seconds=after)
    )
    if "total" not in again.seen:
        return replace(look, note=clash)
    if again.seen.get("stopped") == "time":
        slow = f"{again.seen['tool']} slows the task down: after"
        clash += f"; {slow} {format_duration(after)} it had not got to its end"
    return replace(again, note=clash)


_PROFILERS = {"cpu": "pyinstrument", "memory": "memray"}
"""Of which a process can have but one at a time."""


def _clash(name: InstrumentName, look: Look, bare: Run) -> str | None:
    """Return how the task and the instrument were in each other's way."""
    run, tool = look.run, _PROFILERS[name]
    if name == "cpu" and look.seen.get("stopped"):
        return None  # the exception that stops the task may take the hook away itself
    if look.seen.get("clash"):
        return f"{look.seen['clash']}, so {tool} lost its lines"
    if run is None or run.error is None or look.seen.get("stopped"):
        return None
    if bare.error is not None and bare.error.type == run.error.type:
        return None
    return f"under {tool} the task raised {run.error.type}, which it does not alone"


def _look(runner: TaskRunner, order: InstrumentOrder) -> Look:
    try:
        made = runner.run_once(instrument=order)
    except TaskError as error:
        return Look(why_missing=str(error))
    outcome = made.outcome
    seen = outcome.instrument or {}
    capture = order.folder / CAPTURE
    if "total" not in seen and capture.exists():
        seen = {**seen, **runner.read_capture(capture, made.loaded)}
        outcome = replace(outcome, instrument=seen)
    return Look(run=made.run, outcome=outcome)
