"""Growth predicted from runs at rising sizes, and the true cost at 10x and 30x.

The runs are bare processes, as hundreds of workers would take too long;
what is made of it is `limerun estimate`'s own. big_O is given the same times.
"""

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from limerun.measure.growth.growth_summary import growth_of
from limerun.measure.growth.size_points import RunsAtSizes
from limerun.records import Growth, GrowthRun
from tests.bench.figures import console, figure, heading
from tests.bench.growing import WORKLOADS, Workload, cpu_and_memory
from tests.builders import BUDGET, a_growth_run

SIZES = 7
PASSES = 5
HORIZONS = {10: 2, 30: 1}
"""Times the largest size, and runs that the truth is the least of."""
_TOLD_BYTES = 2_000_000
"""Less memory than this is the interpreter's own."""


@dataclass(frozen=True)
class Outcome:
    """One workload at one distance: the prediction and the true value."""

    workload: Workload
    times: int
    seconds: float
    low: float
    likely: float
    high: float
    size: int
    size_likely: float
    size_held: bool
    big_o: float | None
    """None: it raised."""

    @property
    def held(self) -> bool:
        return self.low <= self.seconds <= self.high

    @property
    def off(self) -> float:
        return _off(self.likely, self.seconds)


def growth() -> None:
    """Print the error of predictions, and how often the range contains the true value."""
    heading(f"Growth: {SIZES} sizes, {PASSES} passes; predicted over true CPU time")
    outcomes = [each for workload in WORKLOADS for each in _outcomes(workload)]
    regular = [each for each in outcomes if each.workload.regular]
    for times in HORIZONS:
        _factors(f"regular work at {times}x", regular, times, (1.3, 2.0))
        others = [each for each in outcomes if not each.workload.regular]
        _factors(f"work that changes above the sizes at {times}x", others, times, None)
    held = sum(each.held for each in outcomes)
    figure(
        "ranges that hold the true CPU time",
        f"{held} of {len(outcomes)}",
        "nine in ten",
        held >= 0.9 * len(outcomes),
    )
    widths = statistics.median(each.high / each.low for each in regular)
    figure("width of a range, high over low, regular work", f"{widths:.1f}", "", None)
    _memory([each for each in outcomes if each.size > _TOLD_BYTES])
    _big_o(outcomes)


def _outcomes(workload: Workload) -> Iterator[Outcome]:
    runs = _growth_runs(workload)
    for times, repeats in HORIZONS.items():
        rows = workload.top * times
        grown = growth_of(
            RunsAtSizes(
                grow="sources", to_rows=rows, within_seconds=0, seconds=0, runs=runs
            ),
            BUDGET,
        )
        truth = [cpu_and_memory(workload, rows) for _ in range(repeats)]
        if not any(each.unit == "seconds" for each in grown.predictions):
            console.print(f"        {workload.name:<26} {times:>3}x  too noisy to tell")
            continue
        outcome = _outcome(workload, times, grown, truth)
        said = "-" if outcome.big_o is None else f"{outcome.big_o:.2f}"
        console.print(
            f"        {workload.name:<26} {times:>3}x  "
            f"{outcome.likely / outcome.seconds:5.2f} "
            f"({outcome.low / outcome.seconds:.2f} to "
            f"{outcome.high / outcome.seconds:.2f})"
            f"{'' if outcome.held else ' MISSED'}   big_O {said}   memory "
            f"{outcome.size_likely / outcome.size:.2f}"
            f"{'' if outcome.size_held else ' MISSED'}"
        )
        yield outcome


def _growth_runs(workload: Workload) -> tuple[GrowthRun, ...]:
    sizes = [max(1, workload.top >> halvings) for halvings in reversed(range(SIZES))]
    runs = []
    for _ in range(PASSES):
        for rows in sizes:
            seconds, size = cpu_and_memory(workload, rows)
            run = a_growth_run(rows, seconds, task_bytes=size, calibration_seconds=None)
            runs.append(run)
    return tuple(runs)


def _outcome(
    workload: Workload,
    times: int,
    grown: Growth,
    truth: Sequence[tuple[float, int]],
) -> Outcome:
    told = {each.name: each for each in grown.predictions}
    duration, memory = told["duration.budget"], told["memory.task"]
    seconds, size = (min(figures) for figures in zip(*truth, strict=True))
    said = _big_o_at(grown, workload.top * times)
    return Outcome(
        workload=workload,
        times=times,
        seconds=seconds,
        low=duration.low,
        likely=duration.likely,
        high=duration.high,
        size=size,
        size_likely=memory.likely,
        size_held=memory.low <= size <= memory.high,
        big_o=None if said is None else said / seconds,
    )


def _big_o_at(grown: Growth, rows: int) -> float | None:
    """Return the prediction of big_O's best class for a size, from the same sizes."""
    from big_o import infer_big_o_class

    sizes = np.array([float(size_point.rows) for size_point in grown.size_points])
    taken = np.array([size_point.duration_seconds for size_point in grown.size_points])
    try:
        best, _ = infer_big_o_class(sizes, taken)
        return float(best.compute(np.array([float(rows)]))[0])
    except Exception:
        return None


def _off(told: float, true: float) -> float:
    """Return the factor by which a prediction was too high or too low."""
    return math.exp(abs(math.log(max(told, 1e-9) / true)))


def _factors(
    what: str,
    outcomes: Sequence[Outcome],
    times: int,
    targets: tuple[float, float] | None,
) -> None:
    off = [each.off for each in outcomes if each.times == times]
    median, worst = statistics.median(off), max(off)
    reached = None
    if targets is not None:
        reached = median <= targets[0] and worst <= targets[1]
    figure(
        f"{what}: median, worst",
        f"{median:.2f}x, {worst:.2f}x",
        "" if targets is None else f"{targets[0]}x, {targets[1]:g}x",
        reached,
    )


def _memory(outcomes: Sequence[Outcome]) -> None:
    off = [_off(each.size_likely, each.size) for each in outcomes]
    figure(
        f"memory, {len(off)} predictions: median, worst",
        f"{statistics.median(off):.2f}x, {max(off):.2f}x",
        "1.10x median",
        statistics.median(off) <= 1.1,
    )
    held = sum(each.size_held for each in outcomes)
    figure(
        "ranges that hold the true memory",
        f"{held} of {len(outcomes)}",
        "nine in ten",
        held >= 0.9 * len(outcomes),
    )


def _big_o(outcomes: Sequence[Outcome]) -> None:
    told = [_off(each.big_o, 1.0) for each in outcomes if each.big_o is not None]
    ours = [each.off for each in outcomes]
    raised = len(outcomes) - len(told)
    figure(
        "all work: median, worst",
        f"{statistics.median(ours):.2f}x, {max(ours):.2f}x",
        "",
        None,
    )
    figure(
        f"big_O on the same sizes (raised {raised} times)",
        f"{statistics.median(told):.2f}x, {max(told):.3g}x",
        "",
        None,
    )
