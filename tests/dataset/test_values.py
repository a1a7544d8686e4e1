"""The values of each kind."""

import datetime
import re
import statistics
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.weighted_lists import fold
from tests.dataset.plans import one_column, plan_of, values_of


def generated_values(
    said: Mapping[str, object], type: str = "string", rows: int = 1_000
) -> Any:
    return values_of(one_column(said, type)(rows), "thing", "it")


def test_the_names_and_the_email_address_of_a_person_match() -> None:
    plan = plan_of()
    columns = [
        values_of(plan, "person", name)
        for name in ("firstname", "lastname", "name", "email")
    ]
    for row, (first, last, name, email) in enumerate(zip(*columns, strict=True), 1):
        assert name == f"{first} {last}"
        assert re.fullmatch(
            rf"{fold(first)}\.{fold(last)}\.{row}@example\.(com|org|net)", email
        )


@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_has_words_for_every_kind(locale: str) -> None:
    plan = plan_of(locale=locale)
    for limetype, columns in {
        "company": ("name", "registrationno", "phone", "www", "visitingaddress1"),
        "person": ("name", "email", "position"),
        "deal": ("name", "comment"),
    }.items():
        for column in columns:
            values = values_of(plan, limetype, column)
            assert all(isinstance(value, str) and value for value in values)
            assert len(set(values)) > 10


@pytest.mark.parametrize("locale", LOCALES)
def test_email_addresses_and_web_pages_use_reserved_domains(locale: str) -> None:
    plan = plan_of(locale=locale)
    for email in values_of(plan, "person", "email"):
        assert re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", email)
    for page in values_of(plan, "company", "www"):
        assert re.fullmatch(r"https://www\.[a-z0-9]+\.example", page)


def test_swedish_phone_numbers_are_those_reserved_for_fiction() -> None:
    forms = (
        r"070-174 06 (0[5-9]|[1-9]\d)|08-465 004 \d\d|031-390 06 \d\d"
        r"|040-628 04 \d\d|0980-319 2\d\d"
    )
    for phone in values_of(plan_of(), "company", "phone"):
        assert re.fullmatch(forms, phone)


@pytest.mark.parametrize("locale", LOCALES)
def test_unique_phone_numbers_cannot_be_real(locale: str) -> None:
    plan = plan_of(properties={"company.phone": {"unique": True}}, locale=locale)
    phones = values_of(plan, "company", "phone")
    assert len(set(phones)) == len(phones)
    assert all(re.match(r"\+\d{1,3} 0\d", phone) for phone in phones)


def luhn(digits: list[int]) -> int:
    weighed = [
        digit * 2 if at % 2 == 0 else digit
        for at, digit in enumerate(reversed(digits), 1)
    ]
    return sum(number // 10 + number % 10 for number in weighed) % 10


def weighted_mod11(digits: list[int], weights: tuple[int, ...]) -> int:
    pairs = zip(digits, weights, strict=True)
    return sum(digit * weight for digit, weight in pairs) % 11


def iso7064(digits: list[int]) -> int:
    product = 10
    for digit in digits[:-1]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return (product + digits[-1]) % 10 - 1


REMAINDERS = {
    "sv_SE": luhn,
    "nb_NO": lambda digits: weighted_mod11(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1)),
    "fi_FI": lambda digits: weighted_mod11(digits, (7, 9, 10, 5, 8, 4, 2, 1)),
    "da_DK": lambda digits: weighted_mod11(digits, (2, 7, 6, 5, 4, 3, 2, 1)),
    "de_DE": iso7064,
}


@pytest.mark.parametrize("locale", REMAINDERS)
@pytest.mark.parametrize("unique", [False, True])
def test_organisation_numbers_have_a_valid_check_digit(
    locale: str, unique: bool
) -> None:
    said = {"company.registrationno": {"unique": unique}}
    numbers = values_of(
        plan_of(properties=said, locale=locale), "company", "registrationno"
    )
    for number in numbers:
        digits = [int(character) for character in re.sub(r"\D", "", number)]
        assert REMAINDERS[locale](digits) == 0
    assert not unique or len(set(numbers)) == len(numbers)


def test_a_sequence_uses_its_format() -> None:
    said = {"kind": "sequence", "format": "K-{:07d}/x", "start": 5}
    assert generated_values(said, rows=3) == [
        "K-0000005/x",
        "K-0000006/x",
        "K-0000007/x",
    ]


@pytest.mark.parametrize(
    ("form", "start", "expected"),
    [
        ("{}", 9, ["9", "10"]),
        ("{:d}", 9, ["9", "10"]),
        ("{:02d}", 99, ["99", "100"]),
        ("{:,}", 999, ["999", "1,000"]),
        ("å{:x}{{}}", 15, ["åf{}", "å10{}"]),
    ],
)
def test_a_sequence_accepts_any_format_of_an_integer(
    form: str, start: int, expected: list[str]
) -> None:
    said = {"kind": "sequence", "format": form, "start": start}
    assert generated_values(said, rows=2) == expected


def test_most_amounts_are_small_and_all_have_two_decimals() -> None:
    values = generated_values({}, "decimal", rows=5_000)
    assert all(100 <= value <= 5_000_000 for value in values)
    assert all(round(value, 2) == value for value in values)
    assert statistics.median(values) < statistics.mean(values) / 2


@settings(max_examples=40, deadline=None)
@given(
    ends=st.lists(
        st.decimals(-10_000, 10_000, places=3).map(float), min_size=2, max_size=2
    ).map(sorted),
    decimals=st.integers(0, 6),
)
def test_amounts_stay_within_their_bounds(ends: list[float], decimals: int) -> None:
    least, most = ends[0], ends[1] + 1
    said = {"kind": "decimal", "min": least, "max": most, "decimals": decimals}
    values = generated_values(said, "decimal", rows=50)
    assert all(least <= value <= most for value in values)
    assert all(round(value, decimals) == value for value in values)


@settings(max_examples=40, deadline=None)
@given(ends=st.lists(st.integers(-(2**62), 2**62), min_size=2, max_size=2).map(sorted))
def test_integers_stay_within_their_bounds(ends: list[int]) -> None:
    said = {"kind": "integer", "min": ends[0], "max": ends[1]}
    assert all(
        ends[0] <= value <= ends[1] for value in generated_values(said, "integer", 50)
    )


def test_unique_integers_can_use_their_whole_range() -> None:
    said = {"min": 10, "max": 1_009, "unique": True}
    assert sorted(generated_values(said, "integer", 1_000)) == list(range(10, 1_010))


def test_percentages_are_multiples_of_five() -> None:
    assert set(generated_values({}, "percent")) == {
        float(step) for step in range(0, 101, 5)
    }


def test_a_yesno_value_is_true_as_often_as_its_rate() -> None:
    assert sum(generated_values({"rate": 0.1}, "yesno", 5_000)) == pytest.approx(
        500, abs=100
    )
    assert all(generated_values({"rate": 1}, "yesno"))
    assert not any(generated_values({"rate": 0}, "yesno"))


def test_options_follow_their_weights() -> None:
    said = {"kind": "choice", "options": ["a", "b", "c"], "weights": [8, 0, 2]}
    counts: Counter[str] = Counter(generated_values(said, rows=5_000))
    assert set(counts) == {"a", "c"}
    assert counts["a"] == pytest.approx(4_000, abs=200)


def test_the_first_options_are_the_most_frequent() -> None:
    counts = Counter(values_of(plan_of(), "deal", "dealstatus"))
    assert counts["contact"] > counts["tender"] > counts["won"] > 0


def test_a_set_consists_of_keys_joined_by_semicolons() -> None:
    tags = set(values_of(plan_of(), "deal", "tags"))
    assert {"", "a", "a;b", "a;b;c"} <= tags
    assert all(set(each.split(";")) <= {"", "a", "b", "c"} for each in tags)


def test_the_end_of_a_row_comes_after_its_start() -> None:
    starts = values_of(plan_of(), "deal", "starttime")
    ends = values_of(plan_of(), "deal", "closeddate")
    assert all(start.date() < end for start, end in zip(starts, ends, strict=True))


def test_times_end_at_a_fixed_date_rather_than_today() -> None:
    starts = values_of(plan_of(), "deal", "starttime")
    assert datetime.datetime(2016, 1, 1) <= min(starts)
    assert max(starts) <= datetime.datetime(2026, 1, 1)


def test_dates_stay_within_the_options_from_and_to() -> None:
    said = {"from": datetime.date(2024, 2, 28), "to": "2024-03-01"}
    days = {datetime.date(2024, 2, 28), datetime.date(2024, 2, 29)}
    assert set(generated_values(said, "date")) == days | {datetime.date(2024, 3, 1)}


@pytest.mark.parametrize(
    ("type", "months"),
    [("month", range(1, 13)), ("quarter", (1, 4, 7, 10)), ("year", (1,))],
)
def test_a_period_is_stored_as_its_first_day(type: str, months: Any) -> None:
    days = generated_values({}, type)
    assert {day.day for day in days} == {1}
    assert {day.month for day in days} == set(months)


def test_text_is_truncated_to_the_length_of_its_property() -> None:
    assert {len(name) for name in values_of(plan_of(), "deal", "name")} <= set(
        range(1, 13)
    )


@pytest.mark.parametrize("length", [10, 200, 5_000])
def test_free_text_is_at_most_as_long_as_configured(length: int) -> None:
    lengths = [len(text) for text in generated_values({"length": length}, "text")]
    assert length * 0.7 < max(lengths) <= length
    assert min(lengths) >= 1


def test_every_kind_has_the_configured_share_of_nulls() -> None:
    for kind in ("email", "city", "sequence", "subject"):
        values = generated_values({"kind": kind, "null_rate": 0.25}, rows=4_000)
        assert values.count(None) == pytest.approx(1_000, abs=120)
    assert set(generated_values({"kind": "city", "null_rate": 1})) == {None}


@pytest.mark.parametrize(
    ("type", "value", "expected"),
    [
        ("string", "x", "x"),
        ("integer", 3, 3),
        ("decimal", 3, 3.0),
        ("yesno", True, True),
        ("date", "2025-01-02", datetime.date(2025, 1, 2)),
        ("time", "2025-01-02T03:04:05+01:00", datetime.datetime(2025, 1, 2, 2, 4, 5)),
    ],
)
def test_a_constant_is_the_same_in_every_row(
    type: str, value: object, expected: object
) -> None:
    assert (
        generated_values({"kind": "constant", "value": value}, type, 3)
        == [expected] * 3
    )


def test_only_the_first_person_has_a_username() -> None:
    users = values_of(plan_of(), "person", "username")
    assert users[0] == 1
    assert set(users[1:]) == {None}


@pytest.mark.parametrize(
    ("name", "type", "like"),
    [
        ("mobilephone", "phone", r"0\d+-.*"),
        ("postalzipcode", "string", r"\d{3} \d\d"),
        ("vatno", "string", r"\d{6}-\d{4}"),
        ("homepage", "link", r"https://.*"),
        ("primaryemailaddress", "string", r".*@example\..*"),
        ("ordernumber", "string", r"\d+"),
        ("note", "text", r"[^.]+\..*"),
        ("whatever", "string", r"\S+( \S+){1,3}"),
    ],
)
def test_the_kind_of_a_column_is_guessed_from_its_name(
    name: str, type: str, like: str
) -> None:
    plan = plan_of({"thing": {name: {"type": type}}}, {"thing": 20})
    assert all(re.fullmatch(like, value) for value in values_of(plan, "thing", name))
