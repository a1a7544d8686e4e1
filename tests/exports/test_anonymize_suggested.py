"""Suggested rules make a copy that passes the proof."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from limerun.exports.anonymize.suggest import suggest_rules
from limerun.exports.value_maps.reserved_words import ReservedWords
from limerun.progress import Progress
from tests.exports.anonymizing import make_copy, rules_from


def suggested(folder: Path, columns: dict[str, list[object]]) -> str:
    pq.write_table(pa.table(columns), folder / "t.parquet")
    return suggest_rules([str(folder / "t.parquet")], Progress())


def test_codes_whose_digits_are_nearly_all_in_use_get_other_letters(
    tmp_path: Path,
) -> None:
    dice = random.Random(1)
    letters = "ABCDEFGHJKLMNPRSTVWXZ"
    codes: list[object] = [
        f"{dice.randrange(1_000, 10_000)} {''.join(dice.choices(letters, k=2))}"
        for _ in range(15_000)
    ]
    text = suggested(tmp_path, {"postcode": codes})
    assert "postcode: scramble" in text
    made = make_copy(
        tmp_path / "t.parquet", tmp_path / "c.parquet", rules_from(tmp_path, text)
    )
    assert made.proof.passed, made.proof.reasons


@pytest.mark.parametrize("form", ["{:07d}", "+46 {:07d}", "K-{:07d}", "nr {:07d} a"])
def test_numbers_with_the_same_pattern_are_permuted(tmp_path: Path, form: str) -> None:
    dice = random.Random(1)
    numbers: list[object] = [form.format(dice.randrange(10**7)) for _ in range(500)]
    assert "c: permute" in suggested(tmp_path, {"c": numbers})


@pytest.mark.parametrize("key", range(4))
def test_amounts_that_equal_ids_by_chance_are_not_survivors(
    tmp_path: Path, key: int
) -> None:
    # In amounts small first digits are the most frequent; ids do not begin with zero.
    dice = random.Random(key)
    rows = 8_000
    amounts: list[object] = [round(dice.lognormvariate(5, 1.5), 2) for _ in range(rows)]
    ids: list[object] = [*dice.sample(range(10_000, 100_000), rows)]
    text = suggested(tmp_path, {"id": ids, "amount": amounts})
    made = make_copy(
        tmp_path / "t.parquet", tmp_path / "c.parquet", rules_from(tmp_path, text)
    )
    assert made.proof.passed, made.proof.reasons


def test_a_name_of_two_words_is_also_reserved_as_one_word() -> None:
    reserved = ReservedWords()
    reserved.learn_joined(
        pa.array(["Saudi-Arabien", "Sierra Leone", "Lund", "Åre / Sälen"])
    )
    assert "saudiarabien" in reserved
    assert "sierraleone" in reserved
    assert "aresalen" in reserved
    assert "lund" not in reserved
