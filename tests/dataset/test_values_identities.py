"""Identity numbers follow their country's rules and match the other columns.

The rules are written here again, digit by digit, from the countries' own descriptions.
"""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.errors import DatasetError
from tests.dataset.plans import plan_of, values_of

PERSON = {
    "firstname": {"type": "string"},
    "gender": {"type": "option", "options": ["female", "male", "other"]},
    "birthdate": {"type": "date"},
    "ssn": {"type": "string"},
}


def persons(
    locale: str, rows: int = 400, said: dict[str, object] | None = None, seed: int = 7
) -> list[tuple[str, datetime.date, bool]]:
    """Return identity numbers, dates of birth, and whether each person is a man."""
    properties = {"person.ssn": {"kind": "nationalid", **(said or {})}}
    plan = plan_of(
        {"person": PERSON}, {"person": rows}, properties, seed=seed, locale=locale
    )
    columns = [
        values_of(plan, "person", name) for name in ("ssn", "birthdate", "gender")
    ]
    return [
        (number, born, gender == "male")
        for number, born, gender in zip(*columns, strict=True)
    ]


def weighed(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11


def swedish(number: str, born: datetime.date, man: bool) -> None:
    assert re.fullmatch(r"\d{8}-\d{4}", number)
    digits = [int(d) for d in number[2:].replace("-", "")]
    doubled = [d * 2 if at % 2 == 0 else d for at, d in enumerate(digits)]
    assert sum(d // 10 + d % 10 for d in doubled) % 10 == 0
    assert int(number[11]) % 2 == man
    birth = int(number[9:12])
    assert birth in (range(980, 1_000) if born.year < 1990 else (238, 239))
    day = int(number[6:8])
    assert f"{born:%Y%m}" == number[:6]
    assert born.day == (day - 60 if day > 60 else day)


def norwegian(number: str, born: datetime.date, man: bool) -> None:
    assert re.fullmatch(r"\d{11}", number)
    assert weighed(number[:10], (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) == 0
    assert weighed(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) == 0
    day, month, year = (int(number[at : at + 2]) for at in (0, 2, 4))
    assert 81 <= month <= 92
    assert (born.day, born.month, born.year % 100) == (
        day - 40 if day > 40 else day,
        month - 80,
        year,
    )
    assert (int(number[6:9]) >= 500) == (born.year >= 2000)
    assert int(number[8]) % 2 == man


def finnish(number: str, born: datetime.date, man: bool) -> None:
    found = re.fullmatch(r"(\d{6})([-A])(\d{3})([0-9A-Y])", number)
    assert found is not None
    date, century, individual, check = found.groups()
    assert "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(date + individual) % 31] == check
    assert date == f"{born:%d%m%y}"
    assert century == ("A" if born.year >= 2000 else "-")
    assert 900 <= int(individual) <= 999
    assert int(individual) % 2 == man


def danish(number: str, born: datetime.date, man: bool) -> None:
    assert re.fullmatch(r"\d{6}-\d{4}", number)
    digits = number.replace("-", "")
    assert weighed(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) == 0
    assert int(digits[:2]) == born.day + 60
    assert digits[2:6] == f"{born:%m%y}"
    assert int(digits[6]) in (range(5, 9) if born.year >= 2000 else range(4))
    assert int(digits[9]) % 2 == man


def dutch(number: str, born: datetime.date, man: bool) -> None:
    assert re.fullmatch(r"9\d{8}", number)
    assert weighed(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) == 0


def german(number: str, born: datetime.date, man: bool) -> None:
    assert re.fullmatch(r"0\d{10}", number)
    counts = sorted(number[:10].count(digit) for digit in "0123456789")
    assert counts == [0, 1, 1, 1, 1, 1, 1, 1, 1, 2]
    product = 10
    for digit in number[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    assert (11 - product) % 10 == int(number[10])


def american(number: str, born: datetime.date, man: bool) -> None:
    found = re.fullmatch(r"(9\d\d)-(\d\d)-(\d{4})", number)
    assert found is not None
    assert 1 <= int(found[2]) <= 49
    assert found[3] != "0000"


RULES: dict[str, Callable[[str, datetime.date, bool], None]] = {
    "sv_SE": swedish,
    "nb_NO": norwegian,
    "fi_FI": finnish,
    "da_DK": danish,
    "nl_NL": dutch,
    "de_DE": german,
    "en_US": american,
}


@pytest.mark.parametrize("locale", RULES)
def test_identity_numbers_follow_the_rules_of_their_country(locale: str) -> None:
    for person in persons(locale):
        RULES[locale](*person)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), locale=st.sampled_from(sorted(RULES)))
def test_identity_numbers_follow_the_rules_for_any_seed_and_if_unique(
    seed: int, locale: str
) -> None:
    found = persons(locale, 60, {"unique": True}, seed=seed)
    for person in found:
        RULES[locale](*person)
    assert len({number for number, _, _ in found}) == 60


@pytest.mark.parametrize("locale", RULES)
def test_identity_numbers_cover_both_genders_and_centuries(locale: str) -> None:
    found = persons(locale)
    assert 0.4 < sum(man for _, _, man in found) / len(found) < 0.6
    assert {born.year >= 2000 for _, born, _ in found} == {True, False}


@pytest.mark.parametrize(("locale", "days"), [("sv_SE", 60), ("nb_NO", 40)])
def test_foreigners_have_separate_identity_numbers(locale: str, days: int) -> None:
    found = persons(locale, 2_000, {"foreign_rate": 0.25})
    day = (6, 8) if locale == "sv_SE" else (0, 2)
    foreign = [int(number[slice(*day)]) > days for number, _, _ in found]
    assert 0.2 < sum(foreign) / 2_000 < 0.3
    for person in found:
        RULES[locale](*person)


def test_foreign_rate_is_refused_if_the_country_has_no_separate_numbers() -> None:
    with pytest.raises(
        DatasetError, match="has no effect, because da_DK has no separate CPR"
    ):
        persons("da_DK", 1, {"foreign_rate": 0.1})


@pytest.mark.parametrize(
    ("length", "like"),
    [(13, r"\d{8}-\d{4}"), (12, r"\d{12}"), (11, r"\d{6}-\d{4}"), (10, r"\d{10}")],
)
def test_a_short_property_gets_the_short_form_of_the_number(
    length: int, like: str
) -> None:
    limetypes = {"person": {"personnummer": {"type": "string", "length": length}}}
    numbers = values_of(plan_of(limetypes, {"person": 50}), "person", "personnummer")
    assert all(re.fullmatch(like, number) for number in numbers)


def test_a_property_too_short_for_any_form_gets_another_kind() -> None:
    person: dict[str, Any] = {"personnummer": {"type": "string", "length": 9}}
    limetypes = {"person": person}
    columns = check_plan(plan_of(limetypes, {"person": 5}), {}).tables["person"].columns
    assert columns["personnummer"].kind == "subject"
    said = {"person.personnummer": {"kind": "nationalid"}}
    with pytest.raises(DatasetError, match="need 10 characters"):
        check_plan(plan_of(limetypes, {"person": 5}, said), {})


def test_too_many_unique_identity_numbers_are_refused() -> None:
    with pytest.raises(DatasetError, match="nationalid has 188,4"):
        persons("sv_SE", 200_000, {"unique": True})


def test_birthdates_outside_the_range_of_identity_numbers_are_refused() -> None:
    properties = {"person.birthdate": {"from": "1899-12-31"}}
    with pytest.raises(DatasetError, match="from 1900 to 2039"):
        check_plan(plan_of({"person": PERSON}, {"person": 5}, properties), {})


def test_identity_numbers_without_other_columns_are_consistent() -> None:
    limetypes = {"person": {"ssn": {"type": "string"}}}
    plan = plan_of(limetypes, {"person": 100}, locale="fi_FI")
    for number in values_of(plan, "person", "ssn"):
        century = {"-": "19", "A": "20"}[number[6]]
        born = datetime.date.fromisoformat(
            f"{century}{number[4:6]}-{number[2:4]}-{number[:2]}"
        )
        finnish(number, born, int(number[9]) % 2 == 1)


def test_the_gender_column_matches_the_first_name() -> None:
    from limerun.dataset.words.vocabulary import Vocabulary

    person = {**PERSON, "gender": {"type": "option", "options": ["", "M", "K"]}}
    plan = plan_of({"person": person}, {"person": 300})
    women = {*Vocabulary("sv_SE").female_names}
    names = values_of(plan, "person", "firstname")
    genders = values_of(plan, "person", "gender")
    only = women - {*Vocabulary("sv_SE").male_names}
    for name, gender in zip(names, genders, strict=True):
        if name in only:
            assert gender == "K"
        elif name not in women:
            assert gender == "M"
    assert set(genders) == {"K", "M"}
