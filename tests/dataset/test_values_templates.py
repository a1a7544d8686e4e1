"""Templates: texts composed from other columns of the row."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.design.dataset_schema import check_plan
from limerun.dataset.design.text_templates import pattern_text, read_pattern
from limerun.dataset.words.weighted_lists import fold
from limerun.errors import DatasetError
from tests.dataset.plans import plan_of, values_of

THING: dict[str, Any] = {
    "firstname": {"type": "string"},
    "lastname": {"type": "string"},
    "company": {"type": "string"},
    "number": {"type": "integer"},
    "share": {"type": "decimal"},
    "sure": {"type": "yesno"},
    "day": {"type": "date"},
    "moment": {"type": "time"},
    "maybe": {"type": "string"},
    "it": {"type": "string", "required": False},
}


def plan(template: str, rows: int = 200, **more: Any) -> Any:
    said = {
        "thing.it": {"kind": "template", "template": template, **more},
        "thing.maybe": {"kind": "city", "null_rate": 0.5},
        "thing.company": {"kind": "company"},
    }
    return plan_of({"thing": THING}, {"thing": rows}, said)


def generated_texts(
    template: str, rows: int = 200, **more: Any
) -> dict[str, list[Any]]:
    of = plan(template, rows, **more)
    return {name: values_of(of, "thing", name) for name in THING}


def test_a_template_combines_several_columns() -> None:
    rows = generated_texts("{firstname} {lastname} ({number}) {{}} {row}")
    told = zip(rows["firstname"], rows["lastname"], rows["number"], strict=True)
    for row, (first, last, number) in enumerate(told, 1):
        assert rows["it"][row - 1] == f"{first} {last} ({number}) {{}} {row}"


@pytest.mark.parametrize("column", ["firstname", "lastname", "company", "maybe"])
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("|slug", fold),
        ("|upper", str.upper),
        ("|lower|initial", lambda text: text.lower()[:1]),
        (":.3", lambda text: text[:3]),
        ("|slug|upper:.4", lambda text: fold(text).upper()[:4]),
    ],
)
def test_filters_change_text(column: str, written: str, expected: Any) -> None:
    rows = generated_texts(f"<{{{column}{written}}}>")
    for before, after in zip(rows[column], rows["it"], strict=True):
        assert after == (None if before is None else f"<{expected(before)}>")


@pytest.mark.parametrize(
    ("column", "form"),
    [
        ("number", "05d"),
        ("number", ",d"),
        ("share", ".1f"),
        ("share", "012.2f"),
        ("day", "%Y-%m"),
        ("day", "%d.%m.%y"),
        ("moment", "%Y"),
        ("moment", "%H:%M"),
    ],
)
def test_numbers_and_times_can_be_formatted(column: str, form: str) -> None:
    rows = generated_texts(f"{{{column}:{form}}}")
    assert rows["it"] == [format(value, form) for value in rows[column]]


def test_without_a_format_values_have_their_usual_form() -> None:
    rows = generated_texts("{number}|{share}|{sure}|{day}|{moment}")
    for at, told in enumerate(rows["it"]):
        assert told == (
            f"{rows['number'][at]}|{rows['share'][at]:.15g}|"
            f"{str(rows['sure'][at]).lower()}|{rows['day'][at]}|{rows['moment'][at]}"
        )


def test_a_text_is_null_if_one_of_its_columns_is_null() -> None:
    rows = generated_texts("{firstname} of {maybe}")
    assert None in rows["it"]
    for place, told in zip(rows["maybe"], rows["it"], strict=True):
        assert (told is None) == (place is None)


def test_a_template_may_use_another_template() -> None:
    thing = {**THING, "outer": {"type": "string"}}
    said = {
        "thing.it": {"kind": "template", "template": "{firstname|initial}"},
        "thing.outer": {"kind": "template", "template": "{it}-{row}"},
    }
    of = plan_of({"thing": thing}, {"thing": 5}, said)
    inner = values_of(of, "thing", "it")
    assert values_of(of, "thing", "outer") == [
        f"{text}-{row}" for row, text in enumerate(inner, 1)
    ]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("no column", "has no column"),
        ("{", "cannot be parsed"),
        ("{}", "must name a column"),
        ("{name!r}", "must name a column"),
        ("{firstname|slgu}", 'unknown filter "slgu"'),
        ("{firstname|slug|slug}", "twice"),
        ("{fristname}", 'unknown column "fristname"; did you mean "firstname"?'),
        ("{it}", "it uses itself"),
        ("{firstname:05d}", "does not fit firstname, which is text"),
        ("{number:%Y}", "is a number"),
        ("{number:.3}", "is a number"),
        ("{share:05d}", "is a number"),
        ("{day:.3}", "is a date"),
        ("{day:%A}", 'unknown format "%A"'),
        ("{day|upper}", "upper does not apply"),
        ("{row|slug}", "slug does not apply"),
        ("{sure:.2f}", "does not fit sure, which is a yesno"),
        ("{number:99999d}", "unknown format"),
    ],
)
def test_an_invalid_template_is_refused(template: str, message: str) -> None:
    with pytest.raises(DatasetError) as caught:
        check_plan(plan(template), {})
    assert message in str(caught.value)
    assert "thing.it" in str(caught.value)


def test_templates_that_refer_to_each_other_are_refused() -> None:
    said = {
        "thing.it": {"kind": "template", "template": "{maybe}"},
        "thing.maybe": {"kind": "template", "template": "{it}"},
    }
    with pytest.raises(DatasetError, match="uses itself"):
        check_plan(plan_of({"thing": THING}, {"thing": 5}, said), {})


def test_a_required_template_of_nullable_columns_is_refused() -> None:
    thing = {**THING, "it": {"type": "string", "required": True}}
    said: dict[str, dict[str, object]] = {
        "thing.it": {"kind": "template", "template": "{maybe}"},
        "thing.maybe": {"kind": "city", "null_rate": 0.1},
    }
    with pytest.raises(DatasetError, match="its template uses maybe"):
        check_plan(plan_of({"thing": thing}, {"thing": 5}, said), {})


@pytest.mark.parametrize(
    "template",
    ["{row}", "{lastname}-{row}", "{row}/{lastname}", "x{row:05d}@example.com"],
)
def test_templates_that_differ_in_every_row_can_be_unique(template: str) -> None:
    texts = generated_texts(template, 500, unique=True)["it"]
    assert len(set(texts)) == 500


@pytest.mark.parametrize(
    "template",
    ["{lastname}", "{number}{row}", "{lastname}{row}{day}", "{lastname}5{row}"],
)
def test_templates_that_may_repeat_cannot_be_unique(template: str) -> None:
    with pytest.raises(DatasetError, match="can make the same text twice"):
        check_plan(plan(template, unique=True), {})


letters = st.text(string.ascii_letters + "åäö @.-{}", max_size=8)
fields = st.sampled_from(
    ["{firstname}", "{lastname|slug}", "{number:04d}", "{row}", "{day:%y}"]
)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.tuples(letters, fields), min_size=1, max_size=4), end=letters)
def test_literal_text_in_a_template_stays_unchanged(
    parts: list[tuple[str, str]], end: str
) -> None:
    def escaped(text: str) -> str:
        return text.replace("{", "{{").replace("}", "}}")

    written = "".join(escaped(text) + field for text, field in parts) + escaped(end)
    assert pattern_text(read_pattern(written)) == written
    rows = generated_texts(written, 3)
    for at, told in enumerate(rows["it"]):
        values = {
            "{firstname}": rows["firstname"][at],
            "{lastname|slug}": fold(rows["lastname"][at]),
            "{number:04d}": f"{rows['number'][at]:04d}",
            "{row}": str(at + 1),
            "{day:%y}": f"{rows['day'][at]:%y}",
        }
        assert told == "".join(text + values[field] for text, field in parts) + end
