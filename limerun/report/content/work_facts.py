"""The facts of what a run did: rows, requests, queries, commits. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from limerun.records import Fetched, Queries, Retry, Run
from limerun.report.content.safe_text import one_line
from limerun.report.content.sentences import NOT_MEASURED, figure
from limerun.units import format_count, format_duration

_SHORTEST = 1e-6
"""Seconds; a rate over less says nothing."""
_MOST_SENT = 5


def work_facts(run: Run) -> Iterator[tuple[str, str]]:
    """Yield the facts of what a run read and sent."""
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


def _forks(run: Run) -> Iterator[tuple[str, str]]:
    if run.forks_left:
        yield (
            "forks",
            (
                f"{run.forks_left} forked child{'ren' * (run.forks_left > 1)} left the task "
                f"function and ended there"
            ),
        )


def _rows(run: Run) -> str:
    rows = run.rows_processed
    if rows is None and run.rows_low is None:
        return _not_measured(run.rows_why)
    # Files are read ahead by blocks: what a task that broke off took is less.
    most = "at most " if rows is None else ""
    rows = (run.rows_high or 0) if rows is None else rows
    told = f"{most}{format_count(rows)} read"
    if run.duration_seconds is not None and run.duration_seconds >= _SHORTEST:
        told += f", {format_count(round(rows / run.duration_seconds))} a second"
    return told


def _not_measured(why: str | None) -> str:
    return f"{NOT_MEASURED}: {one_line(why, 200)}" if why else NOT_MEASURED


def _queries(run: Run, queries: Queries) -> str:
    told = f"{format_count(queries.total)}"
    rows = run.rows_processed or run.rows_high
    if rows:
        least = "" if run.rows_processed else "at least "
        told += f", {least}{figure(queries.total / rows, 'queries/row')} a row"
    told += (
        f": {format_count(queries.reads)} reading, "
        f"{format_count(queries.writes)} writing"
    )
    if queries.distinct is not None:
        told += f", {format_count(queries.distinct)} distinct"
    if queries.failed:
        told += f", {format_count(queries.failed)} failed"
    if run.memory.largest_child_bytes is not None:
        told += "; those of started programs are not seen"
    return told


def _retries(retries: Sequence[Retry]) -> str:
    told = f"{len(retries)}, each run at once; the figures are of all attempts together"
    waits = [each.countdown_seconds for each in retries if each.countdown_seconds]
    if waits:
        told += f"; production waits {format_duration(sum(waits))} between them"
    return told


def _sent(sent: Mapping[str, int]) -> str:
    total = sum(sent.values())
    tasks = f"{format_count(total)} task{'s' * (total != 1)}"
    told = [f"{format_count(sent[name])} {one_line(name, 100)}" for name in sent]
    more = f" and {len(told) - _MOST_SENT} more names" if told[_MOST_SENT:] else ""
    shown = ", ".join(told[:_MOST_SENT])
    return f"{tasks}, counted and not run: {shown}{more}"


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
