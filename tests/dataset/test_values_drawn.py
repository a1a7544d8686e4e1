"""How values are drawn: distributions, repeats, uniqueness, lengths, days and hours."""

import datetime
import statistics
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.design.distinct_limits import POOLS
from limerun.dataset.words.distributions import Distribution
from limerun.dataset.words.locales import LOCALES
from limerun.dataset.words.randomness import random_words
from limerun.dataset.words.vocabulary import Vocabulary
from limerun.dataset.words.weighted_lists import fold
from limerun.errors import DatasetError
from tests.dataset.plans import one_column, plan_of, values_of


def generated_values(
    said: Mapping[str, object], type: str = "string", rows: int = 1_000
) -> Any:
    return values_of(one_column(said, type)(rows), "thing", "it")


def error_of(said: Mapping[str, object], type: str = "string", **of: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        check_plan(one_column(said, type, **of)(of.pop("rows", 100)), {})
    return str(caught.value)


# --- distributions --------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(
    distribution=st.sampled_from(["normal", "lognormal", "exponential"]),
    least=st.integers(0, 10**6),
    span=st.one_of(st.integers(0, 30), st.integers(0, 10**12)),
)
def test_every_distribution_stays_within_its_bounds(
    distribution: str, least: int, span: int
) -> None:
    rows = np.arange(3_000, dtype=np.uint64)
    spread = Distribution(least, least + span, distribution)
    drawn = spread(random_words(1, rows), random_words(2, rows))
    assert least <= drawn.min() <= drawn.max() <= least + span


def test_normally_distributed_numbers_are_centred_on_the_middle() -> None:
    values = generated_values(
        {"max": 6_000, "distribution": "normal"}, "integer", 20_000
    )
    assert statistics.mean(values) == pytest.approx(3_000, abs=30)
    assert statistics.stdev(values) == pytest.approx(1_000, rel=0.03)


def test_exponentially_distributed_numbers_become_less_frequent() -> None:
    values = generated_values(
        {"max": 999, "distribution": "exponential"}, "integer", 20_000
    )
    assert statistics.median(values) == pytest.approx(100, abs=8)
    tenths = Counter(value // 100 for value in values)
    assert all(tenths[at] > tenths[at + 1] for at in range(5))


def test_amounts_may_be_uniformly_distributed() -> None:
    said = {"min": 0, "max": 100, "distribution": "uniform"}
    assert statistics.mean(generated_values(said, "decimal", 5_000)) == pytest.approx(
        50, abs=2
    )


# --- repeats --------------------------------------------------------------------------

REPEATABLE = {
    "firstname": "string",
    "lastname": "string",
    "company": "string",
    "street": "string",
    "city": "string",
    "position": "string",
    "subject": "string",
    "phone": "string",
    "postalcode": "string",
    "registrationno": "string",
    "sequence": "integer",
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
}


@pytest.mark.parametrize("kind", REPEATABLE)
def test_cardinality_is_the_number_of_different_values(kind: str) -> None:
    said = {"kind": kind, "cardinality": 17}
    assert len(set(generated_values(said, REPEATABLE[kind], 400))) == 17


def test_skew_makes_some_values_more_frequent() -> None:
    said = {"kind": "company", "cardinality": 100, "skew": 1}
    counts = Counter(generated_values(said, rows=20_000)).most_common()
    harmonic = sum(1 / rank for rank in range(1, 101))
    for rank in (1, 2, 5):
        expected = 20_000 / rank / harmonic
        assert counts[rank - 1][1] == pytest.approx(expected, rel=0.15)
    even = Counter(
        generated_values({"kind": "company", "cardinality": 100}, rows=20_000)
    )
    assert max(even.values()) < 2 * min(even.values())


def test_with_a_low_cardinality_email_addresses_still_match_the_last_names() -> None:
    person = {name: {"type": "string"} for name in ("firstname", "lastname", "email")}
    said = {"person.lastname": {"cardinality": 5}}
    plan = plan_of({"person": person}, {"person": 300}, said)
    names = values_of(plan, "person", "lastname")
    assert len(set(names)) == 5
    addresses = values_of(plan, "person", "email")
    for name, address in zip(names, addresses, strict=True):
        assert address.split(".")[1] == fold(name)


@pytest.mark.parametrize("locale", LOCALES)
def test_lists_of_names_are_extended_if_more_names_are_needed(locale: str) -> None:
    words = Vocabulary(locale)
    for what, wanted in (("last_names", 5_000), ("first_names", 3_000)):
        longer = words.longer(what, wanted)
        assert wanted <= len(longer) <= wanted + 1
        assert len(set(longer.values)) == len(longer)
        assert longer.values[: len(longer) // 10] != ()
    assert len(words.last_names) >= 1_000
    assert len(words.cities) >= 300


def test_options_follow_a_configured_skew() -> None:
    said = {"kind": "choice", "options": ["a", "b", "c", "d"]}
    even = Counter(generated_values({**said, "skew": 0}, rows=4_000))
    assert max(even.values()) < 1.2 * min(even.values())
    steep = Counter(generated_values({**said, "skew": 2}, rows=4_000))
    assert steep["a"] > 3.3 * steep["b"] > 3.3 * steep["c"]


# --- uniqueness -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*REPEATABLE, "email", "link"])
def test_unique_values_never_repeat(kind: str) -> None:
    rows = 150 if kind in POOLS else 2_000
    rows = 20 if kind == "position" else rows
    said: dict[str, object] = {"kind": kind, "unique": True}
    if kind == "integer":
        said["max"] = rows - 1
    values = generated_values(said, REPEATABLE.get(kind, "string"), rows)
    assert len(set(values)) == rows


@settings(max_examples=30, deadline=None)
@given(
    first=st.dates(datetime.date(1950, 1, 1), datetime.date(2050, 1, 1)),
    days=st.integers(6, 60),
    weekdays=st.booleans(),
)
def test_unique_days_can_use_their_whole_range(
    first: datetime.date, days: int, weekdays: bool
) -> None:
    span = [first + datetime.timedelta(day) for day in range(days)]
    allowed = [day for day in span if not weekdays or day.weekday() < 5]
    said = {"from": span[0], "to": span[-1], "unique": True, "weekdays": weekdays}
    assert sorted(generated_values(said, "date", len(allowed))) == allowed
    assert "different values" in error_of(said, "date", rows=len(allowed) + 1)


@pytest.mark.parametrize(
    ("said", "type", "message"),
    [
        ({"kind": "position", "unique": True}, "string", "23 different values"),
        ({"kind": "city", "cardinality": 10_000}, "string", "use a smaller one"),
        (
            {"kind": "phone", "cardinality": 5, "unique": True},
            "string",
            "remove one",
        ),
        ({"kind": "phone", "skew": 1}, "string", "no effect without cardinality"),
        ({"kind": "email", "cardinality": 5}, "string", "unknown option of email"),
        ({"kind": "null", "null_rate": 0.5}, "string", "no effect on kind null"),
        ({"unique": True, "distribution": "normal"}, "integer", "no effect on unique"),
        ({"weekdays": True}, "month", "no effect on type month"),
        ({"kind": "time", "hours": [8, 17]}, "date", "no effect on type date"),
        ({"kind": "time", "hours": [17, 8]}, "time", "two hours from 0 to 24"),
        ({"unique": True}, "month", "only dates and times"),
        (
            {"from": "2024-06-01", "to": "2024-06-02", "weekdays": True},
            "date",
            "no weekday between",
        ),
        ({"kind": "text", "min": 3}, "text", "min has no effect without max"),
        (
            {"kind": "text", "min": 3, "max": 5, "length": 9},
            "text",
            "length has no effect together with max",
        ),
        ({"kind": "text", "mean": 3}, "text", "mean has no effect without spread"),
        ({"kind": "text", "min": 9, "max": 5}, "text", "min is larger than max"),
        (
            {"kind": "choice", "options": ["a"], "weights": [1], "skew": 1},
            "string",
            "weights has no effect together with skew",
        ),
        ({"kind": "gender", "male": "female"}, "string", "must be different words"),
    ],
)
def test_options_without_an_effect_are_refused(
    said: dict[str, object], type: str, message: str
) -> None:
    assert message in error_of(said, type, rows=5_000)


def test_unique_names_too_long_for_their_property_are_refused() -> None:
    said = {"kind": "company", "unique": True}
    assert "characters, but the property's length is 20" in error_of(said, length=20)


# --- lengths --------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(least=st.integers(1, 60), more=st.integers(0, 300))
def test_text_lengths_stay_between_min_and_max(least: int, more: int) -> None:
    texts = generated_values(
        {"kind": "text", "min": least, "max": least + more}, "text", 300
    )
    assert {len(text) for text in texts} <= set(range(least, least + more + 1))
    assert not any(text != text.strip() for text in texts)
    if more > 100:
        assert max(map(len, texts)) > least + more * 0.9


def test_text_lengths_may_be_normally_distributed() -> None:
    lengths = [
        len(text)
        for text in generated_values({"mean": 300, "spread": 40}, "text", 5_000)
    ]
    assert statistics.mean(lengths) == pytest.approx(300, abs=3)
    assert statistics.stdev(lengths) == pytest.approx(40, rel=0.05)


def test_texts_are_sentences_and_nearly_all_different() -> None:
    texts = generated_values({"length": 400}, "text", 1_000)
    assert len(set(texts)) > 950
    assert all(text[0].isupper() and len(text) <= 400 for text in texts)


def test_a_text_may_have_a_million_characters() -> None:
    (text,) = generated_values({"kind": "text", "min": 10**6, "max": 10**6}, "text", 1)
    assert len(text) == 10**6


@pytest.mark.parametrize("length", [26, 28, 36])
def test_a_short_email_address_is_cut_off_before_its_domain(length: int) -> None:
    limetypes = {"person": {"email": {"type": "string", "length": length}}}
    plan = plan_of(limetypes, {"person": 2_000})
    addresses = values_of(plan, "person", "email")
    assert len(set(addresses)) == 2_000
    for address in addresses:
        assert len(address) <= length
        assert address.endswith((".com", ".org", ".net"))
        assert "@example." in address


def test_an_email_column_too_short_for_addresses_is_refused() -> None:
    limetypes = {"person": {"email": {"type": "string", "length": 20}}}
    plan = plan_of(limetypes, {"person": 5})
    assert check_plan(plan, {}).tables["person"].columns["email"].kind == "subject"
    assert "need 26 characters" in error_of({"kind": "email"}, length=20)


def test_the_email_address_of_a_company_matches_its_web_page() -> None:
    firm = {name: {"type": "string"} for name in ("name", "email", "www")}
    plan = plan_of({"company": firm}, {"company": 50})
    emails, pages = (values_of(plan, "company", name) for name in ("email", "www"))
    for email, page in zip(emails, pages, strict=True):
        assert email == "info@" + page.removeprefix("https://www.")


# --- days and hours -------------------------------------------------------------------


def test_the_weekdays_option_excludes_weekends() -> None:
    days = generated_values({"weekdays": True}, "date", 3_000)
    assert Counter(day.weekday() for day in days).keys() == set(range(5))


def test_the_hours_option_limits_times_to_office_hours() -> None:
    said = {"kind": "time", "hours": [8, 17], "weekdays": True, "to": "2020-01-01"}
    times = generated_values(said, "time", 3_000)
    assert {time.hour for time in times} == set(range(8, 17))
    assert {time.weekday() for time in times} == set(range(5))
    assert max(times) < datetime.datetime(2020, 1, 1)


def test_the_recent_distribution_makes_recent_days_more_frequent() -> None:
    days = generated_values({"distribution": "recent"}, "date", 5_000)
    last_year = sum(day.year == 2025 for day in days) / 5_000
    assert 0.4 < last_year < 0.6
    assert min(days) >= datetime.date(2016, 1, 1)


@pytest.mark.parametrize("start", ["date", "time"])
@pytest.mark.parametrize("end", ["date", "time", "month", "quarter", "year"])
@pytest.mark.parametrize("weekdays", [False, True])
def test_the_end_date_is_always_after_the_start_date(
    start: str, end: str, weekdays: bool
) -> None:
    if weekdays and end in ("month", "quarter", "year"):
        return
    limetypes = {"thing": {"a": {"type": start}, "b": {"type": end}}}
    said = {"thing.b": {"after": "a", "within_days": 40, "weekdays": weekdays}}
    plan = plan_of(limetypes, {"thing": 2_000}, said)
    starts, ends = (values_of(plan, "thing", name) for name in "ab")
    for before, later in zip(starts, ends, strict=True):
        if end == "time":
            assert datetime.datetime.fromisoformat(str(before)) < later
        else:
            assert str(before)[:10] < str(later)
    if weekdays:
        assert all(later.weekday() < 5 for later in ends)


def test_an_end_date_may_follow_a_birthdate_or_a_constant() -> None:
    person = {name: {"type": "date"} for name in ("birthdate", "hired", "left")}
    said: dict[str, dict[str, object]] = {
        "person.hired": {"after": "birthdate", "within_days": 20_000},
        "person.left": {"after": "hired"},
    }
    plan = plan_of({"person": person}, {"person": 500}, said)
    days = [values_of(plan, "person", name) for name in person]
    assert all(born < hired < left for born, hired, left in zip(*days, strict=True))
