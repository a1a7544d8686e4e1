"""Read what a record is held against: `--baseline` and `--max-regression`."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

from limerun.errors import ConfigError, RecordError
from limerun.judge.comparison import GATES, MAY_GROW, compare
from limerun.records import Record
from limerun.store import read_record

_EXAMPLE = "memory=5%,duration=25%,queries=0"


def may_grow(text: str | None) -> Mapping[str, float | None]:
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


def base_of(
    baseline: Path | None, max_regression: str | None, task: str
) -> Callable[[Record], Record]:
    """Return what adds the comparison with a base to a record of a task.

    The base is read now: one of another task should not cost a run. Whether data and
    machine are alike is known after it.

    A record that passed takes the comparison's exit code; any other keeps its own.

    Raises:
        ConfigError: `--max-regression` without a base, or not readable.
        RecordError: The base is no record, or of another task.
    """
    if baseline is None:
        if max_regression is not None:
            raise ConfigError("--max-regression has no effect without --baseline")
        return lambda record: record
    limits, base = may_grow(max_regression), read_record(baseline)
    _, colon, name = task.rpartition(":")
    if colon and base.task.name != name:
        raise RecordError(
            f"--baseline: {baseline} is of the task {base.task.name}, and this is "
            f"{name}; name a record of {name}"
        )

    def beside(record: Record) -> Record:
        comparison = compare(base, record, limits)
        return dataclasses.replace(
            record,
            comparison=comparison,
            exit_code=record.exit_code or comparison.exit_code,
        )

    return beside
