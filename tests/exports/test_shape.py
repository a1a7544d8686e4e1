"""The shape of an export: its counts are right, and it contains no value."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from limerun.config.shape_file import read_shape
from limerun.errors import ExportError
from limerun.exports.shape.histogram_bins import (
    cell_of,
    grid_for_lengths,
    grid_for_numbers,
    histogram_of,
)
from limerun.exports.tables import Export
from limerun.records.shape import Group
from tests.exports.reading import opened
from tests.exports.shapes import crm, json_table, shape_of, shape_of_export

WORDS = {
    *("shape", "limerun.shape/1", "tables", "rows", "columns", "type", "form", "unit"),
    *("decimals", "nulls", "distinct", "unique", "parent", "orphans", "after"),
    *("values", "options", "lengths", "bounds", "counts", "cells", "text", "integer"),
    *("decimal", "boolean", "date", "time", "json", "binary", "second"),
}
"""Words of limerun's own, which every file contains."""


def texts_of(value: object) -> set[str]:
    """Return every notation of a value."""
    if value is None:
        return set()
    if isinstance(value, list):
        return {json.dumps(value), *(each for one in value for each in texts_of(one))}
    return {str(value), json.dumps(value, ensure_ascii=False).strip('"')}


Crm = tuple[Export, list[dict[str, Any]]]
"""An export, and all its rows."""


@pytest.fixture(scope="module")
def crm_export(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crm]:
    places, rows = crm(tmp_path_factory.mktemp("crm"))
    with opened(*places) as export:
        yield export, rows


def test_the_shape_has_the_same_counts_as_the_export(
    tmp_path: Path, crm_export: Crm
) -> None:
    shape, text = shape_of_export(crm_export[0])
    person = shape.tables["person"]
    assert (person.rows, person.key) == (3_000, "id")
    columns = person.columns
    assert columns["id"].unique
    assert columns["status"].groups[0].rows > columns["status"].groups[2].rows * 3
    assert columns["year"].distinct == 4
    assert columns["company_id"].parent == ("company", "id")
    childless = columns["company_id"].groups[-1]
    assert childless.rows == 0
    assert childless.values >= 50
    assert columns["ended"].after == "started"
    assert columns["started"].after is None
    assert 0.2 < columns["phone"].nulls / 3_000 < 0.3
    assert [columns[name].form for name in ("email", "phone", "status")] == [
        *("@", "tel", "abc")
    ]
    path = tmp_path / "shape.yaml"
    path.write_text(text, "utf-8")
    assert read_shape(path) == shape


def test_the_shape_file_contains_no_value_of_four_or_more_characters(
    crm_export: Crm,
) -> None:
    export, rows = crm_export
    _, text = shape_of_export(export)
    names = {name for row in rows for name in row} | {"company", "person"}
    for row in rows:
        for value in row.values():
            for written in texts_of(value):
                if len(written) >= 4 and written not in WORDS:
                    here = written in text and not any(written in n for n in names)
                    assert not here, written


def test_only_allowed_options_are_included(tmp_path: Path, crm_export: Crm) -> None:
    shape, text = shape_of_export(crm_export[0], allowed=("person.status",))
    assert shape.tables["person"].columns["status"].options == (
        *("active", "prospect", "lost"),
    )
    assert '["active", "prospect", "lost"]' in text
    path = tmp_path / "shape.yaml"
    path.write_text(text, "utf-8")
    assert read_shape(path) == shape


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("person.email", "the column has 3,000 different"),
        ("person.company_id", "keys of another table"),
        ("person.ended", "dates that depend on another"),
        ("person.vip", "the type boolean"),
        ("person.colour", "no such column"),
        ("status", "write it as table.column"),
    ],
)
def test_options_can_be_allowed_only_for_columns_with_few_values(
    crm_export: Crm, column: str, message: str
) -> None:
    with pytest.raises(ExportError, match=message):
        shape_of_export(crm_export[0], allowed=(column,))


def test_values_that_look_like_numbers_in_the_file_are_left_out(tmp_path: Path) -> None:
    planted = ("1_000", "1_0_0", "12~34", "-_5~9", "0~25")
    odd = {f"odd{at}": value for at, value in enumerate(planted)}
    rows = [{"id": n, **odd} for n in range(1, 1_001)]
    _, text = shape_of(json_table(tmp_path, "t", rows))
    assert not [value for value in planted if value in text]
    path = tmp_path / "shape.yaml"
    path.write_text(text, "utf-8")
    assert read_shape(path).tables["t"].rows == 1_000


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**17), 10**17),
    st.integers(0, 3_000),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.decimals(-9_999, 9_999, places=2).map(float),
    st.dates().map(str),
    st.datetimes().map(str),
    st.text(max_size=30),
    st.from_regex(r"[0-9_~-]{4,9}", fullmatch=True),
    st.booleans(),
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    columns=st.lists(st.lists(VALUES, min_size=6, max_size=6), min_size=1, max_size=6)
)
def test_the_shape_file_contains_no_value_of_any_export(
    tmp_path: Path, columns: list[list[Any]]
) -> None:
    rows = [
        {f"c{at}": column[number] for at, column in enumerate(columns)}
        for number in range(6)
    ]
    shape, text = shape_of(json_table(tmp_path, "t", rows))
    path = tmp_path / "shape.yaml"
    path.write_text(text, "utf-8")
    assert read_shape(path) == shape
    for column in columns:
        for value in column:
            for written in texts_of(value):
                if len(written) >= 4:
                    assert written not in text or any(written in w for w in WORDS)


@given(
    measures=st.lists(st.integers(-(2**50), 2**50), min_size=1, max_size=60),
    decimals=st.integers(0, 2),
)
def test_every_value_is_counted_in_its_cell_and_no_bound_reveals_a_value(
    measures: list[int], decimals: int
) -> None:
    grid = grid_for_numbers(min(measures), max(measures), decimals)
    steps: dict[int, int] = {}
    for measure in measures:
        number = 0
        while grid.start(number + 1) <= measure:
            number += 1
        steps[number] = steps.get(number, 0) + 1
    histogram = histogram_of(grid, steps.items())
    assert sum(histogram.counts) == len(measures)
    counted = [0] * len(histogram.counts)
    for measure in measures:
        assert histogram.bounds[0] <= measure < histogram.bounds[-1]
        counted[cell_of(histogram, measure)] += 1
    assert counted == list(histogram.counts)
    widths = [
        end - start
        for start, end in zip(histogram.bounds, histogram.bounds[1:], strict=False)
    ]
    if max(map(abs, measures)) > 999:
        assert min(widths) >= 10


def test_lengths_up_to_32_have_separate_cells() -> None:
    histogram = histogram_of(grid_for_lengths(0), [(n, 1) for n in range(32)])
    assert histogram.bounds == tuple(range(33))
    assert histogram.counts == (1,) * 32


def test_groups_include_every_value_and_row(tmp_path: Path) -> None:
    counts = [900, 450, 300, *range(60, 20, -1), *([3] * 50), *([1] * 500)]
    rows = [
        {"x": f"v{value}"} for value, count in enumerate(counts) for _ in range(count)
    ]
    shape, _ = shape_of(json_table(tmp_path, "t", rows))
    groups = shape.tables["t"].columns["x"].groups
    assert groups[0] == Group(values=1, rows=900)
    assert groups[-1] == Group(values=500, rows=500)
    assert sum(group.values for group in groups) == len(counts)
    assert sum(group.rows for group in groups) == sum(counts)
    assert len(groups) < 40
