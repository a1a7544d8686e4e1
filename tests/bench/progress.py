"""How well a stopped run's own progress predicts the duration of all rows."""

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from limerun.engine.local import LocalWorker
from limerun.measure.pace import TaskPace, predicted_duration
from limerun.measure.summary import summarize
from limerun.progress import Progress
from limerun.records import PredictedDuration, Run
from tests.bench.figures import figure, heading
from tests.bench.measuring import LAUNCH
from tests.bench.paced_tasks import SIZES
from tests.builders import IDLE, OPENING

SHARES = (0.10, 0.25)
_TASKS = Path(__file__).with_name("paced_tasks.py")
_TIMEOUT = 1_200.0

Reading = tuple[float, int]
"""Seconds since the start, and rows read by then."""


def progress() -> None:
    """Run each task once; predict its duration from the readings of its first part."""
    heading("Duration of all rows, predicted from a run stopped at 10 % and 25 %")
    widths: list[float] = []
    contained: list[bool] = []
    for task, rows in SIZES.items():
        run, readings = _run(task, rows)
        true = run.uncontended_seconds or run.duration_seconds or 0.0
        for share in SHARES:
            name = f"{task.__name__}, {true:.0f} s, {share:.0%}"
            predicted = _predicted(run, readings, rows, share)
            if predicted is None:
                figure(name, "too little progress", "", None)
                continue
            low, likely, high = (
                seconds / true
                for seconds in (
                    predicted.low_seconds,
                    predicted.likely_seconds,
                    predicted.high_seconds,
                )
            )
            widths.append(high / low)
            contained.append(low <= 1 <= high)
            told = f"{likely:.2f} ({low:.2f} to {high:.2f})"
            figure(name, told, "contains 1", contained[-1])
    share = sum(contained) / len(contained)
    figure("ranges that contain the truth", f"{share:.0%}", "90 %", share >= 0.9)
    width = statistics.median(widths)
    figure("median width (high / low)", f"{width:.1f}", "4", width <= 4)


def _predicted(
    run: Run, readings: Sequence[Reading], rows: int, share: float
) -> PredictedDuration | None:
    pace = TaskPace()
    for seconds, read in readings:
        pace.mark(seconds, read)
        if read >= share * rows:
            break
    stopped = replace(
        run,
        ending="killed",
        killed_because="interrupted",
        uncontended_seconds=pace.last[0],
    )
    return predicted_duration(stopped, pace, rows)


def _run(task: Callable[[str], object], rows: int) -> tuple[Run, list[Reading]]:
    readings: list[Reading] = []

    def follow(seconds: float, _above: int, read: int, _total: int | None) -> bool:
        readings.append((seconds, read))
        return False

    with TemporaryDirectory() as folder:
        source = Path(folder) / "rows.jsonl"
        with source.open("w", encoding="utf-8") as file:
            file.writelines(_lines(rows))
        opening = replace(
            OPENING,
            parameters={"path": str(source)},
            source_files=((source, rows),),
            rows_total=rows,
        )
        launch = replace(
            LAUNCH, task=f"{_TASKS}:{task.__name__}", timeout_seconds=_TIMEOUT
        )
        with LocalWorker(launch, Progress(), follow) as worker:
            worker.load()
            outcome = worker.run(opening)
    return summarize(outcome, idle_baseline_bytes=IDLE, source_rows=rows), readings


def _lines(rows: int) -> Iterator[str]:
    for row in range(rows):
        yield json.dumps({"number": f"K-{row:07d}", "name": "x" * 20}) + "\n"
