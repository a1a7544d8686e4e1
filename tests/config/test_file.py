"""YAML is read as plain values, each with its line and column."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from limerun.config.file import Document, parse_document, placed, read_document
from limerun.config.problems import ConfigProblems, KeyPath
from limerun.errors import DatasetError

TEXTS = st.text(
    st.characters(
        blacklist_categories=["Cs", "Cc", "Cn", "Co"], blacklist_characters="﻿"
    ),
    max_size=8,
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
    ),
    max_leaves=8,
)
CONFIGS = st.dictionaries(TEXTS, VALUES, max_size=5)


@settings(max_examples=30)  # 30 ms each
@given(CONFIGS, st.booleans())
def test_any_mapping_survives_writing_and_reading(
    config: dict[str, object], flow: bool
) -> None:
    text = yaml.safe_dump(config, default_flow_style=flow, allow_unicode=True)
    assert parse_document(text, name="c.yaml").value == config


def scalars(value: object, path: KeyPath = ()) -> list[tuple[KeyPath, object]]:
    if isinstance(value, dict):
        return [each for k, v in value.items() for each in scalars(v, (*path, k))]
    if isinstance(value, list):
        return [each for i, v in enumerate(value) for each in scalars(v, (*path, i))]
    return [(path, value)]


def text_at(document: Document, lines: list[str], path: KeyPath) -> str:
    place = document.values[path]
    assert place.line is not None
    assert place.column is not None
    return lines[place.line - 1][place.column - 1 :]


NESTED = st.recursive(
    st.integers(0, 10**6),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(
            st.text("abcå😀", min_size=1, max_size=4), inner, min_size=1, max_size=3
        )
    ),
    max_leaves=6,
)


@settings(max_examples=30)  # 30 ms each
@given(st.dictionaries(st.text("xyzö", min_size=1), NESTED), st.booleans())
def test_every_key_is_found_at_its_recorded_position(
    config: dict[str, object], flow: bool
) -> None:
    text = yaml.safe_dump(config, default_flow_style=flow, allow_unicode=True)
    document = parse_document(text, name="c.yaml")
    lines = text.splitlines()
    for path, value in scalars(config):
        if value not in ([], {}):
            assert text_at(document, lines, path).startswith(str(value))
    for path, place in document.keys.items():
        assert place.line is not None
        assert place.column is not None
        at = lines[place.line - 1][place.column - 1 :]
        assert at.lstrip("'\"? ").startswith(str(path[-1])) or "\\" in at


@settings(max_examples=30)  # 30 ms each
@given(CONFIGS)
def test_positions_are_in_the_order_of_the_file(config: dict[str, object]) -> None:
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    document = parse_document(text, name="c.yaml")
    places = [(p.line or 0, p.column or 0) for p in document.keys.values()]
    assert all(a < b for a, b in pairwise(places))


@given(st.text(max_size=60) | st.text("[]{}:-&*a !|>'\"#\n\t,?<%@`", max_size=40))
def test_any_text_is_read_or_refused_with_a_location(text: str) -> None:
    refusal = ""
    try:
        parse_document(text, name="c.yaml")
    except ConfigProblems as error:
        refusal = str(error)
    assert not refusal or re.match(r"c\.yaml:\d+:\d+: .", refusal)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100_000", 100_000),
        ("0x1F", 31),
        ("-5", -5),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", "1e3"),
        ("12e4567", "12e4567"),
        ("1.5e-3", 0.0015),
        ("1.5e3", "1.5e3"),
        ("-.5", "-.5"),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("2026-01-31", "2026-01-31"),
        ("0123", "0123"),
        ("=", "="),
        ("yes", True),
        ("off", False),
        ("~", None),
        ("", None),
        ("K-{:07d}", "K-{:07d}"),
        ("!!str 123", "123"),
        ("'123'", "123"),
        ("1.2.3", "1.2.3"),
        ("150MB", "150MB"),
    ],
)
def test_a_scalar_has_the_type_that_its_notation_suggests(
    text: str, value: object
) -> None:
    read = parse_document(text, name="c.yaml").value
    assert read == value
    assert type(read) is type(value)


def test_aliases_and_merge_keys_work() -> None:
    text = (
        "base: &base {rows: 1, format: csv}\n"
        "more: &more {rows: 2, overlap: 0.5}\n"
        "a: {<<: *base, format: jsonl}\n"
        "b: {rows: 3, <<: [*base, *more]}\n"
        "c: [*base, *base]\n"
    )
    document = parse_document(text, name="c.yaml")
    assert isinstance(document.value, dict)
    assert document.value["a"] == {"rows": 1, "format": "jsonl"}
    assert document.value["b"] == {"rows": 3, "format": "csv", "overlap": 0.5}
    assert document.value["c"] == [{"rows": 1, "format": "csv"}] * 2
    assert str(document.place(("a", "rows"))) == "c.yaml:1:20"
    assert str(document.place(("b", "overlap"), at_key=True)) == "c.yaml:2:23"


def test_values_of_the_same_alias_are_independent_copies() -> None:
    value = parse_document("a: &x {n: 1}\nb: *x\n", name="c.yaml").value
    assert isinstance(value, dict)
    value["a"]["n"] = 2
    assert value["b"] == {"n": 1}


def test_the_location_of_a_missing_key_is_that_of_its_nearest_parent() -> None:
    document = parse_document("a: 1\nb:\n  c: 2\n", name="c.yaml")
    assert str(document.place(("b", "x", "y"))) == "c.yaml:2:1"
    assert str(document.place(("z",))) == "c.yaml:1:1"


def test_a_byte_order_mark_is_not_part_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_bytes("a: å\n".encode("utf-8-sig"))
    assert read_document(path).value == {"a": "å"}


INLINE = """\
task: task.py:run
dataset:
  limetypes:
    deal:
      name: {type: string}
  rows: {deal: 10, person: 5}
  properties:
    deal.value: {kind: email}
sources:
  deals:
    columns: {number: email}
"""
TYPES = "person:\n  phone: {type: string}\n"


@pytest.mark.parametrize(
    ("about", "place"),
    [
        ("deal.name", "c.yaml:5:7"),
        ("deal.value", "c.yaml:8:5"),
        ("deal.value: kind", "c.yaml:8:18"),
        ("deal.value: colour", "c.yaml:8:5"),
        ("deal", "c.yaml:4:5"),
        ("person", "c.yaml:6:20"),
        ("sources.deals", "c.yaml:10:3"),
        ("sources.deals.number", "c.yaml:11:15"),
        ("sources.deals.columns.number", "c.yaml:11:15"),
    ],
)
def test_an_error_starts_with_the_location_of_the_key_that_it_concerns(
    tmp_path: Path, about: str, place: str
) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(INLINE)
    error = placed(DatasetError(f"{about}: is wrong"), config)
    assert str(error) == f"{tmp_path}/{place}: {about}: is wrong"


def test_problems_in_the_limetypes_file_are_located_there(tmp_path: Path) -> None:
    config = tmp_path / "c.yaml"
    (tmp_path / "types.yaml").write_text(TYPES)
    config.write_text("task: t.py:run\ndataset:\n  limetypes: types.yaml\n")
    error = placed(DatasetError("person.phone: is wrong"), config)
    assert str(error) == "types.yaml:2:3: person.phone: is wrong"


@pytest.mark.parametrize("text", [INLINE, "task: t.py:run\n", "dataset: 5\n", ""])
def test_an_error_that_concerns_no_key_of_the_config_stays_unchanged(
    tmp_path: Path, text: str
) -> None:
    config = tmp_path / "c.yaml"
    config.write_text(text)
    error = DatasetError("the disk is full: nothing was made")
    assert placed(error, config) is error
