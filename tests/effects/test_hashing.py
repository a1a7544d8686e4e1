"""Equal values have equal hashes, whatever contains them, and other values have others."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.effects.hashing import NULL, hash_column, mix, total

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
TEXTS = st.text(max_size=40)
KINDS: list[tuple[Any, Any]] = [
    (pa.int64(), INTEGERS),
    (pa.float64(), FLOATS),
    (pa.string(), TEXTS),
    (pa.binary(), st.binary(max_size=40)),
    (pa.large_string(), TEXTS),
]
columns = st.sampled_from(KINDS).flatmap(
    lambda kind: st.tuples(
        st.just(kind[0]), st.lists(st.none() | kind[1], min_size=1, max_size=30)
    )
)


def hashes(values: list[Any], kind: Any) -> list[int]:
    found: list[int] = hash_column(pa.array(values, kind)).tolist()
    return found


@settings(deadline=None)
@given(columns)
def test_hashes_are_equal_exactly_where_values_are(
    column: tuple[Any, list[Any]],
) -> None:
    kind, values = column
    found = hashes(values, kind)
    for value, hashed in zip(values, found, strict=True):
        for other, beside in zip(values, found, strict=True):
            assert (value == other) == (hashed == beside)


@settings(deadline=None)
@given(columns, st.data())
def test_a_hash_depends_on_neither_the_other_rows_nor_the_batch(
    column: tuple[Any, list[Any]], data: st.DataObject
) -> None:
    kind, values = column
    found = hashes(values, kind)
    assert [hashes([value], kind)[0] for value in values] == found
    start = data.draw(st.integers(0, len(values)))
    assert hash_column(pa.array(values, kind)[start:]).tolist() == found[start:]


@settings(deadline=None)
@given(columns, st.randoms())
def test_a_sum_does_not_depend_on_the_order_and_sees_one_change(
    column: tuple[Any, list[Any]], random: Any
) -> None:
    kind, values = column
    keys = hash_column(pa.array(range(len(values))))
    pairs = list(zip(keys.tolist(), hashes(values, kind), strict=True))
    whole = total_of(pairs)
    changed = random.randrange(len(pairs))
    other = [
        (key, value ^ (number == changed)) for number, (key, value) in enumerate(pairs)
    ]
    random.shuffle(pairs)
    assert total_of(pairs) == whole
    assert total_of(other) != whole


@given(st.lists(INTEGERS, min_size=2, max_size=2, unique=True))
def test_swapped_values_change_the_sum(values: list[int]) -> None:
    one, two = hashes(values, pa.int64())
    assert total_of([(1, one), (2, two)]) != total_of([(1, two), (2, one)])


def total_of(pairs: list[tuple[int, int]]) -> int:
    keys, values = (np.array(each, np.uint64) for each in zip(*pairs, strict=True))
    return total(mix(keys, values))


@given(st.integers(-(2**53), 2**53))
def test_a_whole_number_has_one_hash_in_all_types_of_columns(number: int) -> None:
    assert hashes([number], pa.int64()) == hashes([float(number)], pa.float64())


@given(TEXTS)
def test_a_text_has_one_hash_in_all_types_of_columns(text: str) -> None:
    expected = hashes([text], pa.string())
    assert hashes([text], pa.large_string()) == expected
    assert hashes([text.encode()], pa.binary()) == expected
    assert hashes([text.encode()], pa.large_binary()) == expected


@pytest.mark.parametrize(
    ("one", "two"),
    [("", "\0"), ("a", "a\0"), ("1234567", "1234567\0"), ("a" * 8, "a" * 16)],
)
def test_texts_that_differ_only_in_their_length_differ(one: str, two: str) -> None:
    assert len({*hashes([one, two, "", None], pa.string())}) >= 3
    assert hashes([one], pa.string()) != hashes([two], pa.string())


def test_long_texts_have_the_same_hash_alone_and_among_others() -> None:
    texts = [str(number % 7) * number * 100 for number in range(200)]
    assert sum(map(len, texts)) > 1_500_000
    found = hashes(texts, pa.string())
    assert [hashes([text], pa.string())[0] for text in texts] == found
    assert len(set(found)) == 200


def test_special_numbers_have_a_hash() -> None:
    special = [0.0, -0.0, float("nan"), float("inf"), -float("inf"), 2.0**63, 0.5]
    zero, negative, *others = hashes(special, pa.float64())
    assert zero == negative
    assert len({zero, *others}) == 6
    negative_nan = float(np.array(0xFFF8000000000000, np.uint64).view(np.float64))
    assert hashes([negative_nan], pa.float64()) == [others[0]]


def test_a_column_without_values_or_rows_can_be_hashed() -> None:
    assert hash_column(pa.nulls(2)).tolist() == [NULL, NULL]
    for kind in (pa.string(), pa.int64(), pa.float64(), pa.binary(), pa.null()):
        assert hash_column(pa.array([], kind)).tolist() == []


def test_hashes_are_the_same_on_every_machine() -> None:
    assert hashes([1], pa.int64()) == [12523368640977546389]
    assert hashes([0.25], pa.float64()) == [15922082359659563845]
    assert hashes(["Åkeri AB"], pa.string()) == [17045284901151883347]
