"""The facts about a run's work: rows, requests, queries, commits. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.records import Fetched, Queries, Retry, Run, RunLog
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import NOT_MEASURED, figure
from limerun.units import format_count, format_duration

_SHORTEST = 1e-6
"""Rates are shown only for runs of at least this many seconds."""
_MOST_SENT = 5
_MOST_LEVELS = 8


def work_facts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield the facts about what a run read and sent."""
    yield from _forks(run)
    yield "rows", _rows(run)
    if run.retries:
        yield "retries", _retries(run.retries)
    if run.sent_tasks:
        yield "sent", _sent(run.sent_tasks)
    for each in run.fetched:
        yield "fetched", _fetched(each)
    if run.queries is not None:
        yield "queries", _queries(run, run.queries)
        yield "commits", _commits(run)
    else:
        yield "queries", _not_measured(run.queries_why)
    if run.log is not None and run.log.lines:
        yield "log", log_text(run.log)


def _forks(run: Run) -> Iterator[tuple[str, str]]:
    if run.forks_left:
        yield (
            "forks",
            f"{run.forks_left} forked child{'ren' * (run.forks_left > 1)} returned from "
            "the task function and ended there",
        )


def _rows(run: Run) -> str:
    rows = run.rows_processed
    if rows is None and run.rows_low is None:
        return _not_measured(run.rows_why)
    # Files are read ahead in blocks: a task that stopped early used fewer rows.
    most = "at most " if rows is None else ""
    rows = (run.rows_high or 0) if rows is None else rows
    text = f"{most}{format_count(rows)} read"
    seconds = run.judged_seconds
    if seconds is not None and seconds >= _SHORTEST:
        text += f", {format_count(round(rows / seconds))} per second"
    return text


def _not_measured(why: str | None) -> str:
    return f"{NOT_MEASURED}: {one_line(why, 200)}" if why else NOT_MEASURED


def _queries(run: Run, queries: Queries) -> str:
    text = f"{format_count(queries.total)}"
    rows = run.rows_processed or run.rows_high
    if rows:
        least = "" if run.rows_processed else "at least "
        text += f", {least}{figure(queries.total / rows, 'queries/row')} per row"
    text += (
        f": {format_count(queries.reads)} reads, {format_count(queries.writes)} writes"
    )
    if queries.distinct is not None:
        text += f", {format_count(queries.distinct)} distinct"
    if queries.failed:
        text += f", {format_count(queries.failed)} failed"
    if run.memory.largest_child_bytes is not None:
        text += "; queries of programs that the task started are not counted"
    return text


def _retries(retries: Sequence[Retry]) -> str:
    text = f"{len(retries)}, each run immediately; the figures cover all attempts"
    waits = [each.countdown_seconds for each in retries if each.countdown_seconds]
    if waits:
        text += f"; production waits {format_duration(sum(waits))} between them"
    return text


def _sent(sent: Mapping[str, int]) -> str:
    total = sum(sent.values())
    tasks = f"{format_count(total)} task{'s' * (total != 1)}"
    names = [f"{format_count(sent[name])} {one_line(name, 100)}" for name in sent]
    more = f" and {len(names) - _MOST_SENT} more names" if names[_MOST_SENT:] else ""
    shown = ", ".join(names[:_MOST_SENT])
    return f"{tasks}, counted but not run: {shown}{more}"


def _fetched(fetched: Fetched) -> str:
    parts = [f"{format_count(fetched.requests)} requests"]
    if fetched.refused:
        parts.append(f"{format_count(fetched.refused)} rejected with 429")
    if fetched.failed:
        parts.append(f"{format_count(fetched.failed)} failed with 500 or 503")
    parts.append(f"{format_duration(fetched.answering_seconds)} to answer")
    return f"{one_line(fetched.source, 40)}: {', '.join(parts)}"


def log_text(log: RunLog) -> str:
    """Return how many lines were logged, by level."""
    levels = [
        f"{format_count(count)} {one_line(name, 20)}"
        for name, count in list(log.by_level.items())[:_MOST_LEVELS]
    ]
    lines = f"{format_count(log.lines)} line{'s' * (log.lines != 1)}"
    return f"{lines}: {', '.join(levels)}" if levels else lines


def _commits(run: Run) -> str:
    text = format_count(run.queries.commits) if run.queries else NOT_MEASURED
    transactions = run.transactions
    if transactions is None or not transactions.count:
        return text
    if transactions.count == 1:
        return f"{text}; one transaction of {_objects(transactions.max_objects)}"
    median = transactions.median_objects
    if median is None:  # a killed worker reports only the maximum
        return f"{text}; transactions of at most {_objects(transactions.max_objects)}"
    return (
        f"{text}; transactions: median {_objects(median)}, "
        f"maximum {format_count(transactions.max_objects)}"
    )


def _objects(count: float) -> str:
    return f"{format_count(count)} object{'' if count == 1 else 's'}"
