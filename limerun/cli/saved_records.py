"""Read saved records, and compare a new record with the one given as `--baseline`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from limerun.errors import ConfigError, RecordError
from limerun.judge.record_comparison import (
    EFFECT,
    ERRORS,
    GATES,
    MAY_GROW,
    compare,
)
from limerun.records import Record
from limerun.records.store import from_json

_EXAMPLE = "memory=5%,duration=25%,queries=0"
_LIMIT_WORDS: Mapping[str, Mapping[str, float | None]] = {
    EFFECT: {"same": 0.0, "off": None},
    ERRORS: {"none": 0.0, "off": None},
}


def read_record(path: str | Path) -> Record:
    """Return the record in a file.

    Raises:
        RecordError: The file cannot be read, or contains no record that this version
            understands; the message starts with the path.
    """
    try:
        return from_json(Path(path).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RecordError(
            f"{path}: this is not a record: byte {error.start} is not UTF-8"
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(f"{path}: cannot read the record: {reason}") from error
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from error


def read_max_regression(text: str | None) -> Mapping[str, float | None]:
    """Return the share by which each figure may grow; None if it is not judged.

    Args:
        text: `FIGURE=LIMIT`, separated by commas; a limit is a percentage, 0 or off.
            A figure that is not named keeps its default. `effect=same` also judges the
            effect, and `errors=off` does not judge new findings at level error.

    Raises:
        ConfigError: A figure or a share is invalid.
    """
    limits: dict[str, float | None] = dict(MAY_GROW)
    for part in (text or "").split(","):
        if not part.strip():
            continue
        name, equals, share = (each.strip() for each in part.partition("="))
        words = _LIMIT_WORDS.get(name, {})
        if share in words:
            limits[name] = words[share]
            continue
        if name not in GATES or not equals:
            raise ConfigError(
                f"--max-regression: {part.strip()!r} is invalid: write it like "
                f"{_EXAMPLE}; the figures are {', '.join(GATES)}; effect is same or off, "
                "errors is none or off"
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
            f"--max-regression: {name}={text} is invalid: write a percentage such as "
            "5%, 0 or off"
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

    It is read before the run, so that a baseline of another task is refused early. The
    dataset and the machine can be compared only after the run.

    Raises:
        ConfigError: `--max-regression` is invalid, or given without a baseline.
        RecordError: The file is not a record, or the record of another task.
    """
    if path is None:
        if max_regression is not None:
            raise ConfigError("--max-regression has no effect without --baseline")
        return None
    limits, record = read_max_regression(max_regression), read_record(path)
    _, colon, name = task.rpartition(":")
    if colon and record.task.name != name:
        raise RecordError(
            f"--baseline: {path} is a record of the task {record.task.name}, not of "
            f"{name}; use a record of {name}"
        )
    return Baseline(record=record, may_grow=limits)


def with_comparison(record: Record, baseline: Baseline | None) -> Record:
    """Return the record with its comparison to the baseline, if there is one.

    A record that passed gets the comparison's exit code; any other keeps its own.
    """
    if baseline is None:
        return record
    comparison = compare(baseline.record, record, baseline.may_grow)
    return replace(
        record,
        comparison=comparison,
        exit_code=record.exit_code or comparison.exit_code,
    )
