"""The facts beside the verdict: what one run took, on what, and how well it is known.

Pure. Each fact is a label and a line.
"""

from collections.abc import Iterator

from limerun.records import DatasetSummary, Fetched, Record, Run, UncleanSource
from limerun.report.growth_words import growth_facts
from limerun.report.plain import one_line
from limerun.report.wording import (
    NOT_MEASURED,
    config_value,
    figure,
    place,
    shown_run,
)
from limerun.units import format_count, format_duration, format_size

Fact = tuple[str, str]
_SHORTEST = 1e-6
"""Seconds; a rate over less says nothing."""


def facts_of(record: Record, base: str) -> tuple[Fact, ...]:
    """Return the facts in reading order; paths are as seen from `base`."""
    run = shown_run(record)
    if record.growth is not None:
        return (*growth_facts(record.growth), *_setting(record, run))
    if run is None:
        return tuple(_setting(record, None))
    return (*_time(record, run), *_work(run), *_memory(run), *_setting(record, run))


def further_facts_of(record: Record, base: str) -> tuple[Fact, ...]:
    """Return the facts that are less often asked for."""
    return (*_further(record, shown_run(record), base),)


def _time(record: Record, run: Run) -> Iterator[Fact]:
    if run.duration_seconds is None:
        yield "time", NOT_MEASURED
        return
    told = format_duration(run.duration_seconds)
    parts = ", ".join(
        f"{label} {format_duration(seconds)}" for label, seconds in time_parts(run)
    )
    yield "time", f"{told}: {parts}" if parts else told
    known = [
        each.duration_seconds
        for each in record.runs
        if each.duration_seconds is not None
    ]
    if len(record.runs) > 1 and known:
        yield (
            "runs",
            f"{len(record.runs)}, from {format_duration(min(known))} to "
            f"{format_duration(max(known))}; shown is the one with the most memory",
        )


def time_parts(run: Run) -> tuple[tuple[str, float], ...]:
    """Return what the duration is made of, in seconds; nothing if that is not known."""
    split = run.time_split
    if split is None:
        return ()
    parts = (
        ("CPU", split.cpu_seconds),
        ("database", split.database_seconds),
        ("waiting", split.wait_seconds),
    )
    seen = run.database_seconds is not None
    return tuple(part for part in parts if seen or part[0] != "database")


def _work(run: Run) -> Iterator[Fact]:
    rows = run.rows_processed
    if rows is None:
        yield "rows", NOT_MEASURED
    else:
        # Files are read ahead by blocks: what a task that broke off took is less.
        most = "" if run.ending == "returned" else "at most "
        told = f"{most}{format_count(rows)} read"
        if run.duration_seconds is not None and run.duration_seconds >= _SHORTEST:
            told += f", {format_count(round(rows / run.duration_seconds))} a second"
        yield "rows", told
    for each in run.fetched:
        yield "fetched", _fetched(each)
    if run.queries is not None:
        queries = run.queries
        told = f"{format_count(queries.total)}"
        if rows:
            told += f", {figure(queries.total / rows, 'queries/row')} a row"
        told += (
            f": {format_count(queries.reads)} reading, "
            f"{format_count(queries.writes)} writing"
        )
        if queries.distinct is not None:
            told += f", {format_count(queries.distinct)} distinct"
        yield "queries", told
        yield "commits", _commits(run)
    else:
        yield "queries", NOT_MEASURED


def _fetched(fetched: Fetched) -> str:
    told = [f"{format_count(fetched.requests)} requests"]
    if fetched.refused:
        told.append(f"{format_count(fetched.refused)} refused with 429")
    if fetched.failed:
        told.append(f"{format_count(fetched.failed)} failed with 500 or 503")
    seconds = format_duration(fetched.answering_seconds)
    return f"{one_line(fetched.source, 40)}: {', '.join(told)}; {seconds} to answer"


def _commits(run: Run) -> str:
    told = format_count(run.queries.commits) if run.queries else NOT_MEASURED
    transactions = run.transactions
    if transactions is None or not transactions.count:
        return told
    if transactions.count == 1:
        return f"{told}; one transaction of {_objects(transactions.max_objects)}"
    median = transactions.median_objects
    if median is None:  # a killed worker tells the most alone
        return f"{told}; transactions of {_objects(transactions.max_objects)} at most"
    return (
        f"{told}; transactions of {_objects(median)} in the median, "
        f"{format_count(transactions.max_objects)} at most"
    )


def _objects(count: float) -> str:
    return f"{format_count(count)} object{'' if count == 1 else 's'}"


def _memory(run: Run) -> Iterator[Fact]:
    memory = run.memory
    if memory.peak_bytes is None:
        yield "memory", NOT_MEASURED
        return
    told = f"peak {format_size(memory.peak_bytes)}"
    if memory.baseline_bytes is not None:
        told += f", idle {format_size(memory.baseline_bytes)}"
    if memory.largest_child_bytes is not None:
        told += f", largest child {format_size(memory.largest_child_bytes)}"
    method = one_line(memory.method, 200)
    if memory.exact:
        yield "memory", f"{told}; exact ({method})"
    else:
        yield "memory", f"{told}; not exact ({method})"
        if memory.note:
            yield "", one_line(memory.note, 200)
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
        told = f"{format_count(run.lime_objects.max_alive)} in memory at once, at most"
        where = place(run.lime_objects.location, base)
        yield "objects", f"{told}; most made at {where}" if where else told
    if run is not None and run.cpu_seconds is not None:
        told = format_duration(run.cpu_seconds)
        system = format_duration(run.cpu_system_seconds or 0.0)
        yield "cpu", f"{told} in all, {system} of it in the system"
    if run is not None and run.worst_gap_seconds is not None:
        gap = format_duration(run.worst_gap_seconds)
        yield "samples", f"{gap} apart at the most"
    if record.dataset is not None:
        yield (
            "data",
            f"{one_line(record.dataset.fingerprint, 64)}, {_made(record.dataset)}",
        )
    machine = record.machine
    yield (
        "machine",
        f"{format_count(machine.cpus)} CPUs, {format_size(machine.memory_bytes)}, "
        f"Python {one_line(machine.python, 20)}, {one_line(machine.os, 60)}",
    )
    yield (
        "limerun",
        f"{one_line(record.limerun_version, 20)}, {one_line(record.started_at, 40)}",
    )


def _made(dataset: DatasetSummary) -> str:
    if dataset.cached:
        return "from the cache"
    return f"made in {format_duration(dataset.seconds)}"


def _dataset(dataset: DatasetSummary) -> str:
    told = [
        f"{one_line(name, 40)} {format_count(rows)}"
        for rows_of in (dataset.rows, dataset.sources)
        for name, rows in rows_of.items()
        if rows
    ]
    shown = ", ".join(told[:6]) + (f" and {len(told) - 6} more" if told[6:] else "")
    return f"{shown}; seed {dataset.seed}" if shown else f"seed {dataset.seed}"


def _unclean(unclean: UncleanSource) -> str:
    told = [
        f"{format_count(rows)} {what}"
        for rows, what in (
            (unclean.duplicates, "repeats"),
            (unclean.missing, "with a value missing"),
            (unclean.malformed, "with a malformed value"),
        )
        if rows
    ]
    return f"rows of {one_line(unclean.source, 40)}: {', '.join(told)}"


def _database(record: Record, run: Run) -> str:
    url = str(record.config.values.get("database.url") or "sqlite")
    scheme = one_line(url.partition(":")[0], 40)
    embedded = scheme == "sqlite"
    name = "embedded SQLite" if embedded else scheme.partition("+")[0]
    latency = config_value(record, "database.latency")
    if latency in ("not set", "0 ms", "0 s", "0"):
        latency = "no latency (a server adds some)" if embedded else "no latency added"
    else:
        latency = f"{latency} latency"
    return f"{name}, {_PLATFORMS.get(str(run.platform), 'no platform')}, {latency}"


_PLATFORMS = {"stand-in": "stand-in platform", "installed": "installed platform"}
