"""The facts say what a task fetched, and what was unclean on purpose."""

from dataclasses import replace

import pytest

from limerun.records import Fetched, Record, UncleanSource
from limerun.report.facts import facts_of
from tests.report.make_records import RECORDS


def facts(record: Record) -> list[tuple[str, str]]:
    return list(facts_of(record, "/"))


def test_what_was_fetched_is_told_by_source() -> None:
    record = RECORDS["passed"]()
    plain = Fetched(
        source="a", requests=1_200, rows=9, refused=0, failed=0, answering_seconds=2.5
    )
    rough = replace(plain, source="b", refused=3, failed=2)
    run = replace(record.runs[0], fetched=(plain, rough))
    told = facts(replace(record, runs=(run,)))
    assert ("fetched", "a: 1,200 requests; 2.5 s to answer") in told
    expected = (
        "b: 1,200 requests, 3 refused with 429, 2 failed with 500 or 503; "
        "2.5 s to answer"
    )
    assert ("fetched", expected) in told


def test_rows_that_are_unclean_are_told_where_there_are_any() -> None:
    record = RECORDS["passed"]()
    assert record.dataset is not None
    assert not any(label in ("unclean", "fetched") for label, _ in facts(record))
    unclean = (
        UncleanSource(source="a", duplicates=400, missing=0, malformed=20),
        UncleanSource(source="b", duplicates=0, missing=1_000, malformed=0),
    )
    told = facts(replace(record, dataset=replace(record.dataset, unclean=unclean)))
    assert [text for label, text in told if label == "unclean"] == [
        "rows of a: 400 repeats, 20 with a malformed value",
        "rows of b: 1,000 with a value missing",
    ]


@pytest.mark.parametrize(
    ("most", "median", "told"),
    [
        (1, 1.0, "2; transactions of 1 object in the median, 1 at most"),
        (9, 5.0, "2; transactions of 5 objects in the median, 9 at most"),
        (9, None, "2; transactions of 9 objects at most"),
    ],
)
def test_transactions_are_told_in_whole_sentences(
    most: int, median: float | None, told: str
) -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    assert run.queries is not None
    assert run.transactions is not None
    sizes = replace(run.transactions, count=2, max_objects=most, median_objects=median)
    queries = replace(run.queries, commits=2)
    record = replace(record, runs=(replace(run, queries=queries, transactions=sizes),))
    assert ("commits", told) in facts(record)


@pytest.mark.parametrize(
    ("database", "cpu", "told"),
    [
        ((None, None), 3.0, "10.0 s: CPU 3.0 s, waiting 7.0 s"),
        ((0.0, 0.0), 3.0, "10.0 s: CPU 3.0 s, database 0 ms, waiting 7.0 s"),
        ((2.0, 0.0), 5.0, "10.0 s: CPU 3.0 s, database 2.0 s, waiting 5.0 s"),
        ((6.0, 5.5), 3.0, "10.0 s: CPU 2.5 s, database 6.0 s, waiting 1.5 s"),
        ((2.0, 0.0), 25.0, "10.0 s: CPU 8.0 s, database 2.0 s, waiting 0 ms"),
        ((2.0, None), 10.0, "10.0 s: CPU 8.0 s, database 2.0 s, waiting 0 ms"),
        ((6.0, None), 3.0, "10.0 s: CPU 3.0 s, database 6.0 s, waiting 1.0 s"),
    ],
)
def test_the_parts_of_the_time_are_all_of_it(
    database: tuple[float | None, float | None], cpu: float, told: str
) -> None:
    record = RECORDS["passed"]()
    run = replace(
        record.runs[0],
        duration_seconds=10.0,
        cpu_user_seconds=cpu,
        cpu_system_seconds=0.0,
        database_seconds=database[0],
        database_wait_seconds=database[1],
    )
    assert ("time", told) in facts(replace(record, runs=(run,)))


def test_time_is_not_split_without_its_cpu_time() -> None:
    record = RECORDS["passed"]()
    run = replace(record.runs[0], duration_seconds=10.0, cpu_user_seconds=None)
    assert ("time", "10.0 s") in facts(replace(record, runs=(run,)))
