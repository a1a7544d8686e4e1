"""Trees are walked as `ast` does it."""

import ast
from pathlib import Path

import pytest

from limerun.syntax_trees import children_of, nodes_of

FILES = sorted(Path(__file__).parent.glob("*.py"))
CODE = "def f(*, a, b=1): global c; return {**a, 1: ...}, [*b], -2j, b'x'\n"


@pytest.mark.parametrize(
    "text", [CODE, *(each.read_text("utf-8") for each in FILES)], ids=lambda _: ""
)
def test_all_nodes_are_visited_in_the_order_of_ast(text: str) -> None:
    tree = ast.parse(text)
    expected = [
        each for each in ast.walk(tree) if not isinstance(each, ast.expr_context)
    ]
    assert nodes_of(tree) == expected
    for node in expected:
        assert children_of(node) == [
            each
            for each in ast.iter_child_nodes(node)
            if not isinstance(each, ast.expr_context)
        ]
