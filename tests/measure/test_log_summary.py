"""The lines of a log become counts and samples."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from limerun.measure.log_summary import LogSummary
from limerun.records import CapturedLine, Location, LogSite, RunLog
from limerun.worker.protocol import COUNTERS

START = LogSite("shop", 20, "INFO", "t.py", 3, "run")
ROW = LogSite("shop.rows", 20, "INFO", "t.py", 7, "run")
END = LogSite("shop", 30, "WARNING", "t.py", 9, "run")
DETAIL = LogSite("shop", 10, "DEBUG", "t.py", 5, "run")


def line(
    site: LogSite, message: str = "", *, rows: int = 0, actions: int = 0
) -> CapturedLine:
    return CapturedLine(site, 1.5, rows, actions, message, None, {})


def summary_of(
    lines: Sequence[CapturedLine],
    counts: Mapping[LogSite, int] | None = None,
    **counters: int,
) -> RunLog:
    known = dict.fromkeys(COUNTERS, 0) | {"log_lines": len(lines)} | counters
    summary = LogSummary(known)
    for each in lines:
        summary.add(each)
    return summary.result(counts or Counter(each.site for each in lines))


def test_lines_are_counted_by_level_and_by_logger() -> None:
    log = summary_of(
        [line(ROW), line(DETAIL), line(START), line(END)], log_ns=2 * 10**9
    )
    assert log.lines == 4
    assert list(log.by_level.items()) == [("WARNING", 1), ("INFO", 2), ("DEBUG", 1)]
    assert log.by_logger == {"shop": 3, "shop.rows": 1}
    assert log.info_lines == 3
    assert log.seconds == 2.0
    assert log.unkept_lines == 0


def test_lines_before_and_after_the_rows_are_distinguished() -> None:
    log = summary_of(
        [
            line(START),
            line(DETAIL),
            line(ROW, rows=1),
            line(ROW, rows=2, actions=1),
            line(END, rows=2, actions=1),
        ],
        source_rows=1,
        objects_loaded=1,
        writes=1,
    )
    # The last line of a loop is not an end, although no row comes after it.
    assert (log.before_rows, log.after_rows) == (1, 1)


def test_without_rows_and_statements_no_line_is_before_or_after_the_work() -> None:
    log = summary_of([line(START)])
    assert (log.before_rows, log.after_rows) == (None, None)


def test_the_first_and_last_lines_and_repeated_calls_are_samples() -> None:
    lines = [line(ROW, f"row {number}") for number in range(100)]
    log = summary_of([line(START, "begin"), *lines, line(END, "done")])
    assert [each.message for each in log.first[:2]] == ["begin", "row 0"]
    assert len(log.first) == len(log.last) == 20
    assert [each.message for each in log.last[-2:]] == ["row 99", "done"]
    [repeated] = log.repeated
    assert (repeated.count, repeated.message) == (100, "row 0")
    assert repeated.location == Location(file="t.py", line=7, function="run")


def test_lines_that_were_not_kept_are_counted() -> None:
    counts = {ROW: 1_000, END: 2}
    log = summary_of([line(ROW, "row 0"), line(ROW)], counts, log_lines=1_005)
    assert log.lines == 1_005
    assert log.unkept_lines == 1_003
    assert [each.message for each in log.repeated] == ["row 0", ""]


def test_less_frequent_names_are_summed_up() -> None:
    counts = {ROW._replace(logger=f"logger{n:02}"): 1 for n in range(25)}
    log = summary_of([], counts)
    assert len(log.by_logger) == 21
    assert log.by_logger["(5 other loggers)"] == 5


def test_two_level_numbers_with_the_same_name_are_counted_together() -> None:
    counts = {ROW: 1, ROW._replace(level=25, logger=""): 2}
    log = summary_of([], counts)
    assert log.by_level == {"INFO": 3}
    assert log.by_logger == {"root": 2, "shop.rows": 1}


def test_a_call_without_a_file_has_no_location() -> None:
    log = summary_of([line(ROW._replace(file=""), "x" * 1_000)])
    assert log.first[0].location is None
    assert len(log.first[0].message) <= 600


def test_a_helper_that_logs_all_lines_may_log_the_end_too() -> None:
    log = summary_of(
        [
            line(ROW, "Begins"),
            line(ROW, "Imported row 1", rows=1),
            line(ROW, "Imported row 2", rows=2),
            line(ROW, "2 rows done", rows=2),
        ],
        source_rows=2,
    )
    assert (log.before_rows, log.after_rows) == (1, 1)


def test_the_number_of_remembered_kinds_of_lines_is_limited(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("limerun.measure.log_summary._MOST_BEGINNINGS", 1)
    lines = [line(ROW, "a", rows=1), line(END, "b", rows=1), line(END, "b", rows=2)]
    assert summary_of(lines, source_rows=2).after_rows == 1
