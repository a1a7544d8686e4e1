"""Estimates at four times the largest size that they ran, and the true durations."""

import math
import os
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from limerun.config.resolve import load_plan
from limerun.judge.growth_findings import growth_findings, judge_predictions
from limerun.measure.growth.growth_summary import growth_of
from limerun.measure.growth.size_points import RunsAtSizes
from limerun.progress import Progress
from limerun.records import Growth, Plan
from limerun.runs.growth.size_series import GrowthQuestion
from limerun.runs.growth.sizes import run_at_sizes
from limerun.runs.preparation import RunContext, design_of
from limerun.runs.task_runner import TaskRunner
from tests.bench.contention import busy_loops
from tests.bench.estimated_tasks import TASKS, EstimatedTask
from tests.bench.figures import console, figure, heading
from tests.builders import a_budget

FILE = Path(__file__).with_name("estimated_tasks.py")
TIMES = 4
"""Rows predicted for, divided by the largest size that is run."""
WITHIN_SECONDS = 60.0
WIDTHS = {0: 2.0, 4: 3.0}
"""Busy loops beside the runs, and the median width (high / low) to reach."""
_BUDGETS = (0.5, 0.8, 1.25, 2.0)
"""Budgets, as multiples of the true duration."""
_STEEP = ("search_a_list", "pop_from_the_front", "insert_sorted", "ask_a_growing_table")
"""Tasks whose duration grows faster than their rows."""


@dataclass(frozen=True)
class Estimated:
    """The estimate of one task, and its true duration."""

    name: str
    growth: Growth
    sized: RunsAtSizes
    truth: float

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the range, divided by the true duration."""
        for found in self.growth.predictions:
            if found.unit == "seconds":
                return found.low / self.truth, found.high / self.truth
        return 0.0, math.inf


def estimate() -> None:
    """Print how many ranges contain the true duration, and how wide they are."""
    for loops, width in WIDTHS.items():
        heading(f"Estimates at {TIMES}x the largest size, beside {loops} busy loops")
        load = os.getloadavg()[0]
        with busy_loops(loops):
            found = []
            for task in TASKS:
                found.append(_estimated(task))
                _print(found[-1])
        console.print(f"        load before {load:.1f}, after {os.getloadavg()[0]:.1f}")
        _figures(found, width)


def _estimated(task: EstimatedTask) -> Estimated:
    name = task.task.__name__
    with TemporaryDirectory() as folder:
        config = Path(folder, "limerun.yaml")
        config.write_text(
            f"task: {FILE}:{name}\n"
            "parameters: {path: '${sources.rows}'}\n"
            f"sources: {{rows: {{format: csv, rows: {task.top * TIMES}, "
            "columns: {number: {kind: sequence}}}}\n"
        )
        plan = load_plan(
            config, command="estimate", options={}, sets=(), environ=os.environ
        )
        context = RunContext(
            design=design_of(plan), cache=Path(folder), progress=Progress()
        )
        for each in ("runs", "datasets"):
            Path(folder, each).mkdir()
        before = _durations(plan, context, 1)
        question = GrowthQuestion(
            to_rows=task.top,
            within_seconds=WITHIN_SECONDS,
            grow=None,
            passes=None,
            database_rows={},
        )
        runs = run_at_sizes(plan, context, question).runs_at_sizes
        truth = statistics.median([*before, *_durations(plan, context, 2)])
    sized = replace(runs, to_rows=task.top * TIMES)
    return Estimated(name, growth_of(sized, a_budget()), sized, truth)


def _durations(plan: Plan, context: RunContext, times: int) -> Iterator[float]:
    with TaskRunner.open(plan, context) as runner:
        for run in runner.run(times).runs:
            assert run.judged_seconds is not None
            yield run.judged_seconds


def _print(each: Estimated) -> None:
    low, high = each.ends
    top = each.growth.size_points[-1]
    console.print(
        f"        {each.name:<22} {each.truth:6.2f} s   {low:.2f} to {high:.2f}"
        f"{'' if low <= 1 <= high else ' MISSED'}   width {_width(each):.2f}, "
        f"largest size {top.duration_seconds:.2f} s in {top.runs} runs"
        f"{' steep' if _is_steep(each) else ''}"
    )


def _width(each: Estimated) -> float:
    low, high = each.ends
    return high / low if low else math.inf


def _is_steep(each: Estimated) -> bool:
    from tests.builders import TASK

    found = growth_findings(TASK, each.growth)
    return any(finding.rule == "duration.growth" for finding in found)


def _figures(found: Sequence[Estimated], most: float) -> None:
    inside = sum(low <= 1 <= high for low, high in (each.ends for each in found))
    reached = inside >= 0.9 * len(found)
    figure("the range contains the truth", f"{inside} of {len(found)}", "90 %", reached)
    width = statistics.median(map(_width, found))
    figure("width (high / low), median", f"{width:.2f}", f"{most:g}", width <= most)
    answers = [answer for each in found for answer in _answers(each)]
    wrong = sum(answer is False for answer in answers)
    figure("wrong answers", f"{wrong} of {len(answers)}", "0", not wrong)
    undecided = sum(answer is None for answer in answers)
    figure("  undecided (exit 6)", f"{undecided} of {len(answers)}", "", None)
    false = [e.name for e in found if _is_steep(e) and e.name not in _STEEP]
    figure("false findings about growth", ", ".join(false) or "0", "0", not false)


def _answers(each: Estimated) -> Iterator[bool | None]:
    """Yield for each budget whether the answer is right; None: the budget is inside."""
    for share in _BUDGETS:
        budget = a_budget(duration=each.truth * share)
        judged = judge_predictions(growth_of(each.sized, budget), budget)
        within = [p.within for p in judged.predictions if p.unit == "seconds"]
        yield within[0] is (share >= 1) if within and within[0] is not None else None
