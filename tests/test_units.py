"""Sizes, times and counts: output can be read back, and invalid text is an error."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from limerun.units import (
    NotReadableError,
    format_apart,
    format_count,
    format_duration,
    format_size,
    parse_count,
    parse_duration,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("200 MB", 200_000_000),
        ("200MB", 200_000_000),
        ("200 mb", 200_000_000),
        ("200 MiB", 209_715_200),
        ("1.5 GB", 1_500_000_000),
        (".5 kB", 500),
        ("1_000 B", 1000),
        ("1,234 MB", 1_234_000_000),
        (0, 0),
        ("0", 0),
        ("9007199254740993 b", 9007199254740993),
    ],
)
def test_a_size_can_be_parsed(text: object, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90 s", 90),
        ("10 min", 600),
        ("2 h", 7200),
        ("1 d", 86400),
        ("5 ms", 0.005),
        ("5 us", 5e-6),
        ("5 µs", 5e-6),
        (0, 0),
        ("0.0", 0),
        ("1h30m", 5400),
        ("1h 30min", 5400),
        ("2 d 1 h", 176_400),
        ("1m30s", 90),
        ("1h0m5s", 3605),
    ],
)
def test_a_time_can_be_parsed(text: object, expected: float) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (100_000, 100_000),
        ("100_000", 100_000),
        ("100,000", 100_000),
        ("100k", 100_000),
        ("1.5M", 1_500_000),
        ("0.001k", 1),
        ("4.35k", 4350),
        (1000.0, 1000),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_a_count_can_be_parsed(text: object, expected: int) -> None:
    assert parse_count(text) == expected


@pytest.mark.parametrize("parse", [parse_size, parse_duration, parse_count])
@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        "x",
        "-1",
        -1,
        -0.5,
        "1 2",
        "1,2",
        "12,34",
        "1..5",
        "1e3",
        "200 MBs",
        "½",
        "٣",
        True,
        None,
        [1],
        math.nan,
        math.inf,
        10**30,
        "9" * 50,
    ],
)
def test_an_invalid_quantity_is_an_error_that_shows_the_correct_form(
    parse: object, value: object
) -> None:
    assert callable(parse)
    with pytest.raises(NotReadableError) as caught:
        parse(value)
    assert caught.value.advice
    assert str(caught.value).endswith(caught.value.advice)


def test_a_unit_of_the_wrong_kind_is_reported() -> None:
    with pytest.raises(NotReadableError, match='"5 MB": "MB" is not a unit of time'):
        parse_duration("5 MB")
    with pytest.raises(NotReadableError, match='"s" is not a unit of size'):
        parse_size("5 s")
    with pytest.raises(
        NotReadableError, match=r'"m" is not a multiple; write k .* or M'
    ):
        parse_count("5m")
    with pytest.raises(NotReadableError, match="not a whole number of rows"):
        parse_count("1.5")


@given(st.integers(0, 10**15))
def test_a_formatted_size_is_parsed_within_its_rounding_error(size: int) -> None:
    step = 10**8 if size >= 10**10 else 10**5
    assert abs(parse_size(format_size(size)) - size) <= step / 2 + 1


@given(st.floats(0, 10**7))
def test_a_formatted_time_is_parsed_within_its_rounding_error(
    seconds: float,
) -> None:
    written = format_duration(seconds)
    step = {"ms": 1e-3, "s": 0.1, "min": 6, "h": 360}[written.split()[1]]
    assert abs(parse_duration(written) - seconds) <= step / 2 * (1 + 1e-9)


@given(st.integers(0, 2**63 - 1))
def test_a_formatted_count_can_be_parsed_exactly(count: int) -> None:
    assert parse_count(format_count(count)) == count


@given(st.integers(0, 10**12), st.sampled_from(["B", "kB", "MB", "KiB", "MiB"]))
def test_units_are_exact_multiples(number: int, unit: str) -> None:
    base = 1024 if "i" in unit else 1000
    power = {"B": 0, "K": 1, "k": 1, "M": 2}[unit[0]]
    expected = number * base**power
    assert parse_size(f"{number} {unit}") == expected


def test_fractions_and_extreme_values_are_readable() -> None:
    assert format_size(200_000_000) == "200.0 MB"
    assert format_size(10**10) == "10.0 GB"
    assert format_duration(0.005) == "5 ms"
    assert format_duration(90) == "90.0 s"
    assert format_duration(600) == "10.0 min"
    assert format_duration(7200) == "2.0 h"
    assert format_count(1234567) == "1,234,567"
    assert format_count(0.1234) == "0.123"
    assert format_count(12.34) == "12.3"


NUMBERS = st.floats(min_value=1e-9, max_value=1e15) | st.integers(1, 10**15)


@given(NUMBERS)
def test_a_number_without_a_unit_is_not_a_size_or_a_time(number: float) -> None:
    for value in (number, f"{number:f}".rstrip("."), f" {int(number) or 1} "):
        if float(value):
            with pytest.raises(
                NotReadableError, match='a size needs a unit; write it like "'
            ):
                parse_size(value)
            with pytest.raises(
                NotReadableError, match='a time needs a unit; write it like "'
            ):
                parse_duration(value)


def test_the_advice_repeats_the_given_number() -> None:
    with pytest.raises(NotReadableError, match='write it like "200 MB"'):
        parse_size(200)


SIZES = st.integers(0, 10**12)


@given(SIZES, st.integers(1, 10**6))
@example(200_000_000, 1)
def test_different_sizes_are_formatted_differently(size: int, gap: int) -> None:
    texts = [
        format_apart(format_size, size, size + gap),
        format_apart(format_size, size + gap, size),
    ]
    assert texts[0] != texts[1]


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
@example(10.0, 10.000001)
def test_different_times_are_formatted_differently(one: float, other: float) -> None:
    if abs(one - other) > 1e-9 * max(one, other):
        shown = format_apart(format_duration, one, other)
        assert shown != format_apart(format_duration, other, one)


def test_digits_are_added_only_if_needed() -> None:
    assert format_apart(format_size, 100_000_000, 200_000_000) == "100.0 MB"
    assert format_apart(format_size, 200_000_001, 200_000_000) == "200.000001 MB"
