"""Bars and curves are drawn from characters, and text is made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.report.content.safe_text import (
    last_characters,
    one_line,
    plain,
    shown_path,
    tail,
)
from limerun.report.terminal.drawing import (
    ASCII,
    UNICODE,
    bar,
    curve,
    glyphs_for,
    resampled,
)


@pytest.mark.parametrize(
    ("share", "filled"), [(-1, 0), (0, 0), (0.001, 1), (0.5, 5), (1, 10), (7, 10)]
)
def test_a_bar_is_full_at_1_and_never_empty_above_0(share: float, filled: int) -> None:
    drawn, rest = bar(share, 10, UNICODE)
    assert (len(drawn), len(rest)) == (filled, 10 - filled)


def test_a_curve_is_filled_from_below() -> None:
    assert curve([0, 1, 8, 16], 16, 2, UNICODE) == ["   █", " ▁██"]
    assert curve([0, 4], 0, 1, UNICODE) == ["  "]


def test_each_interval_keeps_its_highest_value() -> None:
    times = [0.0, 1.0, 2.0, 3.0, 10.0]
    assert resampled(times, [1, 9, 2, 3, 4], 5) == [9, 3, 3, 3, 4]
    assert resampled([], [], 5) == []
    assert resampled([2.0], [7], 2) == [7, 7]


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.integers(0, 10**12)), min_size=1),
    st.integers(1, 80),
)
def test_no_peak_is_lost_in_resampling(
    points: list[tuple[float, int]], columns: int
) -> None:
    times, values = zip(*points, strict=True)
    drawn = resampled(times, values, columns)
    assert len(drawn) == columns
    assert max(drawn) == max(values)


@pytest.mark.parametrize(
    ("encoding", "glyphs"),
    [("utf-8", UNICODE), ("UTF_8", UNICODE), ("ascii", ASCII), ("cp1252", ASCII)],
)
def test_glyphs_fit_the_encoding(encoding: str, glyphs: object) -> None:
    assert glyphs_for(encoding) is glyphs


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\rb\r\nc\x0bd", "a\nb\nc\nd"),
        ("a\tb", "a   b"),
        ("nul\x00 bell\x07 back\x08", "nul bell back"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("\ud800x", "x"),
        ("å 価 🎉", "å 価 🎉"),
    ],
)
def test_plain_text_has_no_control_codes(text: str, left: str) -> None:
    assert plain(text) == left


@given(st.text())
def test_plain_text_stays_unchanged(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert "\x1b" not in plain(text)


def test_a_single_line_is_cut_off_if_it_is_too_long() -> None:
    assert one_line(" a \n b ") == "a b"
    assert one_line("abcdefgh", 6) == "abc..."


def test_the_end_of_a_long_text_starts_with_a_whole_line() -> None:
    assert tail("a\nb\nc\n\n", 2) == ["b", "c"]
    assert tail(" \n", 2) == []
    assert last_characters("first\nsecond\nthird", 9) == "third"
    assert last_characters("abcdef", 3) == "def"
    assert last_characters("short", 99) == "short"


@pytest.mark.parametrize(
    ("file", "shown"),
    [
        ("/home/me/tasks/a.py", "tasks/a.py"),
        ("/home/you/a.py", "/home/you/a.py"),
        ("tasks/a.py", "tasks/a.py"),
        ("/home/meer/a.py", "/home/meer/a.py"),
    ],
)
def test_a_path_is_relative_to_the_base_folder(file: str, shown: str) -> None:
    assert shown_path(file, "/home/me") == shown
