"""Any record that the types allow can be rendered in every format and stays text.

One test covers all formats, because generating a record takes longer than rendering it.
"""

import json
import math
import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from limerun.judge.record_comparison import compare
from limerun.records import Record
from limerun.report.content.history import histories_of
from limerun.report.formats import benchmark_report, junit_report, markdown_report
from limerun.report.formats.github_report import annotations, outputs
from limerun.report.webpage import page
from tests.report.any_records import records
from tests.report.test_comparison_text import screen as comparison_screen
from tests.report.test_github import COMMAND
from tests.report.test_histories import screen as history_screen
from tests.report.test_junit import suite_of
from tests.report.test_sarif import run_of
from tests.report.test_terminal import CONTROL, code_of, shown
from tests.report.test_webpage import TAGS, Page


@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(records, min_size=1, max_size=2))
def test_any_record_can_be_rendered_in_every_format(held: list[Record]) -> None:
    record = held[0]
    check_terminal(record)
    check_markdown(record)
    check_page(record)
    check_junit(record)
    check_sarif(record)
    check_github(record)
    check_benchmark(record)
    check_history(held)
    check_comparison(record, held[-1])


def check_terminal(record: Record) -> None:
    for verbose in (False, True):
        text = shown(record, verbose=verbose)
        assert not CONTROL.search(text)
        code = code_of(record)
        lines = [line for line in text.splitlines() if line.strip() not in code]
        assert max(map(cell_len, lines), default=0) <= 80


def check_markdown(record: Record) -> None:
    text = markdown_report.render(record)
    assert len(text.encode("utf-8")) <= markdown_report.LIMIT_BYTES


def check_page(record: Record) -> None:
    text = page.render(record)
    text.encode()
    parsed = Page(text)
    assert {tag for tag, _ in parsed.tags} <= TAGS
    for _, attributes in parsed.tags:
        assert not {name for name in attributes if name.startswith("on")}
        assert "style" not in attributes  # the policy would drop it


def check_junit(record: Record) -> None:
    suite_of(record)
    junit_report.render(record).encode("utf-8")


def check_sarif(record: Record) -> None:
    assert len(run_of(record)["results"]) == len(record.findings)


def check_github(record: Record) -> None:
    text = annotations(record)
    assert len(text) <= 10
    for line in text:
        assert COMMAND.fullmatch(line)
    for name, value in outputs(record).items():
        assert re.fullmatch(r"[a-z-]+", name)
        assert value == value.strip()
        assert "\n" not in value


def check_benchmark(record: Record) -> None:
    for each in json.loads(benchmark_report.render(record)):
        assert each["name"]
        assert each["unit"]
        assert math.isfinite(each["value"])


def check_history(held: list[Record]) -> None:
    histories = histories_of(held)
    for line in history_screen(histories).splitlines():
        assert cell_len(line) <= 80
    page.render_histories(histories, "records").encode()


def check_comparison(base: Record, new: Record) -> None:
    comparison = compare(base, new, anyway=True)
    assert comparison.exit_code in (0, 1, 6)
    comparison_screen(comparison)
