"""The proof: a long text that is nearly the source's is found, a common form is not."""

import random
from pathlib import Path

import pytest

from tests.exports.copies import (
    Tables,
    counted,
    made_export,
    prove_tables,
)

_WORDS = [
    "kunden",
    "besked",
    "order",
    "skuld",
    "sjuk",
    "skild",
    "flytt",
    "ensam",
    "barn",
    "lever",
    "dom",
    "offert",
    "pris",
    "avtal",
    "rabatt",
    "faktura",
    "leverans",
    "garanti",
    "service",
    "möte",
    "chef",
    "budget",
    "plan",
    "mål",
]


def told(rows: int, seed: int) -> list[object]:
    dice = random.Random(seed)
    return [
        " ".join(dice.choices(_WORDS, k=dice.randrange(12, 60))) for _ in range(rows)
    ]


@pytest.fixture
def exports() -> tuple[Tables, Tables]:
    source, copy = made_export(), made_export(copy=True)
    rows = len(source["person"]["note"])
    source["person"]["note"] = told(rows, 1)
    copy["person"]["note"] = told(rows, 2)
    return source, copy


def test_the_same_words_in_another_order_are_everybodys(
    tmp_path: Path, exports: tuple[Tables, Tables]
) -> None:
    proof = prove_tables(tmp_path, *exports)
    assert proof.passed, proof.reasons


@pytest.mark.parametrize("before", ["", "xqz ", "först kom detta: "])
@pytest.mark.parametrize("after", ["?", " wep", " och så vidare."])
def test_a_note_that_only_got_longer_is_found(
    tmp_path: Path, exports: tuple[Tables, Tables], before: str, after: str
) -> None:
    source, copy = exports
    copy["person"]["note"][7] = f"{before}{source['person']['note'][30]}{after}".upper()
    survivors = prove_tables(tmp_path, source, copy).survivors
    assert {(each.copy, each.first_row, each.rows) for each in survivors} == {
        ("person.note", 8, 1)
    }
    assert all(each.counted for each in survivors)


@pytest.mark.parametrize("start", range(4))
def test_eleven_words_in_a_row_are_found_wherever_they_begin(
    tmp_path: Path, exports: tuple[Tables, Tables], start: int
) -> None:
    source, copy = exports
    notes = map(str, source["person"]["note"])
    long = next(note for note in notes if note.count(" ") > 20)
    part = " ".join(long.split()[start : start + 11])
    copy["company"]["name"][2] = f"Quux {part} zyx"
    assert counted(prove_tables(tmp_path, source, copy)) == [
        ("person.note", "company.name")
    ]


def test_a_form_letter_with_a_number_in_it_tells_of_nobody(tmp_path: Path) -> None:
    exports = made_export(), made_export(copy=True)
    for seed, tables in enumerate(exports):
        dice = random.Random(seed)
        tables["person"]["note"] = [
            f"Order {dice.randrange(9_999)} skickades till kunden och är framme i morgon, "
            f"klass {dice.randrange(9_999)} på kvällen om ingenting annat har avtalats"
            for _ in tables["person"]["note"]
        ]
    proof = prove_tables(tmp_path, *exports)
    assert proof.passed, proof.reasons
