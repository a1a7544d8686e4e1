"""Turn a folder's records into the history of each task. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

from limerun.records import Record
from limerun.report.content.headlines import Tone, headline
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import figure, shown_run, timed_run
from limerun.units import format_count


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One record of a history."""

    at: str
    word: str
    tone: Tone
    memory_bytes: float | None
    duration_seconds: float | None
    queries: int | None
    rows: int | None
    version: str
    is_other: bool
    """The data or the machine differs from the previous record."""

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells of a table row, in the order of `HEADS`."""
        counts = (
            "" if each is None else format_count(each)
            for each in (self.queries, self.rows)
        )
        return (
            self.at,
            self.word,
            figure(self.memory_bytes, "bytes"),
            figure(self.duration_seconds, "seconds"),
            *counts,
            self.version,
            OTHER if self.is_other else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskHistory:
    """The records of one task with the same parameters and rows, the oldest first."""

    task: str
    config: str
    variant: str
    """Parameters and numbers of rows in which histories of this task and config
    differ."""
    entries: tuple[HistoryEntry, ...]
    budget_bytes: float | None
    """The memory budget in the last record, in bytes."""
    budget_seconds: float | None


HEADS = (
    "when",
    "verdict",
    "task memory",
    "duration",
    "queries",
    "rows",
    "limerun",
    "conditions",
)
OTHER = "different data or machine"


def histories_of(records: Iterable[Record]) -> tuple[TaskHistory, ...]:
    """Return one history for each task, config, parameters and numbers of rows.

    Figures for different parameters or sizes do not form a trend. Records of
    `limerun run` are left out.
    """
    groups: dict[tuple[str, str], dict[_Input, list[Record]]] = {}
    for record in sorted(records, key=_moment):
        if record.command == "run":
            continue
        key = record.task.name, PurePath(record.config.path).name
        inputs = groups.setdefault(key, {})
        inputs.setdefault(_input_of(record), []).append(record)
    return tuple(
        _history(*key, _variant(each, tuple(inputs)), group)
        for key, inputs in sorted(groups.items())
        for each, group in inputs.items()
    )


_Input = tuple[tuple[str, str], ...]
"""Names and values of the inputs that determine how much a task has to do."""


def _input_of(record: Record) -> _Input:
    """Return the task's parameters, and the rows of each limetype and source."""
    data = record.dataset
    rows = {} if data is None else {**data.rows, **data.sources}
    return (
        *((name, json.dumps(value)) for name, value in record.task.parameters.items()),
        *((f"rows of {name}", format_count(count)) for name, count in rows.items()),
    )


def _variant(own: _Input, all_of_task: Sequence[_Input]) -> str:
    """Return the values in which the inputs of a task differ; "" if there are none."""
    shared = set(own).intersection(*all_of_task)
    return ", ".join(
        f"{one_line(name, 40)} {one_line(value, 40)}"
        for name, value in own
        if (name, value) not in shared
    )


def _moment(record: Record) -> datetime:
    try:
        return datetime.fromisoformat(record.started_at).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _history(
    task: str, config: str, variant: str, records: Sequence[Record]
) -> TaskHistory:
    limits = {check.name: check.limit for check in records[-1].checks}
    previous: list[Record | None] = [None, *records]
    return TaskHistory(
        task=one_line(task, 100),
        config=one_line(config, 100),
        variant=one_line(variant, 200),
        entries=tuple(
            _entry(record, before)
            for record, before in zip(records, previous, strict=False)
        ),
        budget_bytes=limits.get("memory.task"),
        budget_seconds=limits.get("duration.budget"),
    )


def _entry(record: Record, before: Record | None) -> HistoryEntry:
    run, timed = shown_run(record), timed_run(record)
    line = headline(record)
    at = _moment(record)
    return HistoryEntry(
        at=one_line(record.started_at, 20) if at.year == 1 else f"{at:%Y-%m-%d %H:%M}",
        word=line.word,
        tone=line.tone,
        memory_bytes=run.memory.task_bytes if run else None,
        duration_seconds=timed.judged_seconds if timed else None,
        queries=run.queries.total if run and run.queries else None,
        rows=run.rows_processed if run else None,
        version=one_line(record.limerun_version, 20),
        is_other=before is not None and _conditions(before) != _conditions(record),
    )


def _conditions(record: Record) -> tuple[object, ...]:
    machine = record.machine
    data = record.dataset.fingerprint if record.dataset else None
    return data, machine.cpus, machine.os.partition("-")[0]
