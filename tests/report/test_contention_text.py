"""The effect of a busy machine on the duration, in sentences."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from limerun.records import MachineSpeed, Record
from limerun.report.content.contention_text import contention_lines
from limerun.report.formats import github_report, junit_report, markdown_report
from limerun.report.terminal import record_view as terminal
from limerun.report.webpage import page
from tests.builders import a_run, with_times
from tests.report.make_records import RECORDS


def lines(contention: float | None, **changed: Any) -> list[str]:
    run = with_times(replace(a_run(), duration_seconds=40.0), contention)
    return list(contention_lines(replace(run, **changed)))


def test_contention_on_a_quiet_machine_is_not_mentioned() -> None:
    assert lines(0.5) == []


def test_contention_on_a_busy_machine_is_reported_as_not_counted() -> None:
    assert lines(29.0) == [
        "This machine was busy: 29.0 of 40.0 s were spent waiting for a processor; "
        "they do not count."
    ]


def test_different_units_are_both_shown() -> None:
    [told] = lines(0.9, duration_seconds=1.2)
    assert "900 ms of 1.2 s were" in told


def test_a_range_is_explained_with_the_work_of_other_threads_and_processes() -> None:
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


def test_a_range_is_explained_with_the_machine_s_lower_speed() -> None:
    told = lines(
        20.0,
        uncontended_low_seconds=15.0,
        machine_speed=MachineSpeed(now_seconds=0.03, usual_seconds=0.02),
    )
    assert told == [
        "15.0 s to 20.0 s without contention: this machine was slower than usual (a "
        "fixed loop took 30 ms of CPU time, and 20 ms at best)",
        "This machine was busy: 20.0 of 40.0 s were spent waiting for a processor; "
        "they do not count.",
    ]


def test_without_scheduling_statistics_wall_time_is_judged() -> None:
    [told] = lines(None)
    assert told.startswith("wall time is judged")


def test_cpu_time_taken_by_the_host_is_reported() -> None:
    [told] = lines(0.0, steal_seconds=3.0)
    assert "other virtual machines used 3.0 s" in told
    assert lines(0.0, steal_seconds=1.0) == []


def test_unknown_contention_of_other_processes_is_left_out() -> None:
    [text] = lines(0.0, others_cpu_seconds=8.0, others_contention_seconds=None)
    assert text == "threads and processes of the task: 8.0 s of CPU time"


def test_no_text_is_shown_for_a_duration_that_was_not_measured() -> None:
    assert lines(29.0, duration_seconds=None) == []


def on_screen(record: Record) -> str:
    file = io.StringIO()
    terminal.render(record, Console(file=file, width=300))
    return file.getvalue()


FORMATS: dict[str, Callable[[Record], str]] = {
    "screen": on_screen,
    "HTML": page.render,
    "Markdown": markdown_report.render,
    "GitHub": lambda record: "\n".join(github_report.annotations(record)),
    "JUnit": junit_report.render,
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("contention", "steal", "sentence"),
    [
        (2.9, 0.0, "This machine was busy: 2.9 of 4.0 s were spent waiting for a"),
        (0.0, 1.5, "other virtual machines used 1.5 s of processor time"),
        (None, None, "wall time is judged: this system does not measure contention"),
    ],
)
def test_every_format_reports_the_effect_of_a_busy_machine(
    name: str, contention: float | None, steal: float | None, sentence: str
) -> None:
    record = RECORDS["passed"]()
    run = with_times(replace(record.runs[0], duration_seconds=4.0), contention)
    run = replace(run, steal_seconds=steal)
    assert sentence in FORMATS[name](replace(record, runs=(run,)))
