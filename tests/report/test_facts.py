"""The facts show the values of a run, and leave out unknown values."""

from dataclasses import replace
from typing import Any

import pytest

from limerun.records import Fetched, Location, Record, Retry, UncleanSource
from limerun.report.content.facts import facts_of
from tests.builders import a_log, a_run
from tests.report.made_others import not_done
from tests.report.make_records import RECORDS


def facts(record: Record) -> list[tuple[str, str]]:
    return list(facts_of(record, "/"))


def test_requests_are_listed_by_source() -> None:
    record = RECORDS["passed"]()
    plain = Fetched(
        source="a", requests=1_200, rows=9, refused=0, failed=0, answering_seconds=2.5
    )
    rough = replace(plain, source="b", refused=3, failed=2)
    run = replace(record.runs[0], fetched=(plain, rough))
    shown = facts(replace(record, runs=(run,)))
    assert ("fetched", "a: 1,200 requests, 2.5 s to answer") in shown
    expected = (
        "b: 1,200 requests, 3 rejected with 429, 2 failed with 500 or 503, "
        "2.5 s to answer"
    )
    assert ("fetched", expected) in shown


def test_sent_tasks_are_listed_by_name() -> None:
    assert ("sent", "1 task, counted but not run: 1 reminders.send") in facts(
        not_done()
    )
    record = RECORDS["passed"]()
    many = {f"tasks.number_{number}": 1_000 for number in range(7)}
    run = replace(record.runs[0], sent_tasks=many)
    [shown] = [
        text for label, text in facts(replace(record, runs=(run,))) if label == "sent"
    ]
    assert shown.startswith("7,000 tasks, counted but not run: 1,000 tasks.number_0, ")
    assert shown.endswith("1,000 tasks.number_4 and 2 more names")


def test_invalid_and_duplicate_rows_are_listed_if_there_are_any() -> None:
    record = RECORDS["passed"]()
    assert record.dataset is not None
    assert not any(label in ("unclean", "fetched") for label, _ in facts(record))
    unclean = (
        UncleanSource(source="a", duplicates=400, missing=0, malformed=20),
        UncleanSource(source="b", duplicates=0, missing=1_000, malformed=0),
    )
    shown = facts(replace(record, dataset=replace(record.dataset, unclean=unclean)))
    assert [text for label, text in shown if label == "unclean"] == [
        "rows of a: 400 duplicates, 20 with a malformed value",
        "rows of b: 1,000 with a missing value",
    ]


@pytest.mark.parametrize(
    ("most", "median", "shown"),
    [
        (1, 1.0, "2; transactions: median 1 object, maximum 1"),
        (9, 5.0, "2; transactions: median 5 objects, maximum 9"),
        (9, None, "2; transactions of at most 9 objects"),
    ],
)
def test_transactions_are_shown_with_their_median_and_maximum(
    most: int, median: float | None, shown: str
) -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    assert run.queries is not None
    assert run.transactions is not None
    sizes = replace(run.transactions, count=2, max_objects=most, median_objects=median)
    queries = replace(run.queries, commits=2)
    record = replace(record, runs=(replace(run, queries=queries, transactions=sizes),))
    assert ("commits", shown) in facts(record)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, "CPU 3.0 s, waiting 7.0 s, contention 0 ms"),
        (
            {"database_seconds": 2.0, "contention_seconds": 1.0},
            "CPU 3.0 s, database 2.0 s, waiting 7.0 s, contention 1.0 s",
        ),
        ({"contention_seconds": None}, "CPU 3.0 s, waiting 7.0 s"),
    ],
)
def test_the_duration_is_shown_with_the_parts_that_are_known(
    changed: dict[str, Any], told: str
) -> None:
    record = RECORDS["passed"]()
    run = replace(
        record.runs[0],
        duration_seconds=10.0,
        cpu_seconds=3.0,
        waiting_seconds=7.0,
        database_seconds=None,
    )
    run = replace(run, **changed)
    assert ("time", f"10.0 s: {told}") in facts(replace(record, runs=(run,)))


def test_a_duration_without_parts_is_shown_alone() -> None:
    record = RECORDS["passed"]()
    run = replace(a_run(), duration_seconds=10.0)
    assert ("time", "10.0 s") in facts(replace(record, runs=(run,)))


def test_a_run_that_did_not_return_shows_its_last_line_and_last_row() -> None:
    record = RECORDS["timeout"]()
    line = Location(file="/tasks/imports.py", line=7, function="import_contracts")
    run = replace(
        record.runs[0],
        last_line=line,
        rows_processed=8_000,
        duration_seconds=10.0,
        rows_read_seconds=6.0,
    )
    shown = facts(replace(record, runs=(run,)))
    assert ("line", "tasks/imports.py:7 in import_contracts") in shown
    assert (
        "last row",
        "8,000 rows were read, the last one 4.0 s before the end",
    ) in shown
    unknown = replace(run, last_line=None, last_line_why="it blocks signals")
    assert ("line", "unknown: it blocks signals") in facts(
        replace(record, runs=(unknown,))
    )
    returned = replace(run, ending="returned", killed_because=None)
    labels = [label for label, _ in facts(replace(record, runs=(returned,)))]
    assert not {"line", "last row"}.intersection(labels)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 forked child returned from the task function and ended there"),
        (3, "3 forked children returned from the task function and ended there"),
    ],
)
def test_forked_children_that_returned_from_the_task_are_reported(
    count: int, text: str
) -> None:
    record = RECORDS["passed"]()
    run = replace(record.runs[0], forks_left=count)
    assert ("forks", text) in facts(replace(record, runs=(run,)))


def memory_facts(**changed: object) -> list[str]:
    record = RECORDS["passed"]()
    [run] = record.runs
    memory = replace(run.memory, **changed)  # type: ignore[arg-type] # its fields
    run = replace(run, memory=memory, baseline_flat=False)
    facts = list(facts_of(replace(record, runs=(run,)), ""))
    first = next(at for at, (label, _) in enumerate(facts) if label == "memory")
    return [text for label, text in facts[first:] if label in ("memory", "")]


def test_memory_that_is_not_exact_is_shown_with_its_bounds_and_the_reason() -> None:
    shown = memory_facts(
        exact=False,
        largest_child_bytes=5_000_000,
        task_low_bytes=1_000_000,
        task_high_bytes=9_000_000,
        why="a child was started",
    )
    assert "largest child 5.0 MB; not exact" in shown[0]
    assert shown[1].startswith("the task used ")
    assert shown[2:] == [
        "a child was started",
        "the idle worker's memory did not settle before the task",
    ]
    same = memory_facts(exact=False, baseline_bytes=None, task_low_bytes=None, why="")
    assert "idle" not in same[0]
    assert len(same) == 2


def test_memory_that_was_not_measured_is_shown_as_such() -> None:
    assert memory_facts(peak_bytes=None)[0] == "not measured"


def test_no_row_rate_is_shown_for_a_run_without_a_duration() -> None:
    record = RECORDS["passed"]()
    run = replace(record.runs[0], duration_seconds=None, uncontended_seconds=None)
    facts = dict(facts_of(replace(record, runs=(run,)), ""))
    assert facts["rows"] == "120,000 read"


@pytest.mark.parametrize(("seconds", "waits"), [(None, False), (2.0, True)])
def test_retries_are_shown_with_the_waiting_time_in_production(
    seconds: float | None, waits: bool
) -> None:
    record = RECORDS["passed"]()
    retry = Retry(countdown_seconds=seconds, why="ConnectionError")
    run = replace(record.runs[0], retries=(retry,))
    facts = dict(facts_of(replace(record, runs=(run,)), ""))
    assert ("production waits 2.0 s" in facts["retries"]) is waits


def test_queries_are_not_divided_by_zero_rows() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    assert run.queries is not None
    queries = replace(run.queries, total=12, reads=7, writes=5, distinct=None)
    run = replace(run, queries=queries, rows_processed=0, rows_high=None)
    shown = dict(facts(replace(record, runs=(run,))))
    assert shown["queries"] == "12: 7 reads, 5 writes"


@pytest.mark.parametrize(
    ("url", "latency", "text"),
    [
        ("sqlite", 0.0, "embedded SQLite, stand-in platform; a real server is slower"),
        (
            "sqlite",
            0.002,
            "embedded SQLite, stand-in platform, 2 ms network delay added",
        ),
        (
            "postgresql+psycopg://127.0.0.1/test",
            0.0,
            "postgresql, stand-in platform, no network delay added",
        ),
    ],
)
def test_the_network_delay_of_the_database_is_shown(
    url: str, latency: float, text: str
) -> None:
    record = RECORDS["passed"]()
    values = {
        **record.config.values,
        "database.url": url,
        "database.latency": latency,
    }
    config = replace(record.config, values=values)
    assert ("database", text) in facts(replace(record, config=config))


def test_the_predicted_duration_of_all_rows_is_shown_with_its_basis() -> None:
    assert (
        "all rows",
        "predicted to take 1.7 min to 5.2 min without contention, most likely 3.4 min, "
        "from the pace of the first 21,408 of 120,000 rows",
    ) in facts(RECORDS["timeout"]())
    assert "all rows" not in dict(facts(RECORDS["raised"]()))


def test_log_lines_are_counted_by_level() -> None:
    record = RECORDS["passed"]()
    assert "log" not in dict(facts(record))
    for log, text in (
        (
            replace(a_log(1_003), by_level={"ERROR": 1, "INFO": 1_002}),
            "1,003 lines: 1 ERROR, 1,002 INFO",
        ),
        (replace(a_log(3), lines=1, by_level={}), "1 line"),
    ):
        run = replace(record.runs[0], log=log)
        assert ("log", text) in facts(replace(record, runs=(run,)))
