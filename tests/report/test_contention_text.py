"""What a busy machine did to the duration, in sentences."""

from dataclasses import replace
from typing import Any

from limerun.report.content.contention_text import contention_lines
from tests.builders import a_run, with_times


def lines(contention: float | None, **changed: Any) -> list[str]:
    run = with_times(replace(a_run(), duration_seconds=40.0), contention)
    return list(contention_lines(replace(run, **changed)))


def test_a_quiet_machine_needs_no_word() -> None:
    assert lines(0.5) == []


def test_a_busy_machine_is_named_with_what_does_not_count() -> None:
    assert lines(29.0) == [
        "This machine was busy: 29.0 of 40.0 s were spent waiting for a processor; "
        "they do not count."
    ]


def test_both_units_are_named_where_they_differ() -> None:
    [told] = lines(0.9, duration_seconds=1.2)
    assert "900 ms of 1.2 s were" in told


def test_a_range_says_why_it_is_one_and_what_the_others_took() -> None:
    told = lines(
        29.0,
        uncontended_low_seconds=11.0,
        uncontended_high_seconds=35.0,
        others_cpu_seconds=8.0,
        others_contention_seconds=20.0,
    )
    assert told == [
        "11.0 s to 35.0 s without contention: the task may have waited for threads or "
        "processes that had no processor",
        "threads and processes of the task: 8.0 s of CPU time, 20.0 s without a "
        "processor",
    ]


def test_without_statistics_wall_time_is_judged() -> None:
    [told] = lines(None)
    assert told.startswith("wall time is judged")


def test_a_host_that_takes_much_is_named() -> None:
    [told] = lines(0.0, steal_seconds=3.0)
    assert "other virtual machines used 3.0 s" in told
    assert lines(0.0, steal_seconds=1.0) == []


def test_contention_of_other_processes_is_left_out_if_it_is_unknown() -> None:
    [text] = lines(0.0, others_cpu_seconds=8.0, others_contention_seconds=None)
    assert text == "threads and processes of the task: 8.0 s of CPU time"


def test_nothing_is_said_of_a_duration_that_was_not_measured() -> None:
    assert lines(29.0, duration_seconds=None) == []
