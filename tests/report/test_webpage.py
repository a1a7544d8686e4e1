"""The page is one valid, small, self-contained file, and shows text as text."""

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.records import Record, Series
from limerun.report.webpage.axis import clock_marks, marks
from limerun.report.webpage.memory_chart import memory_chart_of
from limerun.report.webpage.page import render
from limerun.report.webpage.time_parts import shares_of
from tests.builders import a_run
from tests.report.expected import assert_as_expected
from tests.report.make_records import RECORDS

LARGEST_BYTES = 500_000
TAGS = frozenset(
    re.findall(
        r"\w+",
        """html head meta link title style body main footer script header p a code span
        h1 h2 h3 section ul li div strong svg rect figure figcaption line path text circle label
        input output article dl dt dd details summary table thead tbody tr th td pre""",
    )
)
LEFT_OPEN = {"meta", "link", "input"}


class Page(HTMLParser):
    """Collects the tags of a page, and asserts that they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in LEFT_OPEN:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "name", ["estimate", "failed", "profile", "raised", "resilience", "run"]
)
def test_a_record_is_rendered_as_expected(name: str) -> None:
    assert_as_expected(f"{name}.html", without_static_parts(render(RECORDS[name]())))


def without_static_parts(page: str) -> str:
    """Return a page without its style, script, digests and texts of rules."""
    page = re.sub(
        r'(<article class="rule".*?>).*?(?=</article>)', r"\1", page, flags=re.S
    )
    page = re.sub(r"(?<=<style>).*?(?=</style>)", "", page, flags=re.DOTALL)
    page = re.sub(r"(?<=<script>).*?(?=</script>)", "", page, flags=re.DOTALL)
    return re.sub("sha256-[^&]*", "sha256", page)


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_page_loads_no_other_files(name: str) -> None:
    text = render(RECORDS[name]())
    assert not re.search(r"https?:|url\(|@import|//[a-z]", text)
    for tag, attributes in Page(text).tags:
        assert "src" not in attributes
        if tag == "link":
            assert attributes["href"] == "data:,"
        elif "href" in attributes:
            assert (attributes["href"] or "").startswith("#")


def test_a_finding_links_to_the_text_of_its_rule_on_the_page() -> None:
    record = RECORDS["failed"]()
    odd = replace(record.findings[0], rule="no.rule")
    page = Page(render(replace(record, findings=(*record.findings, odd))))
    links = [each["href"] for tag, each in page.tags if tag == "a"]
    ids = [each["id"] for _, each in page.tags if "id" in each]
    assert links == [f"#rule-{each.rule}" for each in record.findings]
    assert {link.removeprefix("#") for link in links if link} <= set(ids)
    assert len(ids) == len(set(ids))
    assert "The guide allows 200 MB above the idle task handler." in page.text
    assert "def read_rows(path):" in page.text


def test_only_the_styles_and_scripts_of_the_report_may_run() -> None:
    page = Page(render(RECORDS["failed"]()))
    [policy] = [
        of["content"]
        for tag, of in page.tags
        if tag == "meta" and of.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert len(re.findall(r"'sha256-[A-Za-z0-9+/=]{44}'", policy)) == 2


def long_run(points: int) -> Record:
    """Return a record of half an hour with this many points."""
    record = RECORDS["failed"]()
    [run] = record.runs
    series = Series(
        t_seconds=tuple(1800 * at / points + 0.123 for at in range(points)),
        rss_bytes=tuple(61_440_000 + 123_457 * (at % 1700) for at in range(points)),
    )
    return replace(record, runs=(replace(run, series=series),))


def test_the_page_of_a_long_run_is_small() -> None:
    assert len(render(long_run(2000)).encode()) < LARGEST_BYTES


def test_the_page_contains_every_point_of_the_curve() -> None:
    record = long_run(2000)
    [data] = re.findall(
        r'<script type="application/json">(.*?)</script>', render(record), re.DOTALL
    )
    points = json.loads(data)["points"]
    assert len(points) == 2000
    assert points[0] == [0.0, 0]
    assert max(size for _, size in points) == 123_457 * 1699


def test_the_verdict_comes_first_on_the_page() -> None:
    text = Page(render(RECORDS["failed"]())).text
    order = [
        "FAILED",
        "Checks",
        "Memory over time",
        "Findings",
        "Figures",
        "Config,",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_the_exception_comes_before_the_curve() -> None:
    text = Page(render(RECORDS["raised"]())).text
    order = [
        "Checks",
        "Where it was raised",
        "import_contracts.py:93",
        'number=contract["number"],',
        "Complete traceback",
        "Last lines of stderr",
        "Memory over time",
    ]
    places = [text.index(word) for word in order]
    assert places == sorted(places)


def test_the_lines_of_the_chart_are_explained() -> None:
    killed = Page(render(RECORDS["killed"]())).text
    assert "cloud limit 400.0 MB" in killed
    assert (
        "The cloud's and handler's limits include 200.0 MB for the idle handler."
        in killed
    )
    assert "marks the end of the run: killed after" in killed
    assert "The line at 200.0 MB stands for: budget 200.0 MB, handler's limit" in killed
    assert re.search(r"idle worker: \d+\.\d MB", killed)


def test_a_reason_shared_by_several_checks_appears_once() -> None:
    text = Page(render(RECORDS["raised"]())).text
    why = "the task did not finish, so the full figure is unknown"
    assert text.count(why) == 1
    assert f"(task memory, handler's total, duration, queries per row): {why}" in text


def test_growth_by_a_few_memory_pages_looks_small_in_the_chart() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    begin = run.memory.baseline_bytes or 0
    few = Series(t_seconds=(0.0, 1.0, 2.0), rss_bytes=(begin, begin + 8192, begin))
    curve = memory_chart_of(record, replace(run, series=few))
    assert curve is not None
    assert curve.top_bytes > 1_000_000
    text = [mark.text for mark in curve.size_marks]
    assert text == ["0.5 MB", "1.0 MB", "1.5 MB", "2.0 MB"]
    assert curve.peak[1] > 985


def test_the_parts_of_the_duration_fill_the_bar() -> None:
    [run] = RECORDS["passed"]().runs
    for seconds, kinds in (
        (3.0, ["own", "database", "waiting", "contention"]),
        (None, ["own", "waiting", "contention"]),
    ):
        made = list(shares_of(replace(run, database_seconds=seconds)))
        assert [part.kind for part in made] == kinds
        assert math.isclose(sum(part.share for part in made), 1)
        assert math.isclose(made[-1].begin + made[-1].share, 1)
    assert not list(shares_of(a_run()))


def test_a_run_without_a_curve_has_no_chart() -> None:
    record = RECORDS["passed"]()
    [run] = record.runs
    flat = replace(run, series=Series(t_seconds=(0.0,), rss_bytes=(1,)))
    assert "data-chart>" not in render(replace(record, runs=(flat,)))
    assert "data-chart>" in render(record)


@given(top=st.floats(1e-6, 1e15), most=st.integers(2, 10))
def test_the_marks_of_an_axis_are_few_different_and_within_the_axis(
    top: float, most: int
) -> None:
    for made in (marks(top, most, str), clock_marks(top, most, str)):
        assert 1 <= len(made) <= most + 1
        assert made[0].share == 0
        shares = [mark.share for mark in made]
        assert shares == sorted(shares)
        assert shares[-1] <= 1 + 1e-9
        assert len({mark.text for mark in made}) == len(made)


def test_the_marks_of_a_time_axis_are_easy_to_read() -> None:
    made = clock_marks(1800, 6, lambda seconds: f"{seconds / 60:g}")
    assert [mark.text for mark in made] == ["0", "5", "10", "15", "20", "25", "30"]
    assert math.isclose(made[-1].share, 1)
