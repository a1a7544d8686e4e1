"""The page in a real browser: it is shown, reacts, and loads nothing."""

import dataclasses
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import (
    Axe,
)
from playwright.sync_api import Browser, Page, sync_playwright

from limerun.judge.record_comparison import compare
from limerun.records import Location, Record, Series
from limerun.report.content.history import histories_of
from limerun.report.webpage.page import render, render_comparison, render_histories
from tests.report.make_records import RECORDS

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
MARKUP = "</script><img src=x onerror=alert(1)><script>alert(2)</script>"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield launched
        launched.close()


@dataclass
class Visit:
    """An open page, with its requests and errors."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def visit(
    browser: Browser, path: Path, *, dark: bool = False, width: int = 1000
) -> Visit:
    page = browser.new_page(
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": 800},
    )
    seen = Visit(page)
    page.on("console", lambda message: seen.messages.append(message.text))
    page.on("pageerror", lambda error: seen.messages.append(str(error)))
    page.on("dialog", lambda dialog: seen.messages.append(dialog.message))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(path.as_uri())
    return seen


def saved(folder: Path, record: Record) -> Path:
    return saved_text(folder, render(record))


def saved_text(folder: Path, text: str) -> Path:
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    return path


STRUCTURES = ["estimate", "failed", "killed", "profile", "raised", "run"]
"""Records whose pages differ in structure; other pages differ only in their texts."""


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_page_is_self_contained_accessible_and_fits_a_phone(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    path = saved(tmp_path, RECORDS[name]())
    seen = visit(browser, path)
    assert seen.page.locator("h1").is_visible()
    for summary in seen.page.locator("summary").all():
        summary.click()
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        found = Axe().run(seen.page)
        assert found.response["violations"] == [], found.generate_report()
    seen.page.set_viewport_size({"width": 380, "height": 800})
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 380
    assert cut_off(seen.page) == []
    assert seen.messages == []
    assert seen.requests == [path.as_uri()]


def cut_off(page: Page) -> list[str]:
    """Return the tables that are cut off on the right."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll(".scroll")]
            .filter((each) => each.scrollWidth > each.clientWidth)
            .map((each) => each.innerText)"""
    )
    return found


def test_a_long_run_is_shown_in_minutes(browser: Browser, tmp_path: Path) -> None:
    record = RECORDS["failed"]()
    [run] = record.runs
    series = Series(
        t_seconds=tuple(1800 * at / 1999 for at in range(2000)),
        rss_bytes=tuple(61_440_000 + 12_345 * at for at in range(2000)),
    )
    long = dataclasses.replace(record, runs=(dataclasses.replace(run, series=series),))
    page = visit(browser, saved(tmp_path, long)).page
    page.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert page.locator("output").inner_text().startswith("30 min 0 s: ")


@pytest.fixture(scope="module")
def failed_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    path = saved(tmp_path_factory.mktemp("page"), RECORDS["failed"]())
    return visit(browser, path).page


@pytest.fixture
def fresh_page(failed_page: Page) -> Page:
    failed_page.emulate_media(media="screen")
    failed_page.reload()
    return failed_page


def test_the_pointer_shows_values_of_the_curve(fresh_page: Page) -> None:
    page = fresh_page
    reading, plot = page.locator("output"), page.locator("svg.plot")
    plot.hover(position={"x": 5, "y": 100})
    early = reading.inner_text()
    plot.hover(position={"x": 700, "y": 100})
    late = reading.inner_text()
    assert "above the idle worker" in early
    assert float(early.split()[0]) < float(late.split()[0])
    assert page.locator(".cross").get_attribute("visibility") is None


def test_the_keyboard_shows_values_of_the_curve(fresh_page: Page) -> None:
    page = fresh_page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "range"
    page.keyboard.press("Home")
    first = page.locator("output").inner_text()
    assert first.startswith("0.0 s: 0.0 MB above the idle worker")
    page.keyboard.press("ArrowRight")
    assert page.locator("output").inner_text() != first
    page.keyboard.press("End")
    assert "268.3 MB above the idle worker" in page.locator("output").inner_text()


def test_the_shown_value_matches_the_record(browser: Browser, tmp_path: Path) -> None:
    record = RECORDS["killed"]()
    [run] = record.runs
    page = visit(browser, saved(tmp_path, record)).page
    page.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    last = (run.series.rss_bytes[-1]) / 1e6
    assert f"{last:.1f} MB in total" in page.locator("output").inner_text()


def test_markup_in_a_record_is_shown_as_text(browser: Browser, tmp_path: Path) -> None:
    record = RECORDS["failed"]()
    [run] = record.runs
    where = Location(file=MARKUP, line=1, function=MARKUP)
    planted = dataclasses.replace(
        record,
        task=dataclasses.replace(record.task, name=MARKUP),
        config=dataclasses.replace(
            record.config, path=MARKUP, values={MARKUP: MARKUP}, provenance={}
        ),
        findings=tuple(
            dataclasses.replace(
                finding, title=MARKUP, detail=MARKUP, advice=MARKUP, location=where
            )
            for finding in record.findings
        ),
        runs=(
            dataclasses.replace(
                run, output=dataclasses.replace(run.output, stderr=MARKUP)
            ),
        ),
    )
    seen = visit(browser, saved(tmp_path, planted))
    assert seen.messages == []
    assert len(seen.requests) == 1
    assert seen.page.locator("img").count() == 0
    assert MARKUP in seen.page.locator("h1").inner_text()


def test_a_page_prints_without_its_controls(fresh_page: Page) -> None:
    page = fresh_page
    page.emulate_media(media="print")
    assert not page.locator("input[type=range]").is_visible()
    assert page.locator("svg.plot").is_visible()
    white = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert white == "rgb(255, 255, 255)"
    assert page.get_by_text("budget.queries_per_row").is_visible()


def other_pages() -> dict[str, str]:
    passed, failed = RECORDS["passed"](), RECORDS["failed"]()
    later = dataclasses.replace(failed, started_at="2026-03-04T09:30:00+00:00")
    return {
        "comparison": render_comparison(compare(passed, failed, anyway=True)),
        "history": render_histories(histories_of([passed, later]), "records"),
    }


@pytest.mark.parametrize("name", ["comparison", "history"])
def test_the_other_pages_open_and_are_accessible(
    name: str, browser: Browser, tmp_path: Path
) -> None:
    path = saved_text(tmp_path, other_pages()[name])
    seen = visit(browser, path, dark=True, width=380)
    assert seen.messages == []
    assert seen.requests == [path.as_uri()]
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 380
    assert cut_off(seen.page) == []
    found = Axe().run(seen.page)
    assert found.response["violations"] == [], found.generate_report()
