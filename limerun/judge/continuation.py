"""List why an estimate cannot continue from the runs of a saved record. Pure."""

import json
from collections.abc import Iterator, Mapping

from limerun.judge.comparability import machine_differences
from limerun.records import Json, Machine, Record
from limerun.units import format_count

_IRRELEVANT = ("budget", "cloud_limit", "environment", "production", "rules", "timeout")
"""Sections of the config that do not affect the figures of a successful run."""


def continuation_problems(
    record: Record,
    *,
    values: Mapping[str, Json],
    grow: str,
    to_rows: int,
    machine: Machine,
    limerun_version: str,
) -> tuple[str, ...]:
    """Return each reason as text; empty if the runs can be continued.

    Args:
        record: The saved record.
        values: The config values of the new estimate.
        grow: The part of the data that grows in the new estimate.
        to_rows: The size that the new estimate predicts.
        machine: This machine.
        limerun_version: Version of limerun that runs the new sizes.
    """
    growth = record.growth
    if growth is None or not growth.runs:
        return ("it has no runs of limerun estimate",)
    if growth.ended_at_rows is not None:
        return (
            f"its task did not return at {format_count(growth.ended_at_rows)} rows",
        )
    problems = []
    if record.limerun_version != limerun_version:
        problems.append(f"limerun: {record.limerun_version} and {limerun_version}")
    if growth.grow != grow:
        problems.append(f"--grow: {growth.grow} and {grow}")
    if growth.to_rows != to_rows:
        sizes = (format_count(each) for each in (growth.to_rows, to_rows))
        problems.append(f"--to: {' and '.join(sizes)}")
    return (
        *problems,
        *_values(record.config.values, values),
        *machine_differences(record.machine, machine),
    )


def database_differences(record: Record, after: Mapping[str, int]) -> Iterator[str]:
    """Yield each limetype whose row count in the database has changed."""
    before = record.dataset.rows if record.dataset else {}
    for name in dict.fromkeys((*before, *after)):
        rows = [each.get(name, 0) for each in (before, after)]
        if rows[0] != rows[1]:
            counts = " and ".join(map(format_count, rows))
            yield (
                f"rows of {name} in the database: {counts} "
                "(production.rows, --database-rows)"
            )


def _values(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[str]:
    for key in dict.fromkeys((*before, *after)):
        if key.partition(".")[0] in _IRRELEVANT:
            continue
        texts = [
            "nothing" if each.get(key) is None else json.dumps(each[key])
            for each in (before, after)
        ]
        if texts[0] != texts[1]:
            yield f"{key}: {' and '.join(texts)}"
