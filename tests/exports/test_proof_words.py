"""Folding, splitting into words and hashing, compared with simple implementations."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.exports.proof.decoding import decode_texts, json_leaves
from limerun.exports.proof.tokens import BloomFilter
from limerun.exports.proof.word_hashes import tokenize_texts
from limerun.exports.text_folding import fold_text

TEXTS = st.lists(
    st.one_of(
        st.text("aÅåöÉß9.- @_\u0301\u200b“яЖ", max_size=12),
        st.none(),
        st.text(max_size=8),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("Åsa-Karin", "ASAKARIN"),
        ("Öberg", "O\u0308BERG"),
        ("Ærø", "aero"),
        ("Weiß", "WEISS"),
        ("Łódź", "lodz"),
        ("+46 70-123 45 67", "46701234567"),
        ("a\u200bb", "ab"),
        ("Ёлка", "ёлка"),
        ("o\u2019neill", "O'Neill"),
    ],
)
def test_different_spellings_of_a_word_are_folded_to_the_same_text(
    text: str, alike: str
) -> None:
    assert fold_text(text) == fold_text(alike)


@pytest.mark.parametrize(
    ("text", "other"), [("Anna", "Anne"), ("ab1", "ab2"), ("é", "a")]
)
def test_different_texts_are_folded_differently(text: str, other: str) -> None:
    assert fold_text(text) != fold_text(other)


def hashes_by_text(texts: Sequence[str | None]) -> list[int]:
    """Return one hash for each text; 0 for a text without letters and digits."""
    hashes = np.zeros(len(texts), np.uint64)
    for tokens in tokenize_texts(pa.array(texts, pa.string())):
        whole = tokens.whole_texts()
        hashes[whole.cells] = whole.hashes
    return [int(each) for each in hashes]


@given(TEXTS)
def test_texts_have_the_same_hash_exactly_if_they_fold_to_the_same_text(
    texts: list[str | None],
) -> None:
    plain = [fold_text(text or "") for text in texts]
    hashes = hashes_by_text(texts)
    assert [bool(text) for text in plain] == [bool(each) for each in hashes]
    assert len(set(plain) - {""}) == len(set(hashes) - {0})


@given(TEXTS, st.integers(0, 5))
def test_a_slice_is_tokenized_like_the_whole_array(
    texts: list[str | None], skip: int
) -> None:
    array = pa.array(texts, pa.string()).slice(skip)
    sliced = np.zeros(len(array), np.uint64)
    for tokens in tokenize_texts(array):
        whole = tokens.whole_texts()
        sliced[whole.cells] = whole.hashes
    assert [int(each) for each in sliced] == hashes_by_text(texts)[skip:]


@given(st.lists(st.text("abcÅ12 -.", max_size=20), max_size=20), st.integers(1, 4))
def test_ngrams_match_those_of_a_simple_split(texts: list[str], words: int) -> None:
    expected = []
    for at, text in enumerate(texts):
        parts = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))
        runs = ["".join(parts[i : i + words]) for i in range(len(parts) - words + 1)]
        expected += [
            (at, len(fold_text(run)), fold_text(run).isdigit()) for run in runs
        ]
    found: list[tuple[int, int, bool]] = []
    for tokens in tokenize_texts(pa.array(texts, pa.string())):
        ngrams = tokens.ngrams(words)
        found += zip(
            ngrams.cells.tolist(),
            ngrams.lengths.tolist(),
            ngrams.digits.tolist(),
            strict=True,
        )
    assert found == expected


def test_texts_longer_than_a_slice_are_tokenized_completely() -> None:
    texts = ["x" * 400_000 + " Anna", "Anna", "y " * 200_000 + "Anna"]
    [whole] = {
        h
        for h, text in zip(hashes_by_text(texts), texts, strict=True)
        if text == "Anna"
    }
    found = []
    for tokens in tokenize_texts(pa.array(texts)):
        words = tokens.ngrams(1)
        found += words.cells[words.hashes == whole].tolist()
    assert found == [0, 1, 2]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=500))
def test_a_bloom_filter_contains_every_added_value(values: list[int]) -> None:
    hashes = np.array(values, np.uint64)
    bloom_filter = BloomFilter(10)
    bloom_filter.add(hashes)
    assert bloom_filter.may_hold(hashes).all()
    others = np.arange(10_000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    assert bloom_filter.may_hold(others).mean() < 0.1


def test_decoding_returns_the_index_of_each_text() -> None:
    texts = pa.array(["plain", "a%20b", None, "&Aring;sa", "100 % = sure", "\\u00e5"])
    decoded, places = decode_texts(texts)
    assert decoded.to_pylist() == ["a b", "Åsa", "å"]
    assert places.tolist() == [1, 3, 5]


def test_the_leaves_of_json_are_its_texts_and_numbers_at_any_depth() -> None:
    documents = pa.array(['{"a": ["x", {"b": 12, "c": true}]}', None, "no json", '"y"'])
    leaves, places = json_leaves(documents, with_names=False)
    assert list(zip(leaves.to_pylist(), places.tolist(), strict=True)) == [
        ("x", 0),
        ("12", 0),
        ("no json", 2),
        ("y", 3),
    ]
    assert "b" in json_leaves(documents, with_names=True)[0].to_pylist()


def test_decoding_time_is_not_quadratic_in_the_length_of_a_text() -> None:
    # In quadratic time, these would take minutes.
    long = pa.array([f"%C3%96berg {sign * 200_000}" for sign in ("x", "4a", "=4", "%")])
    decoded, places = decode_texts(long)
    assert set(places.tolist()) == {0, 1, 2, 3}
    assert all(text.startswith("Öberg ") for text in decoded.to_pylist()[:1])
