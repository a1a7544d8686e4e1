"""What a run logged, printed, raised and returned is searched for known values."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from limerun.engine.log_file import LogFile
from limerun.records import CapturedLine, Leak, LogSite, RaisedError, Run
from limerun.runs.known_values import KnownColumn, KnownValues
from limerun.runs.leak_search import LeakSearch, with_log
from limerun.runs.personal_values import personal_kinds
from tests.builders import a_run, an_outcome

EMAIL = "Åsa.Öberg@example.org"
SITE = LogSite("shop", 20, "INFO", "t.py", 7, "run")
OTHER = SITE._replace(line=8)


def collected(words: frozenset[str] | None) -> KnownValues:
    values = KnownValues(words)
    column = KnownColumn(table="person", name="email", kind="email", alone=True)
    values.add(column, iter([(17, EMAIL), (18, "b@example.org")]))
    return values


def line(
    text: str, site: LogSite = SITE, error: str | None = None, **extra: str
) -> CapturedLine:
    return CapturedLine(site, 0.0, 0, 0, text, error, extra)


def leaks_in(
    lines: Iterable[CapturedLine] = (), run: Run | None = None
) -> tuple[Leak, ...]:
    search = LeakSearch(collected, lambda text: ["parameters.key"] * ("s3cr3t" in text))
    for each in lines:
        search.add_line(each)
    if run is not None:
        search.add_run(run)
    return search.leaks()


@pytest.mark.parametrize(
    "text",
    [
        f"to {EMAIL}",
        f"to {EMAIL.upper()}",
        f"GET /person?mail={quote(EMAIL)}&x=1",
        json.dumps({"to": EMAIL}),
        repr(EMAIL.encode()),
        f"first line\nthen {EMAIL}",
    ],
)
def test_a_value_is_found_in_every_encoding(text: str) -> None:
    [leak] = leaks_in([line(text)])
    assert (leak.what, leak.column) == ("person[17].email", "person.email")
    assert (leak.place, leak.logger, leak.location) == ("log", "shop", SITE.location)
    assert EMAIL not in str(leak)


def test_exceptions_and_extra_values_of_a_line_are_searched() -> None:
    lines = [line("failed", error=f"ValueError: {EMAIL}"), line("x", OTHER, to=EMAIL)]
    assert [leak.location for leak in leaks_in(lines)] == [
        SITE.location,
        OTHER.location,
    ]


def test_values_are_grouped_by_call_and_column() -> None:
    texts = [EMAIL, "b@example.org", EMAIL, "nothing"]
    [leak] = leaks_in([line(text) for text in texts])
    assert (leak.occurrences, leak.values) == (3, 2)


def test_a_secret_is_a_credential_and_comes_first() -> None:
    leaks = leaks_in([line(EMAIL), line("token s3cr3t")])
    assert [leak.kind for leak in leaks] == ["credential", "personal"]
    assert (leaks[0].column, leaks[0].what) == (None, "parameters.key")


def test_error_and_result_are_searched() -> None:
    run = replace(
        a_run(),
        error=RaisedError(type="ValueError", message=f"no {EMAIL}", traceback="..."),
        result={"count": 3, "ok": True, "of": [None, {EMAIL: 1}]},
    )
    assert {leak.place for leak in leaks_in(run=run)} == {"error", "result"}
    assert leaks_in(run=a_run()) == ()


def test_stderr_repeats_the_log_and_is_reported_only_for_more(tmp_path: Path) -> None:
    (tmp_path / "log-first").write_text(
        '[[0,0,20,7,"shop","INFO","t.py","run"]]\n[0,5,1,2,"to b@example.org"]\n'
    )
    (tmp_path / "stderr").write_text(f"INFO b@example.org\n{EMAIL}\n", "utf-8")
    (tmp_path / "stdout").write_text("b@example.org\n", "utf-8")
    outcome = an_outcome()
    search = LeakSearch(collected, lambda _: ())
    run = with_log(a_run(), outcome, LogFile(tmp_path), search)
    assert run.log is not None
    assert run.log.lines == 1
    assert run.leaks is not None
    assert [(leak.place, leak.what, leak.values) for leak in run.leaks] == [
        ("log", "person[18].email", 1),
        ("stderr", "person[17].email", 1),
    ]
    assert with_log(a_run(), outcome, LogFile(tmp_path), None).leaks is None
    assert [*LogFile(tmp_path / "none").output("stdout")] == []


def test_with_many_lines_all_values_are_collected_once() -> None:
    asked: list[bool] = []

    def collect(words: frozenset[str] | None) -> KnownValues:
        asked.append(words is None)
        return collected(words)

    search = LeakSearch(collect, lambda _: ())
    for number in range(21_000):
        search.add_line(line("plain" if number % 7_000 else EMAIL))
    [leak] = search.leaks()
    assert leak.occurrences == 3
    assert asked == [True]


def test_without_any_text_no_values_are_collected() -> None:
    def collect(_: object) -> KnownValues:
        raise AssertionError

    assert LeakSearch(collect, lambda _: ()).leaks() == ()


@pytest.mark.parametrize(
    ("kinds", "personal"),
    [
        (["company", "street", "city", "email", "phone"], {"email", "phone"}),
        (["fullname", "street", "city", "decimal"], {"fullname", "street", "city"}),
        (["sequence", "company", "registrationno"], set()),
    ],
)
def test_kinds_decide_what_is_personal(kinds: list[str], personal: set[str]) -> None:
    assert personal_kinds(kinds) == personal
