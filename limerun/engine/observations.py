"""Turn a worker's statements, errors and stacks into records. Pure."""

import re
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from limerun.records import (
    HandledException,
    LeftRunning,
    Location,
    RaisedError,
    Retry,
    Scheduling,
    Statement,
    StatementDetails,
    StatementReads,
    TaskTimeLimits,
    TimeLimit,
)

Site = tuple[str, int, str]
# The format of CPython's Python/traceback.c, which escapes all but ASCII characters.
_FRAME = re.compile(r'  File "(.*)", line (\d+) in (.*)')
_BEGIN = re.compile(r"(Current thread|Thread|Stack) .*")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\U([0-9a-f]{8})")


def statements_of(report: Mapping[str, Any]) -> tuple[Statement, ...]:
    """Return the statements, in descending order of their total time."""
    return tuple(
        Statement(
            text=text,
            calls=calls,
            seconds=seconds,
            rows=rows,
            location=location_of(site),
        )
        for text, site, calls, seconds, rows in report.get("statements", ())
    )


def statement_reads_of(report: Mapping[str, Any]) -> tuple[StatementReads, ...]:
    """Return how each statement reads its rows."""
    return tuple(
        StatementReads(
            fetched=fetched,
            nested=nested,
            continued=continued,
            paged=paged,
            called_from=tuple(filter(None, map(location_of, chain))),
        )
        for fetched, nested, continued, paged, chain in report.get(
            "statement_reads", ()
        )
    )


def statement_details_of(
    report: Mapping[str, Any],
) -> tuple[StatementDetails, ...] | None:
    """Return the details of each statement; None if they were not recorded."""
    if "statement_details" not in report:
        return None
    return tuple(
        StatementDetails(rows_read=rows, repeats=repeats, transactions=transactions)
        for rows, repeats, transactions in report["statement_details"]
    )


def handled_of(report: Mapping[str, Any]) -> tuple[HandledException, ...] | None:
    """Return the exceptions in the user's code; None if they were not counted."""
    kinds = [kind for kind in ("handled", "raised") if kind in report]
    if not kinds:
        return None
    return tuple(
        HandledException(
            file, line, function, tuple(names), count, is_raised=kind == "raised"
        )
        for kind in kinds
        for file, line, function, names, count in report[kind]
    )


def error_of(finished: Mapping[str, Any]) -> RaisedError | None:
    """Return the exception that the task raised, if any."""
    error = finished.get("error")
    return RaisedError(**error) if error else None


def location_of(site: Site | None) -> Location | None:
    """Return a line of the user's code; None if it is unknown."""
    if site is None:
        return None
    file, line, function = site
    return Location(file=file, line=line, function=function)


def innermost_line(
    lines: Sequence[str], is_users: Callable[[str], bool]
) -> Location | None:
    """Return the innermost line of the user's code in the last stack.

    Args:
        lines: The output, which contains the stacks and maybe other lines.
        is_users: Returns whether a file contains the user's code.
    """
    begins = [at for at, line in enumerate(lines) if _BEGIN.match(line)]
    for line in lines[begins[-1] if begins else 0 :]:
        found = _FRAME.match(line)
        if found is None:
            continue
        file = _unescaped(found[1])
        if is_users(file):
            return Location(
                file=file, line=int(found[2]), function=_unescaped(found[3])
            )
    return None


def signal_name(number: int | None) -> str | None:
    """Return a signal's name; None if there was no signal."""
    if not number:
        return None
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def left_running_of(
    rest: Mapping[str, int] | None, forks_left: int
) -> LeftRunning | None:
    """Return what still ran when the task returned; None if nothing did.

    Args:
        rest: The counts at the return and after the time to wait; None if the task
            did not return.
        forks_left: Forked children that had returned from the task function by then;
            the report lists them separately.
    """
    if rest is None:
        return None
    ended = max(0, rest["processes"] - rest["processes_left"])
    processes = rest["processes"] - min(ended, forks_left - rest["forks_left"])
    if not (rest["threads"] or processes):
        return None
    return LeftRunning(
        threads=rest["threads"],
        processes=processes,
        threads_at_end=rest["threads_left"],
        processes_at_end=rest["processes_left"],
    )


def time_limits_of(
    limits: Mapping[str, Any] | None, reached: TimeLimit | None
) -> TaskTimeLimits | None:
    """Return the time limits of the last attempt; None if it had none."""
    if limits is None:
        return None
    return TaskTimeLimits(
        soft_seconds=limits["soft_seconds"],
        hard_seconds=limits["hard_seconds"],
        reached=reached,
    )


def retries_of(requested: Sequence[Mapping[str, Any]]) -> tuple[Retry, ...]:
    """Return the retries that a Celery task requested."""
    return tuple(
        Retry(countdown_seconds=each["countdown_seconds"], why=each["why"])
        for each in requested
    )


def cpu_seconds_of(
    finished: Mapping[str, Any],
    ended: Mapping[str, Any],
    counters: Mapping[str, int],
    kind: str,
) -> float:
    """Return the task's CPU seconds of a kind, "user" or "system"."""
    if finished:
        return float(finished[f"cpu_{kind}_seconds"])
    # The CPU time of the whole process, minus the time before the task.
    before = counters[f"started_cpu_{kind}_ns"] / 1e9
    return max(0.0, float(ended[f"cpu_{kind}_seconds"]) - before)


def scheduling_of(
    counted: Mapping[str, Any] | None, counters: Mapping[str, int]
) -> Scheduling | None:
    """Return what the scheduler counted for the task; None if unknown.

    The worker's own readings are exact. If the worker was killed, the watcher's last
    reading is used as the one at its end.
    """
    if counted is None or not counters["started_delay_ns"]:
        return None
    cpu = counters["finished_thread_cpu_ns"] / 1e9 or counted["thread_cpu_seconds"]
    delay = (counters["finished_delay_ns"] - 1) / 1e9
    if not counters["finished_delay_ns"]:
        delay = counted["thread_delay_seconds"]
    began = (counters["started_delay_ns"] - 1) / 1e9
    return Scheduling(
        **{
            **counted,
            "thread_cpu_seconds": max(
                0.0, cpu - counters["started_thread_cpu_ns"] / 1e9
            ),
            "thread_delay_seconds": max(0.0, delay - began),
        }
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(
        lambda found: chr(int(found[1] or found[2] or found[3], 16)), text
    )
