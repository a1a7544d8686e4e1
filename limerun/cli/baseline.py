"""Read `--baseline` and `--max-regression`, and compare a record with the baseline."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.cli.record_file import read_record
from limerun.errors import ConfigError, RecordError
from limerun.judge.record_comparison import GATES, MAY_GROW, compare
from limerun.records import Record

_EXAMPLE = "memory=5%,duration=25%,queries=0"


def read_max_regression(text: str | None) -> Mapping[str, float | None]:
    """Return by figure the share that it may grow by; None: it is not judged.

    Args:
        text: `FIGURE=SHARE` with commas between; a share is a percentage, 0, or
            off. What is not named keeps its default.

    Raises:
        ConfigError: A figure that cannot be judged, or no share.
    """
    limits: dict[str, float | None] = dict(MAY_GROW)
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, equals, share = (each.strip() for each in part.partition("="))
        if name not in GATES or not equals:
            raise ConfigError(
                f"--max-regression: {part.strip()!r}: write it like {_EXAMPLE}; "
                f"there are {', '.join(GATES)}"
            )
        limits[name] = _share(name, share)
    return limits


def _share(name: str, text: str) -> float | None:
    if text == "off":
        return None
    number, percent, rest = text.partition("%")
    try:
        share = float(number) / 100
    except ValueError:
        share = -1.0
    if rest or not 0 <= share < 1000 or (share and not percent):
        raise ConfigError(
            f"--max-regression: {name}={text}: write a percentage such as 5%, 0 or off"
        )
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The record to compare with, and the share by which each figure may grow."""

    record: Record
    may_grow: Mapping[str, float | None]


def read_baseline(
    path: Path | None, max_regression: str | None, task: str
) -> Baseline | None:
    """Return the baseline for a run of a task; None if no path was given.

    It is read before the run: one of another task should not cost a run. After the
    run it is known whether data and machine are alike.

    Raises:
        ConfigError: `--max-regression` without a baseline, or not readable.
        RecordError: The baseline is no record, or of another task.
    """
    if path is None:
        if max_regression is not None:
            raise ConfigError("--max-regression has no effect without --baseline")
        return None
    limits, record = read_max_regression(max_regression), read_record(path)
    _, colon, name = task.rpartition(":")
    if colon and record.task.name != name:
        raise RecordError(
            f"--baseline: {path} is of the task {record.task.name}, and this is "
            f"{name}; name a record of {name}"
        )
    return Baseline(record=record, may_grow=limits)


def with_comparison(record: Record, baseline: Baseline | None) -> Record:
    """Return the record with its comparison to a baseline, if there is one.

    A record that passed takes the comparison's exit code; any other keeps its own.
    """
    if baseline is None:
        return record
    comparison = compare(baseline.record, record, baseline.may_grow)
    return replace(
        record,
        comparison=comparison,
        exit_code=record.exit_code or comparison.exit_code,
    )
