"""Create the facts below the verdict: a run's figures, data and accuracy. Pure.

Each fact is a label and a line.
"""

from collections.abc import Iterator

from limerun.records import (
    DatasetSummary,
    Lint,
    Record,
    Run,
    UncleanSource,
)
from limerun.report.content.contention_text import contention_lines, predicted_span
from limerun.report.content.growth_facts import growth_facts
from limerun.report.content.improvement_text import improvement_facts
from limerun.report.content.resilience_text import resilience_facts
from limerun.report.content.safe_text import one_line, shown_path
from limerun.report.content.sentences import (
    NOT_MEASURED,
    config_value,
    place,
    shown_run,
    timed_run,
)
from limerun.report.content.work_facts import work_facts
from limerun.units import format_bounds, format_count, format_duration, format_size

Fact = tuple[str, str]


def facts_of(record: Record, base: str) -> tuple[Fact, ...]:
    """Return the facts in reading order; paths are relative to `base`."""
    run = shown_run(record)
    if record.lint is not None:
        return tuple(_linted(record.lint, base))
    if record.growth is not None:
        return (*growth_facts(record.growth), *_setting(record, run))
    if record.resilience is not None:
        return (*resilience_facts(record.resilience), *_setting(record, run))
    if run is None:
        return tuple(_setting(record, None))
    return (
        *improvement_facts(record),
        *_last_line(run, base),
        *_all_rows(run),
        *_time(record, timed_run(record) or run),
        *work_facts(run),
        *_memory(run),
        *_setting(record, run),
    )


def further_facts_of(record: Record, base: str) -> tuple[Fact, ...]:
    """Return the facts that readers need less often."""
    return (*_further(record, shown_run(record), base),)


def _linted(lint: Lint, base: str) -> Iterator[Fact]:
    """Yield each task with its findings, and what was not checked."""
    for task in lint.tasks:
        counts = (
            (task.errors, "error"),
            (task.warnings, "warning"),
            (task.notes, "note"),
        )
        parts = [
            f"{count} {name}{'s' * (count > 1)}" for count, name in counts if count
        ]
        where = f"{shown_path(task.file, base)}:{task.line}"
        found = ", ".join(parts) or "no findings"
        yield "task", f"{one_line(task.name, 100)} ({where}): {found}"
    for each in lint.missing:
        yield "missing", f"not checked: {one_line(each, 300)}"


def _last_line(run: Run, base: str) -> Iterator[Fact]:
    """Yield the last line of a run that did not return, and when it read its last row."""
    if run.ending == "returned":
        return
    line = run.last_line
    if line is not None:
        function = f" in {one_line(line.function, 100)}" if line.function else ""
        yield "line", f"{shown_path(line.file, base)}:{line.line}{function}"
    elif run.last_line_why is not None:
        yield "line", f"unknown: {one_line(run.last_line_why, 200)}"
    read, seconds = run.rows_read_seconds, run.duration_seconds
    if read is not None and seconds is not None and run.rows_processed:
        before = format_duration(max(0.0, seconds - read))
        rows = format_count(run.rows_processed)
        yield (
            "last row",
            f"{rows} rows were read, the last one {before} before the end",
        )


def _all_rows(run: Run) -> Iterator[Fact]:
    predicted = run.predicted_duration
    if predicted is not None:
        done, total = predicted.rows_done, predicted.rows_total
        yield (
            "all rows",
            f"predicted to take {predicted_span(run)}, most likely "
            f"{format_duration(predicted.likely_seconds)}, from the pace of the first "
            f"{format_count(done)} of {format_count(total)} rows",
        )


def _time(record: Record, run: Run) -> Iterator[Fact]:
    if run.duration_seconds is None:
        yield "time", NOT_MEASURED
        return
    text = format_duration(run.duration_seconds)
    parts = ", ".join(
        f"{label} {format_duration(seconds)}" for label, seconds in time_parts(run)
    )
    yield "time", f"{text}: {parts}" if parts else text
    yield from (("", line) for line in contention_lines(run))
    known = [
        each.duration_seconds
        for each in record.runs
        if each.duration_seconds is not None
    ]
    if len(record.runs) > 1 and known:
        yield (
            "runs",
            f"{len(record.runs)}, from {format_duration(min(known))} to "
            f"{format_duration(max(known))}; the time is from the median run, the "
            "other figures are from the run with the most memory",
        )


def time_parts(run: Run) -> tuple[tuple[str, float], ...]:
    """Return the parts of the duration in seconds; empty if they are unknown."""
    parts = (
        ("CPU", run.cpu_seconds),
        ("database", run.database_seconds),
        ("waiting", run.waiting_seconds),
        ("contention", run.contention_seconds),
    )
    return tuple((label, each) for label, each in parts if each is not None)


def _memory(run: Run) -> Iterator[Fact]:
    memory = run.memory
    if memory.peak_bytes is None:
        yield "memory", NOT_MEASURED
        return
    text = f"peak {format_size(memory.peak_bytes)}"
    if memory.baseline_bytes is not None:
        text += f", idle {format_size(memory.baseline_bytes)}"
    if memory.largest_child_bytes is not None:
        text += f", largest child {format_size(memory.largest_child_bytes)}"
    method = one_line(memory.method, 200)
    if memory.exact:
        yield "memory", f"{text}; exact ({method})"
    else:
        yield "memory", f"{text}; not exact ({method})"
        if memory.task_low_bytes not in (None, memory.task_high_bytes):
            bounds = format_bounds(memory.task_low_bytes, memory.task_high_bytes)
            yield "", f"the task used {bounds}"
        if memory.why:
            yield "", one_line(memory.why, 300)
    if not run.baseline_flat:
        yield "", "the idle worker's memory did not settle before the task"


def _setting(record: Record, run: Run | None) -> Iterator[Fact]:
    if record.dataset is not None:
        yield "dataset", _dataset(record.dataset)
        for unclean in record.dataset.unclean:
            yield "unclean", _unclean(unclean)
    if run is not None and run.platform is not None:
        yield "database", _database(record, run)


def _further(record: Record, run: Run | None, base: str) -> Iterator[Fact]:
    if run is not None and run.lime_objects is not None:
        text = f"at most {format_count(run.lime_objects.max_alive)} in memory at once"
        where = place(run.lime_objects.location, base)
        yield "objects", f"{text}; most created at {where}" if where else text
    if run is not None and run.total_cpu_seconds is not None:
        text = format_duration(run.total_cpu_seconds)
        system = format_duration(run.cpu_system_seconds or 0.0)
        yield "cpu", f"{text} in total, {system} of it in the kernel"
    if run is not None and run.worst_gap_seconds is not None:
        gap = format_duration(run.worst_gap_seconds)
        yield "samples", f"at most {gap} apart"
    if record.dataset is not None:
        yield (
            "data",
            f"{one_line(record.dataset.fingerprint, 64)}, {_origin(record.dataset)}",
        )
    machine = record.machine
    yield (
        "machine",
        f"{format_count(machine.cpus)} CPUs, {format_size(machine.memory_bytes)}, "
        f"Python {one_line(machine.python or 'unknown', 20)}, {one_line(machine.os, 60)}",
    )
    yield (
        "limerun",
        f"{one_line(record.limerun_version, 20)}, {one_line(record.started_at, 40)}",
    )


def _origin(dataset: DatasetSummary) -> str:
    if dataset.cached:
        return "from the cache"
    return f"generated in {format_duration(dataset.seconds)}"


def _dataset(dataset: DatasetSummary) -> str:
    parts = [
        f"{one_line(name, 40)} {format_count(rows)}"
        for rows_of in (dataset.rows, dataset.sources)
        for name, rows in rows_of.items()
        if rows
    ]
    shown = ", ".join(parts[:6]) + (f" and {len(parts) - 6} more" if parts[6:] else "")
    return f"{shown}; seed {dataset.seed}" if shown else f"seed {dataset.seed}"


def _unclean(unclean: UncleanSource) -> str:
    parts = [
        f"{format_count(rows)} {what}"
        for rows, what in (
            (unclean.duplicates, "duplicates"),
            (unclean.missing, "with a missing value"),
            (unclean.malformed, "with a malformed value"),
        )
        if rows
    ]
    return f"rows of {one_line(unclean.source, 40)}: {', '.join(parts)}"


def _database(record: Record, run: Run) -> str:
    url = str(record.config.values.get("database.url") or "sqlite")
    scheme = one_line(url.partition(":")[0], 40)
    embedded = scheme == "sqlite"
    name = "embedded SQLite" if embedded else scheme.partition("+")[0]
    latency = config_value(record, "database.latency")
    platform = _PLATFORMS.get(str(run.platform), "no platform")
    if latency not in ("not set", "0 ms", "0 s", "0"):
        return f"{name}, {platform}, {latency} network delay added"
    if embedded:
        return f"{name}, {platform}; a real server is slower"
    return f"{name}, {platform}, no network delay added"


_PLATFORMS = {"stand-in": "stand-in platform", "installed": "installed platform"}
