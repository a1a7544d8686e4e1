"""The log of a run as a table: first and last lines, repeated ones once."""

from dataclasses import replace

from limerun.records import Location, LogCall, LogLine, Output, RunLog
from limerun.report.content.feature_test import log_table, other_errors
from tests.builders import a_log, a_run

GAP = ("", "", "... 5 more lines", "", "")


def line(text: str, at: int, *, number: int) -> LogLine:
    return LogLine(
        seconds=at,
        level="INFO",
        logger="imports",
        message=text,
        location=Location(file="/work/tasks/imports.py", line=number),
    )


def a_log_of(
    first: tuple[LogLine, ...], last: tuple[LogLine, ...] = (), lines: int | None = None
) -> RunLog:
    total = len(first) + len(last) if lines is None else lines
    return replace(a_log(), lines=total, first=first, last=last, repeated=())


def test_a_short_log_is_shown_whole() -> None:
    lines = (line("begins", 0, number=3), line("done", 2, number=9))
    table = log_table(a_log_of(lines), "/work")
    assert table.rows == (
        ("0 ms", "INFO", "begins", "tasks/imports.py:3"),
        ("2.0 s", "INFO", "done", "tasks/imports.py:9"),
    )
    assert table.about == ""


def test_a_repeated_line_is_shown_once_with_its_count() -> None:
    table = log_table(a_log(1_000), "/work")
    assert [row[2] for row in table.rows] == ["begins", "row 1", "done"]
    assert [row[3] for row in table.rows] == ["", "998", ""]
    assert table.about


def test_lines_in_the_middle_are_counted() -> None:
    first = tuple(line(f"a{n}", n, number=n) for n in range(20))
    last = tuple(line(f"b{n}", n, number=n) for n in range(20))
    table = log_table(a_log_of(first, last, 100), "/")
    shown = [row[2] for row in table.rows]
    assert shown[:8] == [f"a{n}" for n in range(8)]
    assert shown[8] == "... 84 more lines"
    assert shown[9:] == [f"b{n}" for n in range(12, 20)]


def test_a_call_that_repeats_only_in_the_middle_is_shown() -> None:
    call = LogCall(
        count=40,
        level="WARNING",
        logger="imports",
        message="no number",
        location=Location(file="t.py", line=5),
    )
    ends = (line("begins", 0, number=3),), (line("done", 2, number=9),)
    log = replace(a_log_of(*ends, lines=47), repeated=(call,))
    table = log_table(log, "/")
    assert table.rows[1:3] == (("", "WARNING", "no number", "40", "t.py:5"), GAP)


def test_lines_of_several_loggers_name_their_logger() -> None:
    log = replace(a_log(), by_logger={"imports": 2, "other": 1})
    assert log_table(log, "/").rows[0][2] == "imports: begins"


def test_other_text_on_stderr_is_shown_separately_from_the_log() -> None:
    stderr = (
        "2026-11-29 08:04:13,935 INFO shop: anything\n"
        "[INFO] row 17 in an own format\n"
        "RuntimeWarning: not logged\n"
    )
    run = replace(a_run(), output=Output(stdout="", stderr=stderr))
    assert other_errors(run) == stderr
    assert other_errors(replace(run, log=replace(a_log(), lines=0))) == stderr
    logged = replace(run, log=a_log())
    assert other_errors(logged) == "RuntimeWarning: not logged\n"
    cut = f"{stderr}2026-11\n[... 1,234 bytes left out ...]\nhop: x\n"
    long = replace(logged, output=Output(stdout="", stderr=cut))
    assert other_errors(long) == "RuntimeWarning: not logged\n\n"
    empty = replace(run, log=a_log_of((line("\n", 0, number=1),)))
    assert "not logged" in other_errors(empty)
