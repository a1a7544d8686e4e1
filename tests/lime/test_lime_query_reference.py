"""Queries against a slow reference in plain Python over the same rows."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lime_application import LimeApplication
from lime_filter import (
    AndOperator,
    EqualsOperator,
    Filter,
    GreaterOperator,
    GreaterOrEqualOperator,
    InOperator,
    LessOperator,
    LessOrEqualOperator,
    LikeOperator,
    NotEqualsOperator,
    NotOperator,
    OrOperator,
)
from lime_query import execute_query
from lime_type.iso_times import UTC
from tests.lime.conftest import LIMETYPES

Row = dict[str, Any]
START = datetime(2024, 1, 1, tzinfo=UTC)
NAMES = ["", "Acme", "acme", "Åkeri", "100%", "a_b", "a/b", "x"]
STATUSES = ["contact", "tender", "agreement", "rejection"]
TIMES = [None, *(START + timedelta(hours=hours) for hours in (0, 1, 36))]
NUMBERS = [0.0, -1.5, 2.0, 1e9]
OFFICES: list[Row] = [{"id": 1, "name": "North"}, {"id": 2, "name": None}]
COWORKERS: list[Row] = [
    {"id": 1, "name": "Ann", "office": 1},
    {"id": 2, "name": "", "office": 2},
    {"id": 3, "name": None, "office": None},
]


def deals() -> list[Row]:
    """Rows with many combinations of values; some columns are empty."""
    made = []
    for number in range(120):
        made.append(
            {
                "id": number + 1,
                "name": [*NAMES, None][number % 9],
                "dealstatus": [*STATUSES, None][number % 5],
                "value": [*NUMBERS, None][number // 2 % 5],
                "closeddate": TIMES[number // 3 % 4],
                "coworker": [None, 1, 2, 3][number // 5 % 4],
            }
        )
    return made


DEALS = deals()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LimeApplication]:
    from limerun.lime.opening import open_application

    path = tmp_path_factory.mktemp("reference") / "lime.sqlite"
    app = open_application(database_url=f"sqlite:///{path}", limetypes=LIMETYPES)
    with app.database.engine.begin() as connection:
        tables = {"office": OFFICES, "coworker": COWORKERS, "deal": DEALS}
        for name, rows in tables.items():
            table = app.limetypes.get_limetype(name).rows.table
            connection.execute(table.insert(), [_stored(row) for row in rows])
    yield app
    app.database.close()


def _stored(row: Row) -> Row:
    stored = dict(row)
    if stored.get("closeddate"):
        moment = stored["closeddate"].replace(tzinfo=None)
        stored["closeddate"] = moment.isoformat(" ", "microseconds")
    return stored


# --- the reference ---------------------------------------------------------------

MISSING = object()
EMPTY: dict[str, Any] = {"name": "", "dealstatus": "empty", "value": 0.0}


def value_at(row: Row, path: str) -> Any:
    """Return a value, None for no value, MISSING if there is no related object."""
    head, _, rest = path.partition(".")
    if rest:
        table = COWORKERS if head == "coworker" else OFFICES
        far = next((each for each in table if each["id"] == row[head]), None)
        return MISSING if far is None else value_at(far, rest)
    value = row["id" if head == "_id" else head]
    return EMPTY.get(head) if value is None else value


def matches(row: Row, expression: Any) -> bool | None:
    """Return True, False, or None for SQL's NULL."""
    operator = expression["op"]
    if operator in ("AND", "OR"):
        found = [matches(row, each) for each in expression["exp"]]
        wanted = bool(operator == "OR")
        if wanted in found:
            return wanted
        return None if None in found else not wanted
    if operator == "!" and "key" not in expression:
        found_one = matches(row, expression["exp"])
        return None if found_one is None else not found_one
    return compare(value_at(row, expression["key"]), operator, expression["exp"])


def compare(value: Any, operator: str, wanted: Any) -> bool | None:
    if wanted is None and operator in ("=", "!=", "!"):
        return (value in (None, MISSING)) == (operator == "=")
    if wanted == []:
        return False
    if value is None or value is MISSING:
        return None
    if operator == "IN":
        return bool(value in wanted)
    if operator == "?":
        return lowered(wanted) in lowered(value)
    if operator == "=?":
        return lowered(value).startswith(lowered(wanted))
    return bool(
        {
            "=": lambda: value == wanted,
            "!=": lambda: value != wanted,
            "!": lambda: value != wanted,
            "<": lambda: value < wanted,
            "<=": lambda: value <= wanted,
            ">": lambda: value > wanted,
            ">=": lambda: value >= wanted,
        }[operator]()
    )


def lowered(text: Any) -> str:
    """Return a text in SQLite's lower case, which affects only ASCII."""
    return "".join(each.lower() if each.isascii() else each for each in str(text))


# --- expressions -------------------------------------------------------------------

ORDERED = ["<", "<=", ">", ">="]
SAME = ["=", "!=", "!"]


def comparisons(key: str, values: list[Any], operators: list[str]) -> Any:
    return st.builds(
        lambda operator, value: {"key": key, "op": operator, "exp": value},
        st.sampled_from(operators),
        st.sampled_from(values),
    )


def choices(key: str, values: list[Any]) -> Any:
    return st.builds(
        lambda some: {"key": key, "op": "IN", "exp": some},
        st.lists(st.sampled_from(values), max_size=3),
    )


MOMENTS = [each for each in TIMES if each]
LEAVES = st.one_of(
    comparisons("name", NAMES, [*SAME, *ORDERED, "?", "=?"]),
    comparisons("coworker.name", ["", "Ann", "n"], [*SAME, "?", "=?"]),
    comparisons("coworker.office.name", ["", "North"], SAME),
    comparisons("dealstatus", STATUSES, SAME),
    comparisons("value", NUMBERS, [*SAME, *ORDERED]),
    comparisons("closeddate", MOMENTS, [*SAME, *ORDERED]),
    comparisons("closeddate", [None], SAME),
    comparisons("coworker", [None, 1, 2, 99], SAME),
    comparisons("coworker.office", [None, 1, 2], SAME),
    comparisons("_id", [1, 60, 120], [*SAME, *ORDERED]),
    choices("name", NAMES),
    choices("dealstatus", STATUSES),
    choices("coworker", [1, 2, 99]),
    choices("value", NUMBERS),
)
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda operator, parts: {"op": operator, "exp": parts},
            st.sampled_from(["AND", "OR"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        st.builds(lambda part: {"op": "!", "exp": part}, inner),
    ),
    max_leaves=6,
)
often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def query_objects(app: LimeApplication, query: Row) -> list[Row]:
    """Return the objects of a query."""
    answer = execute_query(
        query, app.database.connection, app.limetypes, app.acl, app.user
    )
    objects: list[Row] = answer["objects"]
    return objects


@often
@given(expression=EXPRESSIONS)
def test_a_query_finds_the_same_rows_as_the_reference(
    app: LimeApplication, expression: Row
) -> None:
    found = query_objects(
        app,
        {
            "limetype": "deal",
            "responseFormat": {"object": {"_id": None}},
            "filter": expression,
        },
    )
    expected = [row["id"] for row in DEALS if matches(row, expression)]
    assert [each["_id"] for each in found] == expected


@often
@given(expression=EXPRESSIONS)
def test_get_all_finds_the_same_rows_as_the_reference(
    app: LimeApplication, expression: Row
) -> None:
    expression = without_begins(expression)
    found = app.limetypes.deal.get_all(filter=Filter(as_operator(expression)))
    expected = [row["id"] for row in DEALS if matches(row, expression)]
    assert [each.id for each in found] == expected
    assert found.count == len(expected)


OPERATORS: dict[str, Any] = {
    "=": EqualsOperator,
    "!=": NotEqualsOperator,
    "!": NotEqualsOperator,
    "<": LessOperator,
    "<=": LessOrEqualOperator,
    ">": GreaterOperator,
    ">=": GreaterOrEqualOperator,
    "IN": InOperator,
    "?": LikeOperator,
}


def without_begins(expression: Any) -> Any:
    """Return the expression with "contains" for "begins with", which filters lack."""
    if isinstance(expression, list):
        return [without_begins(each) for each in expression]
    if not isinstance(expression, dict):
        return expression
    changed = {key: without_begins(each) for key, each in expression.items()}
    return changed | {"op": "?"} if changed["op"] == "=?" else changed


def as_operator(expression: Row) -> Any:
    """Return the filter operator for a query's expression."""
    operator, inner = expression["op"], expression["exp"]
    if operator in ("AND", "OR"):
        group = AndOperator if operator == "AND" else OrOperator
        return group(*(as_operator(each) for each in inner))
    if operator == "!" and "key" not in expression:
        return NotOperator(as_operator(inner))
    return OPERATORS[operator](expression["key"], inner)


@often
@given(
    key=st.sampled_from(["name", "value", "coworker.name", "_id"]),
    descending=st.booleans(),
    limit=st.integers(0, 130),
    offset=st.integers(0, 130),
)
def test_order_limit_and_offset_select_the_same_rows_as_the_reference(
    app: LimeApplication, key: str, descending: bool, limit: int, offset: int
) -> None:
    order = [{key: "DESC" if descending else "ASC"}]
    query = {
        "limetype": "deal",
        "responseFormat": {"object": {"_id": None}},
        "orderBy": order,
    }
    whole = query_objects(app, query)
    cut = query_objects(app, query | {"limit": limit, "offset": offset})
    assert cut == (whole[offset : offset + limit] if limit else whole[offset:])
    assert sorted(each["_id"] for each in whole) == [row["id"] for row in DEALS]
