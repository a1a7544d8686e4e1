"""Only values are removed from the text of a statement."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limerun.worker.statements.text import LONGEST, without_literals

SAME = [
    'SELECT a.b1, "c 2", `d 3` FROM t1 WHERE x = ? AND y = :p1 AND z = %(z_1)s',
    "SELECT a FROM t WHERE b = $1 AND c = ?2 AND d = @p3",
    "SELECT a::int4 FROM utf8_names",
]


@pytest.mark.parametrize("statement", SAME)
def test_names_and_placeholders_stay_unchanged(statement: str) -> None:
    assert without_literals(statement) is statement


@pytest.mark.parametrize(
    ("statement", "left"),
    [
        ("WHERE id = 17", "WHERE id = ?"),
        ("WHERE id=-17 AND x > -1.5e-3", "WHERE id=? AND x > ?"),
        ("WHERE a - 1 < b -2", "WHERE a - ? < b -?"),
        ("IN (1,-2, 3.5, .5, 0xFF)", "IN (?,?, ?, ?, ?)"),
        ("= 'O''Brien' AND b", "= ? AND b"),
        (r"= E'O\'Brien' AND b", "= E? AND b"),
        ("= N'Åsa'", "= N?"),
        ("= $$it's$$ AND b = $q$ $$ $q$", "= ? AND b = ?"),
        ("a = 'x' -- 17\nAND b", "a = ? \nAND b"),
        ("/* 17 */ SELECT /* it's", " SELECT "),
        ("= '\"' AND \"it's 5\" = 5", '= ? AND "it\'s 5" = ?'),
        ("= 'cut off in the mid", "= ?"),
        ("LIMIT 10 OFFSET 20", "LIMIT ? OFFSET ?"),
    ],
)
def test_literal_values_become_placeholders(statement: str, left: str) -> None:
    assert without_literals(statement) == left


VALUES = st.one_of(
    st.text().map(lambda value: "'" + value.replace("'", "''") + "'"),
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(lambda value: f"{value:f}"),
)
PIECES = st.sampled_from(
    ["a = ", '"it\'s 1" < ', "t1.b2 IN (", "x LIKE ", "f_3(", "?, "]
)


@given(st.lists(st.tuples(PIECES, VALUES), max_size=8))
def test_statements_that_differ_only_in_their_values_get_the_same_text(
    parts: list[tuple[str, str]],
) -> None:
    statement = " AND ".join(piece + value for piece, value in parts)
    expected = " AND ".join(piece + "?" for piece, _ in parts)
    # A minus is a sign only where no operand stands before it.
    assert re.sub(r"-\?", "?", without_literals(statement)) == expected


@given(st.text("'\"`$-/*E\\\n1a ", max_size=60))
def test_any_text_can_be_processed_and_adds_no_quotes(text: str) -> None:
    left = without_literals(text)
    assert without_literals(left).count("'") <= left.count("'")


def test_only_the_beginning_of_a_long_statement_is_processed() -> None:
    statement = "INSERT INTO a VALUES " + "('Anna', 1), " * 100_000
    left = without_literals(statement)
    assert len(left) <= LONGEST
    assert "Anna" not in left
