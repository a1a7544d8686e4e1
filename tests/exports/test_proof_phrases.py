"""The proof: texts that are nearly the source's are found, boilerplate is not."""

import random
from pathlib import Path

import pytest

from tests.exports.copies import (
    Tables,
    counted,
    made_columns,
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


def notes(rows: int, seed: int) -> list[object]:
    dice = random.Random(seed)
    return [
        " ".join(dice.choices(_WORDS, k=dice.randrange(12, 60))) for _ in range(rows)
    ]


@pytest.fixture
def exports() -> tuple[Tables, Tables]:
    source, copy = made_columns("first", "note", company=True)
    rows = len(source["person"]["note"])
    source["person"]["note"] = notes(rows, 1)
    copy["person"]["note"] = notes(rows, 2)
    return source, copy


def test_the_same_words_in_another_order_are_not_a_survivor(
    tmp_path: Path, exports: tuple[Tables, Tables]
) -> None:
    proof = prove_tables(tmp_path, *exports)
    assert proof.passed, proof.reasons


def test_a_note_with_added_words_is_found(
    tmp_path: Path, exports: tuple[Tables, Tables]
) -> None:
    source, copy = exports
    note = source["person"]["note"][30]
    longer = [
        f"{before}{note}{after}".upper()
        for before in ("", "xqz ", "först kom detta: ")
        for after in ("?", " wep", " och så vidare.")
    ]
    for at, text in enumerate(longer):
        copy["person"][f"note {at}"] = list(copy["person"]["note"])
        copy["person"][f"note {at}"][at] = text
    survivors = prove_tables(tmp_path, source, copy).survivors
    assert {(each.copy, each.first_row, each.rows) for each in survivors} == {
        (f"person.note {at}", at + 1, 1) for at in range(len(longer))
    }
    assert all(each.counted for each in survivors)


def test_eleven_consecutive_words_are_found_at_any_position(
    tmp_path: Path, exports: tuple[Tables, Tables]
) -> None:
    source, copy = exports
    notes = map(str, source["person"]["note"])
    long = next(note for note in notes if note.count(" ") > 20)
    for start in range(4):
        part = " ".join(long.split()[start : start + 11])
        copy["company"][f"from {start}"] = list(copy["company"]["name"])
        copy["company"][f"from {start}"][2] = f"Quux {part} zyx"
    found = counted(prove_tables(tmp_path, source, copy))
    assert sorted(found) == [
        ("person.note", f"company.from {start}") for start in range(4)
    ]


def test_a_form_letter_with_a_number_is_not_a_survivor(tmp_path: Path) -> None:
    exports = made_columns("first", "note")
    for seed, tables in enumerate(exports):
        dice = random.Random(seed)
        tables["person"]["note"] = [
            f"Order {dice.randrange(9_999)} skickades till kunden och är framme i morgon, "
            f"klass {dice.randrange(9_999)} på kvällen om ingenting annat har avtalats"
            for _ in tables["person"]["note"]
        ]
    proof = prove_tables(tmp_path, *exports)
    assert proof.passed, proof.reasons
