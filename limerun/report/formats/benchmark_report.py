"""Render a record's figures as `customSmallerIsBetter` JSON. Pure.

It is the format of the "github-action-benchmark" action: a list of names, units and
values, where smaller values are better.
"""

import json
from collections.abc import Iterator, Sequence

from limerun.records import Record, Run
from limerun.report.content.sentences import task_name

_MB = 1_000_000


def render(record: Record, base: str = "") -> str:
    """Return the figures of the completed runs: medians and ranges."""
    done = [run for run in record.runs if run.is_done]
    figures = [
        {
            "name": f"{task_name(record)}: {name}",
            "unit": unit,
            "value": _middle(values),
            "range": f"{max(values) - min(values):g}",
            "extra": f"{len(values)} of {len(record.runs)} runs",
        }
        for name, unit, values in _figures(done)
        if values
    ]
    return json.dumps(figures, indent=2, ensure_ascii=False) + "\n"


def _figures(runs: Sequence[Run]) -> Iterator[tuple[str, str, list[float]]]:
    yield (
        "task memory",
        "MB",
        [
            run.memory.task_bytes / _MB
            for run in runs
            if run.memory.task_bytes is not None
        ],
    )
    yield (
        "duration",
        "s",
        [run.judged_seconds for run in runs if run.judged_seconds is not None],
    )
    yield (
        "CPU time",
        "s",
        [run.total_cpu_seconds for run in runs if run.total_cpu_seconds is not None],
    )
    yield "queries", "queries", [run.queries.total for run in runs if run.queries]
    yield "commits", "commits", [run.queries.commits for run in runs if run.queries]


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return round((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2, 6)
