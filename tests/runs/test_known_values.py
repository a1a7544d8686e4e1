"""Values of a dataset are found in text: exactly, by whole words, and by rows."""

from collections.abc import Callable

import pytest

from limerun.runs.known_values import KnownColumn, KnownValues

PEOPLE = (
    ("Åsa", "Lindqvist", "asa.lindqvist@example.org", "070-123 45 67"),
    ("Bo", "Ek", "bo@example.org", "+46 8 765 43 21"),
    *(
        ("Erik", f"Karlsson{'son' * (n % 2)}", f"e{n}@example.org", "")
        for n in range(9)
    ),
)
Make = Callable[..., KnownValues]


@pytest.fixture(params=[False, True], ids=["pyahocorasick", "pure Python"])
def make(request: pytest.FixtureRequest) -> Make:
    def made(words: frozenset[str] | None = None) -> KnownValues:
        values = KnownValues(words, pure_python=request.param)
        for at, (name, alone) in enumerate(
            (
                ("firstname", False),
                ("lastname", False),
                ("email", True),
                ("phone", True),
            )
        ):
            column = KnownColumn(table="person", name=name, kind=name, alone=alone)
            rows = ((n, person[at] or None) for n, person in enumerate(PEOPLE, 1))
            values.add(column, rows)
        return values

    return made


def found(values: KnownValues, *lines: str) -> list[tuple[int, str]]:
    return [(at, each.name) for at, each in values.search([*map(str.casefold, lines)])]


def test_a_value_is_found_with_its_row_in_any_case(make: Make) -> None:
    lines = ("nothing", "mail to ASA.Lindqvist@Example.org!", "(070-123 45 67)")
    assert found(make(), *lines) == [(1, "person[1].email"), (2, "person[1].phone")]


def test_a_value_that_begins_with_a_sign_is_found(make: Make) -> None:
    assert found(make(), "call +46 8 765 43 21 now") == [(0, "person[2].phone")]
    assert found(make(), "46 8 765 43 21") == []


@pytest.mark.parametrize(
    "text",
    [
        "maria.bo@example.org",
        "lea-bo@example.org",
        "xbo@example.org",
        "bo@example.org.se",
        "bo@example.organic",
        "bo@example.org-x",
        "070-123 45 678",
        "1070-123 45 67",
    ],
)
def test_a_part_of_a_longer_word_is_not_the_value(make: Make, text: str) -> None:
    assert found(make(), text) == []


def test_an_address_at_the_end_of_a_sentence_is_found(make: Make) -> None:
    assert found(make(), "sent to bo@example.org.") == [(0, "person[2].email")]


def test_short_values_and_names_are_found_only_together(make: Make) -> None:
    values = make()
    assert found(values, "Bo", "Ek", "Lindqvist", "Erik", "Bo Lindqvist") == []
    name = "person[2].firstname and lastname"
    assert found(values, "Bo Ek", "ek, bo") == [
        (0, name),
        (1, name.replace("firstname and lastname", "lastname and firstname")),
    ]


def test_frequent_names_must_be_next_to_each_other(make: Make) -> None:
    values = make()
    near = found(values, "Erik Karlsson", "Karlsson & Co delivered to Erik")
    assert near == [(0, "person[3].firstname and lastname")]
    # Each of the rare names has one row only, which is no chance.
    assert len(found(values, "Bo was called by somebody about Ek")) == 1


def test_a_name_inside_an_address_is_not_found_twice(make: Make) -> None:
    assert found(make(), "asa.lindqvist@example.org") == [(0, "person[1].email")]


def test_only_values_that_begin_with_a_known_word_are_kept(make: Make) -> None:
    values = make(frozenset({"bo", "070"}))
    assert len(values) == 3
    assert found(values, "bo@example.org e1@example.org 070-123 45 67") == [
        (0, "person[2].email"),
        (0, "person[1].phone"),
    ]


def test_a_name_that_few_rows_have_is_found_alone(make: Make) -> None:
    values = make()
    column = KnownColumn(
        table="person", name="name", kind="fullname", alone=False, if_rare=True
    )
    names = ["Rare Person", *["Often Named"] * 4]
    values.add(column, iter(enumerate(names, 1)))
    assert found(values, "Rare Person", "Often Named") == [(0, "person[1].name")]


def test_without_values_nothing_is_found() -> None:
    assert found(KnownValues(), "Bo Ek") == []
