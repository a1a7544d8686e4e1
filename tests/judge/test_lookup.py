"""A lookup helper finds one object by one value and does nothing else."""

import ast
from textwrap import indent

import pytest

from limerun.judge.remedies.lookup_helpers import LookupHelper, lookup_of
from limerun.judge.remedies.source_code import Function

GET = 'app.limetypes.contract.get_all(filter=Filter(EqualsOperator("number", number)))'
NEXT = f"return next(iter({GET}), None)"


def parse_lookup(
    body: str, head: str = "def find(app, number):"
) -> LookupHelper | None:
    function = ast.parse(f"{head}\n{indent(body, '    ')}\n").body[0]
    assert isinstance(function, Function)
    return lookup_of(function)


@pytest.mark.parametrize(
    "body",
    [
        NEXT,
        f'"""Find it."""\n{NEXT}',
        f"for found in {GET}:\n    return found",
        f"for found in {GET}:\n    return found\nreturn",
        f"for found in {GET}:\n    return found\nreturn None",
        NEXT.replace("Filter", "lime_filter.Filter"),
        NEXT.replace("limetypes.contract", 'limetypes["contract"]'),
        'wanted = Filter(EqualsOperator("number", number))\n'
        "return next(iter(app.limetypes.contract.get_all(filter=wanted)), None)",
    ],
)
def test_a_helper_that_only_finds_one_object_is_recognized(body: str) -> None:
    expected = LookupHelper(
        limetype="contract", key="number", application="app", value="number"
    )
    assert parse_lookup(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("pass", id="nothing"),
        pytest.param('"""Find it."""', id="only a docstring"),
        pytest.param(f"log(number)\n{NEXT}", id="an additional call"),
        pytest.param(f"a, b = 1, 2\n{NEXT}", id="two names assigned"),
        pytest.param(f"a = b = 1\n{NEXT}", id="one value to two names"),
        pytest.param(f"number = number.strip()\n{NEXT}", id="the value is changed"),
        pytest.param("return", id="nothing returned"),
        pytest.param(f"return list({GET})", id="all of them"),
        pytest.param(f"return next(iter({GET}))", id="raises if missing"),
        pytest.param(f"return next(iter({GET}), 0)", id="another default"),
        pytest.param(f"return next({GET}, None)", id="no iter"),
        pytest.param("return next(found, None)", id="next of a variable"),
        pytest.param("return next(iter(found), None)", id="an unrelated iterator"),
        pytest.param(
            f"for found in {GET}:\n    return found\nelse:\n    log(number)", id="else"
        ),
        pytest.param(
            f"for found in {GET}:\n    log(found)\n    return found", id="logged"
        ),
        pytest.param(f"for found in {GET}:\n    return found.id", id="a property"),
        pytest.param(f"for found in {GET}:\n    return", id="returns nothing"),
        pytest.param(
            f"for found in {GET}:\n    return found\nreturn 0", id="0 if none"
        ),
        pytest.param(NEXT.replace("filter=", ""), id="positional filter"),
        pytest.param(NEXT.replace("filter=", "where="), id="another keyword"),
        pytest.param(NEXT.replace("get_all", "get_some"), id="another method"),
        pytest.param(NEXT.replace("app.limetypes.contract.", ""), id="no method"),
        pytest.param(NEXT.replace("limetypes", "tables"), id="no limetypes"),
        pytest.param(
            NEXT.replace(".contract", "[name]"), id="limetype from a variable"
        ),
        pytest.param(
            NEXT.replace(".contract", '["a b"]'), id="an invalid limetype name"
        ),
        pytest.param(
            NEXT.replace("app.limetypes.contract", "f()"), id="result of a call"
        ),
        pytest.param(NEXT.replace("app.", "application."), id="another application"),
        pytest.param(NEXT.replace("Filter(", "Sorter("), id="no filter"),
        pytest.param(NEXT.replace("Filter(", "Filter(1, "), id="two filters"),
        pytest.param(NEXT.replace("EqualsOperator(", "LessOperator("), id="less than"),
        pytest.param(NEXT.replace("EqualsOperator(", "Equals(1, "), id="three values"),
        pytest.param(
            NEXT.replace('EqualsOperator("number", number)', "wanted"), id="any filter"
        ),
        pytest.param(NEXT.replace('"number"', "key"), id="any property"),
        pytest.param(
            NEXT.replace('"number"', '"owner.name"'), id="property of a relation"
        ),
        pytest.param(NEXT.replace(", number)", ", number.x)"), id="part of the value"),
        pytest.param(NEXT.replace(", number)", ", other)"), id="not the parameter"),
    ],
)
def test_a_helper_that_does_anything_else_is_not_a_lookup(body: str) -> None:
    assert parse_lookup(body) is None


@pytest.mark.parametrize(
    "head",
    [
        "@cache\ndef find(app, number):",
        "async def find(app, number):",
        "def find(app, number, strict):",
    ],
)
def test_a_helper_of_a_different_form_is_not_a_lookup(head: str) -> None:
    assert parse_lookup(NEXT) is not None
    assert parse_lookup(NEXT, head) is None
