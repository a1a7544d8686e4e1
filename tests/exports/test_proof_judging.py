"""The proof: saturated columns, chance, and what a copy must keep."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.errors import ExportError
from limerun.exports.proof.chance import beyond_chance
from limerun.exports.rules import ColumnRule, Rules, TableRules
from limerun.records.proof import Proof
from tests.exports.copies import (
    Columns,
    Tables,
    column_of,
    counted,
    made_columns,
    made_export,
    prove_tables,
)


def one_table(**columns: list[object]) -> Tables:
    return {"t": dict(columns)}


def prove_column(folder: Path, before: list[object], after: list[object]) -> Proof:
    return prove_tables(folder, one_table(c=before), one_table(c=after), keep=())


def rotated(values: list[object]) -> list[object]:
    return [*values[1:], values[0]]


SATURATED: dict[str, list[object]] = {
    "dense ids": list(range(5_001, 5_301)),
    "dense ids with one outlier": [*range(5_001, 5_300), 9_000_000],
    "booleans": [row % 3 == 0 for row in range(300)],
    "small numbers": [row % 5 for row in range(300)],
    "birth dates": [
        str(date(1960, 1, 1) + timedelta(days=random.Random(row).randrange(4_000)))
        for row in range(2_000)
    ],
    "postcodes": [f"{100 + row // 90} {10 + row % 90}" for row in range(900)],
    "a sequence in a form": [f"K-{row:07d}" for row in range(300)],
    "amounts in hundreds": [
        random.Random(row).randrange(10, 90) * 100.0 for row in range(300)
    ],
}


@pytest.fixture(scope="module")
def saturated(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return each column twice, as tables: shuffled, and unchanged."""
    before: Tables = {}
    after: Tables = {}
    for name, values in SATURATED.items():
        shuffled = list(values)
        random.Random(1).shuffle(shuffled)
        before |= {name: {"c": values}, f"{name}, left": {"c": values}}
        after |= {name: {"c": shuffled}, f"{name}, left": {"c": values}}
    folder = tmp_path_factory.mktemp("saturated")
    return prove_tables(folder, before, after, keep=())


@pytest.mark.parametrize("name", SATURATED)
def test_values_are_compared_row_by_row_if_all_values_are_in_use(
    saturated: Proof, name: str
) -> None:
    column = column_of(saturated, f"{name}.c")
    assert column.judged == "row"
    assert column.passed, column.why
    assert column.values_in_common != 0
    assert column.share_in_use is not None
    left = column_of(saturated, f"{name}, left.c")
    assert not left.passed
    assert left.rows_unchanged == len(SATURATED[name])


NAMES = [
    f"{first}{last}"
    for first in ("Ma", "Be", "Ki", "Lo", "Ra", "Su")
    for last in ("ria", "rit", "mbo", "nja", "ula", "bon")
]
NOT_SATURATED: dict[str, list[object]] = {
    "names": list(NAMES),
    "few names": ["Anna", "Erik"] * 20,
    "short names": ["Bo", "My", "Li", "Eva", "Ida"] * 8,
    "sparse identifiers": random.Random(1).sample(range(10**9, 10**10), 300),
    "sparse identifiers in a form": [
        f"{number:08d}-{number % 89 + 10}"
        for number in random.Random(1).sample(range(10**8), 300)
    ],
    "sparse numbers around a dense few": [
        *range(1, 100),
        *random.Random(1).sample(range(10**6, 10**9), 400),
    ],
    "user names with a digit": [
        f"{name.lower()}{row % 9}" for row, name in enumerate(NAMES)
    ],
    "codes of letters": [
        f"{a}{b}{row}"
        for row, (a, b) in enumerate(
            zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ZYXWVUTSRQPONMLKJIHGFEDCBA", strict=True)
        )
    ],
    "one number": [7_012_345] * 10,
    "few dates": ["1985-03-12", "1991-12-01", "1960-05-30"],
}


@pytest.fixture(scope="module")
def not_saturated(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    """Return each column as a table, its rows in another order."""
    before = {name: {"c": values} for name, values in NOT_SATURATED.items()}
    after = {name: {"c": rotated(values)} for name, values in NOT_SATURATED.items()}
    folder = tmp_path_factory.mktemp("not_saturated")
    return prove_tables(folder, before, after, keep=())


@pytest.mark.parametrize("name", NOT_SATURATED)
def test_a_leaked_column_is_not_called_saturated(
    not_saturated: Proof, name: str
) -> None:
    column = column_of(not_saturated, f"{name}.c")
    assert column.judged == "set"
    assert not column.passed
    assert (f"{name}.c", f"{name}.c") in counted(not_saturated)


def test_more_values_in_common_than_chance_explains_are_a_leak(tmp_path: Path) -> None:
    before: list[object] = [
        *sorted(random.Random(1).sample(range(10_000, 20_000), 1_500))
    ]
    column = column_of(
        prove_column(tmp_path, before, before[700:] + before[:700]), "t.c"
    )
    assert column.judged == "row"
    assert not column.passed
    assert "expected by chance" in column.why


def test_numbers_that_match_by_chance_are_listed_but_not_counted(
    tmp_path: Path,
) -> None:
    dice = random.Random(3)
    before = one_table(
        number=[f"{number:06d}x" for number in dice.sample(range(10**6), 2_000)],
        code=dice.sample(range(10**5, 10**6), 2_000),
    )
    after = one_table(
        number=[f"{number:06d}y" for number in dice.sample(range(10**6), 2_000)],
        code=[10**9 + row for row in range(2_000)],
        seen=[f"nr {dice.randrange(10**5, 10**6)}" for _ in range(2_000)],
    )
    proof = prove_tables(tmp_path, before, after, keep=())
    assert proof.passed, proof.reasons
    [survivor] = proof.survivors
    assert (survivor.source, survivor.copy, survivor.counted) == (
        "t.code",
        "t.seen",
        False,
    )
    assert survivor.by_chance == pytest.approx(survivor.values, rel=0.5)


@pytest.mark.parametrize(
    ("observed", "expected", "beyond"),
    [
        (0, 0.0, False),
        (1, 0.0, True),
        (1, 0.009, True),
        (1, 0.011, False),
        (100, 100.0, False),
        (130, 100.0, True),
        (10_200, 10_000.0, False),
        (10_300, 10_000.0, True),
    ],
)
def test_the_number_of_matches_explained_by_chance_is_limited(
    observed: int, expected: float, beyond: bool
) -> None:
    assert beyond_chance(observed, expected, 0.01) is beyond


def test_a_saturated_column_fails_if_the_number_of_rows_differs(
    tmp_path: Path,
) -> None:
    source, copy = made_columns("id", "email")
    for values in copy["person"].values():
        values.pop()
    proof = prove_tables(tmp_path, source, copy)
    assert not proof.passed
    assert any("80 rows, the copy 79" in reason for reason in proof.reasons)
    assert column_of(proof, "person.email").passed
    assert not column_of(proof, "person.id").passed


def test_missing_tables_and_columns_are_reported_in_a_note(tmp_path: Path) -> None:
    source, copy = made_columns("first", "note", company=True)
    del copy["person"]["note"], copy["company"]
    proof = prove_tables(tmp_path, source, copy)
    assert proof.passed
    assert proof.notes == (
        "the copy has no table company",
        "the copy has no column person.note",
    )


def test_exports_without_a_table_in_common_cannot_be_compared(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no table of the source"):
        prove_tables(
            tmp_path, {"a": {"x": [1]}, "c": {"x": [1]}}, {"b": {"x": [2]}}, keep=()
        )


def test_a_key_must_stay_unique(tmp_path: Path) -> None:
    source, copy = made_columns("id", "email")
    copy["person"]["email"][4] = copy["person"]["email"][5]
    proof = prove_tables(tmp_path, source, copy)
    column = column_of(proof, "person.email")
    assert column.unique
    assert not column.unique_kept
    assert not proof.passed
    assert "unique in the source" in column.why


def test_the_rules_may_allow_duplicates(tmp_path: Path) -> None:
    source = one_table(a=["Anna", "Erik", "Karin"])
    copy = one_table(a=["Xola", "Xola", "Vrikt"])
    assert not prove_tables(tmp_path / "no", source, copy, keep=()).passed
    rule = ColumnRule(kind="scramble", options={"duplicates": True})
    rules = Rules(tables={"t": TableRules(columns={"a": rule})})
    assert prove_tables(tmp_path / "yes", source, copy, keep=(), rules=rules).passed


def test_a_link_must_stay_valid(tmp_path: Path) -> None:
    source, copy = made_columns("id", "first", "company_id", company=True)
    proof = prove_tables(tmp_path / "kept", source, copy)
    [link] = proof.links
    assert (link.child, link.parent) == ("person.company_id", "company.id")
    assert (link.source_orphans, link.copy_orphans, link.passed) == (0, 0, True)
    copy["person"]["company_id"][7] = 77
    [broken] = prove_tables(tmp_path / "broken", source, copy).links
    assert (broken.copy_orphans, broken.passed) == (1, False)


def test_the_values_of_a_domain_must_be_mapped_equally_in_every_column(
    tmp_path: Path,
) -> None:
    rule = ColumnRule(kind="words", domain="names")
    rules = Rules(
        tables={
            "a": TableRules(columns={"name": rule}),
            "b": TableRules(columns={"who": rule}),
        }
    )
    source: Tables = {
        "a": {"name": ["Anna", "Erik", None]},
        "b": {"who": ["Erik", "Anna"]},
    }
    copy: Tables = {
        "a": {"name": ["Xola", "Vrik", None]},
        "b": {"who": ["Vrik", "Xola"]},
    }
    proof = prove_tables(tmp_path / "alike", source, copy, keep=(), rules=rules)
    assert proof.passed, proof.reasons
    copy["b"]["who"][0] = "Bulk"
    other = prove_tables(tmp_path / "other", source, copy, keep=(), rules=rules)
    assert not other.passed
    assert [domain.inconsistent for domain in other.domains] == [1]


def test_the_size_of_the_smallest_group_is_reported(tmp_path: Path) -> None:
    source = one_table(a=["xx", "xx", "yy"], b=[1, 1, 2])
    copy = one_table(a=["kk", "kk", "kk"], b=[2, 2, 2])
    proof = prove_tables(tmp_path, source, copy, keep=(), quasi=("t.a", "t.b"))
    group = proof.tables[0].smallest_group
    assert group is not None
    assert (group.columns, group.source, group.copy) == (("a", "b"), 1, 3)


def test_the_counts_of_both_exports_are_reported(tmp_path: Path) -> None:
    source = one_table(a=["Anna", "Annika", None, "Åsa"])
    copy = one_table(a=["Xola", "Vrikta", None, "Öx"])
    column = column_of(prove_tables(tmp_path, source, copy, keep=()), "t.a")
    assert (column.source.rows, column.source.nulls, column.source.distinct) == (
        4,
        1,
        3,
    )
    assert (column.source.min_length, column.source.max_length) == (3, 6)
    assert column.source.total_length == 13
    assert column.copy is not None
    assert column.copy.total_length == 12


def test_empty_tables_and_columns_pass(tmp_path: Path) -> None:
    source = one_table(a=[None, None], b=["Anna", "Erik"])
    copy = one_table(a=[None, None], b=["Xola", "Vrik"])
    proof = prove_tables(tmp_path, source, copy, keep=())
    assert proof.passed
    assert column_of(proof, "t.a").judged == "nothing"


CLEAN = made_export(copy=True)
SOURCE = made_export()
IDENTIFYING = ("first", "last", "email", "phone", "customer", "note")


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.dictionaries(
        st.sampled_from(("first", "last", "email", "phone", "note", "city", "born")),
        st.tuples(st.sampled_from(IDENTIFYING), st.integers(0, 79), st.integers(0, 79)),
        min_size=5,
    )
)
def test_a_planted_value_in_any_cell_is_found(
    tmp_path: Path, planted: dict[str, tuple[str, int, int]]
) -> None:
    person: Columns = {name: list(values) for name, values in CLEAN["person"].items()}
    expected = set()
    for into, (taken, row, at) in planted.items():
        value = str(SOURCE["person"][taken][row])
        if len(value) >= 4 or taken == into:  # others are outside the promise
            person[into][at] = value
            expected.add(f"person.{into}")
    proof = prove_tables(tmp_path, SOURCE, {**CLEAN, "person": person})
    assert {copy for _, copy in counted(proof)} == expected
