"""Whether the values of a column repeat."""

import pytest

from limerun.records.shape import Group, ShapeColumn


@pytest.mark.parametrize(
    ("distinct", "values", "unique"), [(4, 4, True), (4, 2, False), (0, 4, False)]
)
def test_a_column_is_unique_if_no_value_occurs_in_two_rows(
    distinct: int, values: int, unique: bool
) -> None:
    column = ShapeColumn(
        type="integer",
        nulls=0,
        distinct=distinct,
        groups=(Group(values=values, rows=4),),
    )
    assert column.unique is unique
