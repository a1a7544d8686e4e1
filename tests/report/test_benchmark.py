"""Values for benchmark histories, where smaller is better."""

import json
from dataclasses import replace
from typing import Any

from limerun.records import Record
from limerun.report.formats.benchmark_report import render
from tests.builders import with_times
from tests.report.expected import assert_as_expected
from tests.report.made_others import not_done
from tests.report.make_records import RECORDS


def figures(record: Record) -> dict[str, Any]:
    return {
        each["name"].partition(": ")[2]: each for each in json.loads(render(record))
    }


def test_a_record_is_rendered_as_expected() -> None:
    assert_as_expected("passed.benchmark.json", render(RECORDS["passed"]()))


def test_the_median_of_the_runs_is_written_with_their_range() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    runs = tuple(
        with_times(replace(run, duration_seconds=seconds + 1.0), contention=1.0)
        for seconds in (3.0, 1.0, 8.0)
    )
    duration = figures(replace(record, runs=runs))["duration"]
    assert duration["value"] == 3.0
    assert duration["range"] == "7"


def test_a_run_that_did_not_complete_has_no_values() -> None:
    assert figures(not_done()) == {}
    assert figures(RECORDS["killed"]()) == {}


def test_values_that_were_not_measured_are_left_out() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    unknown = replace(record, runs=(replace(run, queries=None),))
    assert "queries" in figures(record)
    assert "queries" not in figures(unknown)
