"""Random numbers by row: the same on every machine and in every version."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.words.randomness import (
    Permutation,
    WeightedChoice,
    below,
    column_key,
    random_words,
    threshold,
)
from limerun.dataset.words.zipf import ZipfRanks
from limerun.server.fault_injection import Failures

FIRST = np.arange(4, dtype=np.uint64)


def test_random_words_match_the_published_splitmix64() -> None:
    assert random_words(0, FIRST).tolist() == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
        0xF88BB8A8724C81EC,
    ]


def test_the_file_server_chooses_failing_requests_with_the_same_splitmix64() -> None:
    failures = Failures(0.5, key=2026)
    words = random_words(2026, np.arange(200, dtype=np.uint64)).tolist()
    expected = [None if word >> 63 else 503 if word & 1 else 500 for word in words]
    assert [failures.next_status() for _ in words] == expected


def test_values_derived_from_random_words_never_change() -> None:
    words = random_words(7, FIRST)
    assert column_key(2026, "company", "name") == 3602163310077110008
    assert column_key(2026, "company", "name", "null") == 528955704393016230
    assert below(words, 1_000).tolist() == [389, 16, 900, 582]
    assert below(words, 10**15).tolist() == [
        389829748391271,
        16788294528156,
        900760680606883,
        582930293028078,
    ]
    ten = np.arange(10, dtype=np.uint64)
    assert Permutation(42, 10)(ten).tolist() == [9, 1, 7, 6, 0, 4, 2, 3, 5, 8]
    assert WeightedChoice([5, 0, 3, 2])(random_words(1, ten)).tolist() == [
        0, 0, 2, 2, 2, 3, 2, 0, 2, 3,
    ]  # fmt: skip


def test_random_words_of_high_row_numbers_never_change() -> None:
    rows = np.array([0, 1, 999_999, 2**31 - 2], np.uint64)
    key = column_key(2026, "deal", "value")
    assert random_words(key, rows).tolist() == KEYED
    far = Permutation(key, 2**31 - 1)(rows)
    assert far.tolist() == FAR
    assert ZipfRanks(10**6, 0.5)(
        random_words(1, rows), random_words(2, rows)
    ).tolist() == (RANKED)


KEYED = [
    4047208648962794584,
    13231122032937239183,
    9049122234796909754,
    7356950389537167180,
]
FAR = [526051900, 905382214, 1315274456, 1033728043]
RANKED = [825176, 22014, 864499, 346612]


@given(key=st.integers(0, 2**64 - 1), size=st.integers(2**32, 2**62))
def test_a_permutation_of_any_size_has_no_duplicates(key: int, size: int) -> None:
    rows = np.array([0, 1, 2, size // 3, size // 2, size - 2, size - 1], np.uint64)
    moved = Permutation(key, size)(rows).tolist()
    assert len(set(moved)) == len(rows)
    assert all(0 <= number < size for number in moved)


@given(
    words=st.lists(st.integers(0, 2**64 - 1), min_size=1),
    bound=st.integers(1, 2**63),
)
def test_a_drawn_number_is_always_below_its_bound(words: list[int], bound: int) -> None:
    drawn = below(np.array(words, np.uint64), bound).tolist()
    if bound > 2**32:
        assert drawn == [word * bound >> 64 for word in words]
    else:
        assert drawn == [(word >> 32) * bound >> 32 for word in words]


@given(key=st.integers(0, 2**64 - 1), size=st.integers(1, 5_000))
def test_a_permutation_contains_every_number_once(key: int, size: int) -> None:
    moved = Permutation(key, size)(np.arange(size, dtype=np.uint64))
    assert sorted(moved.tolist()) == list(range(size))


def test_permutations_with_different_keys_differ() -> None:
    rows = np.arange(1_000, dtype=np.uint64)
    moved = [Permutation(key, 1_000)(rows) for key in range(5)]
    assert all(np.mean(moved[0] == other) < 0.01 for other in moved[1:])


@given(weights=st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_shares_follow_the_weights(weights: list[int]) -> None:
    rows = np.arange(20_000, dtype=np.uint64)
    counts = np.bincount(
        WeightedChoice(weights)(random_words(3, rows)), minlength=len(weights)
    )
    for weight, count in zip(weights, counts, strict=True):
        assert count / 20_000 == pytest.approx(weight / sum(weights), abs=0.02)
        assert weight or not count


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.999])
def test_words_below_a_threshold_are_as_frequent_as_its_rate(rate: float) -> None:
    words = random_words(9, np.arange(50_000, dtype=np.uint64))
    assert np.mean(words < threshold(rate)) == pytest.approx(rate, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(key=st.integers(0, 2**64 - 1), size=st.integers(1, 300), more=st.integers(0, 9))
def test_a_permutation_rejects_numbers_beyond_its_size(
    key: int, size: int, more: int
) -> None:
    numbers = np.array([0, size + more], np.uint64)
    with pytest.raises(ValueError, match="is not below"):
        Permutation(key, size)(numbers)
