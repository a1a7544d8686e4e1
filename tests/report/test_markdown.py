"""Markdown reports fit into a comment, and the user's text never becomes markup."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.records import Location, Output, RaisedError
from limerun.report.formats.markdown_escaping import code_block, code_span, escape
from limerun.report.formats.markdown_report import LIMIT_BYTES, render
from tests.report.expected import assert_as_expected
from tests.report.make_records import RECORDS


@pytest.mark.parametrize(
    "name", ["estimate", "failed", "passed", "profile", "raised", "resilience", "run"]
)
def test_each_record_is_rendered_as_expected(name: str) -> None:
    assert_as_expected(f"{name}.md", render(RECORDS[name]()))


def test_a_huge_record_is_shortened_and_refers_to_the_full_record() -> None:
    record = RECORDS["raised"]()
    huge = "価" * 50_000
    finding = replace(
        RECORDS["failed"]().findings[0],
        title=huge,
        detail=huge,
        advice=huge,
        guide=huge,
        location=Location(file=huge, line=1),
    )
    run = replace(
        record.runs[0],
        error=RaisedError(type=huge, message=huge, traceback=huge),
        output=Output(stdout=huge, stderr=huge),
    )
    record = replace(
        record,
        task=replace(record.task, name=huge),
        checks=tuple(replace(check, name=huge, why=huge) for check in record.checks),
        findings=(finding,) * 500,
        runs=(run,),
    )
    text = render(record)
    assert len(text.encode("utf-8")) <= LIMIT_BYTES
    assert text.startswith("### ❌ RAISED\n")
    assert "The rest did not fit" in text


def test_a_check_name_cannot_break_the_table() -> None:
    record = RECORDS["failed"]()
    check = replace(record.checks[0], name="a | b\n| c <img src=x> `d`")
    text = render(replace(record, checks=(check,)))
    [row] = [line for line in text.splitlines() if line.startswith("| ❌")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 6
    assert "<img" not in text


def test_findings_show_file_and_line() -> None:
    text = render(RECORDS["failed"]())
    assert "`fixtures/tasks/import_contracts_naive.py:47`" in text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a_b*c", r"a\_b\*c"),
        ("12.5 s", "12.5 s"),
        ("1. item", r"1\. item"),
        ("# head", r"\# head"),
        ("- item", r"\- item"),
        ("=====", r"\====="),
        ("a|b", r"a\|b"),
        ("<b>", "&lt;b&gt;"),
        ("&lt;", "&amp;\u200blt;"),
        ("[a](b)", r"\[a\](b)"),
        ("@me", "@\u200bme"),
        ("fixes #12", "fixes #\u200b12"),
        ("GH-12", "GH-\u200b12"),
        ("http://x.y", "http:\u200b//x.y"),
        ("www.x.y", "www\u200b.x.y"),
        (":smile:", ":\u200bsmile:"),
        ("file.py:12", "file.py:12"),
        ("two\nlines", "two lines"),
        ("\x1b[31mred", "red"),
    ],
)
def test_escaped_text_is_not_interpreted(text: str, escaped: str) -> None:
    assert escape(text, 100) == escaped


@given(st.text())
def test_a_fence_is_longer_than_any_fence_inside_its_code(text: str) -> None:
    for code in (code_span(text, 200), code_block(text)):
        fence = re.match("`*", code)
        assert fence is not None
        inner = code.strip().removeprefix(fence[0]).removesuffix(fence[0])
        assert not fence[0] or fence[0] not in inner


@given(st.text())
def test_code_in_a_table_is_one_line_without_a_vertical_bar(text: str) -> None:
    code = code_span(text, 200, in_table=True)
    assert "|" not in code
    assert "\n" not in code
