"""The arithmetic behind datasets like an export: exact counts, different texts."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.dataset.values.unique_text import TEXT_STYLES, WantedTexts, unique_texts
from limerun.dataset.values.value_frequencies import HistogramCells, ValueFrequencies
from limerun.records.shape import Group

GROUPS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 400)).map(
        lambda pair: Group(values=pair[0], rows=max(pair))
    ),
    min_size=1,
    max_size=8,
)


@given(groups=GROUPS, nulls=st.integers(0, 100))
def test_every_value_is_as_frequent_as_its_group_requires(
    groups: list[Group], nulls: int
) -> None:
    rows = sum(group.rows for group in groups) + nulls
    values, nowhere = ValueFrequencies(groups, nulls, rows, None)(
        np.arange(rows, dtype=np.uint64)
    )
    assert int(nowhere.sum()) == nulls
    counts = np.bincount(values[~nowhere])
    at = 0
    for group in groups:
        own = counts[at : at + group.values]
        assert own.sum() == group.rows
        assert own.max() - own.min() <= 1
        at += group.values


@given(groups=GROUPS, rows=st.integers(1, 5_000), values=st.integers(0, 500))
def test_scaled_values_stay_below_the_number_of_values(
    groups: list[Group], rows: int, values: int
) -> None:
    spread = ValueFrequencies(groups, 3, rows, values)
    found, _ = spread(np.arange(rows, dtype=np.uint64))
    assert found.min() >= 0
    assert found.max() < max(values, 1)


@given(
    counts=st.lists(st.integers(0, 30), min_size=1).filter(any),
    values=st.integers(1, 2_000),
)
def test_the_values_within_a_histogram_cell_are_numbered(
    counts: list[int], values: int
) -> None:
    cells = HistogramCells(counts, values)
    cell, nth = cells(np.arange(values, dtype=np.int64))
    for each, size in enumerate(cells.sizes.tolist()):
        assert sorted(nth[cell == each].tolist()) == list(range(size))


@settings(deadline=None)
@given(
    form=st.sampled_from(sorted(TEXT_STYLES)),
    length=st.integers(0, 60),
    count=st.integers(1, 300),
    key=st.integers(0, 2**64 - 1),
)
def test_generated_texts_have_the_requested_length_and_differ(
    form: str, length: int, count: int, key: int
) -> None:
    numbers = np.arange(count, dtype=np.int64)
    wanted = WantedTexts(
        values=numbers + 7,
        lengths=np.full(count, length, np.int64),
        codes=numbers,
        counts=np.full(count, count, np.int64),
    )
    texts = unique_texts(form, key, wanted).to_pylist()
    assert {len(text) for text in texts} == {length}
    assert all(text.isascii() for text in texts)
    if len(TEXT_STYLES[form].counted_in) ** length >= count:
        assert len(set(texts)) == count


@pytest.mark.parametrize(
    ("form", "length", "pattern"),
    [
        ("abc", 9, r"[A-Z][a-z]{8}"),
        ("a b", 30, r"[A-Z][a-z ]{28}[a-z]"),
        ("num", 6, r"\d{6}"),
        ("tel", 11, r"0\d\d-\d{7}"),
        ("@", 24, r"[a-z]{12}@example\.com"),
        ("@", 12, r"[a-z]{5}@a\.test"),
        ("url", 30, r"https://example\.com/[a-z]{10}"),
        ("hex", 36, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("json", 15, r'\{"a":"\d{7}"\}'),
        ("json", 7, r'\["\d{3}"\]'),
        ("json", 4, r"[1-9]{4}"),
    ],
)
def test_generated_texts_match_their_form(form: str, length: int, pattern: str) -> None:
    wanted = WantedTexts(
        values=np.arange(20),
        lengths=np.full(20, length, np.int64),
        codes=np.arange(20),
        counts=np.full(20, 20, np.int64),
    )
    for text in unique_texts(form, 1, wanted).to_pylist():
        assert re.fullmatch(pattern, text), text
