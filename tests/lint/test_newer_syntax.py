"""Source of a newer Python becomes source that limerun's own Python parses."""

import ast

import pytest

from limerun.lint.newer_syntax import in_older_syntax


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("type Rows = list[int]\n", "Rows = list[int]\n"),
        ("def f[T](x: T): ...\n", "def f(x: T): ...\n"),
        ("class A[T](B): ...\n", "class A(B): ...\n"),
        ('f"{x["a"]}"\n', 'f"""{x[\'a\']}"""\n'),
        ("f'{x['a']}'\n", "f'''{x['a']}'''\n"),
        ("f\"{'\\n'.join(x)}\"\n", 'f"""{\'n\'.join(x)}"""\n'),
        ('f"{f"{x}"!r:>5}"\n', 'f"""{nested!r:>5}"""\n'),
        ('a = "it\'s"\n', 'a = "it\'s"\n'),
    ],
)
def test_newer_syntax_is_replaced(newer: str, older: str) -> None:
    assert in_older_syntax(newer) == older
    ast.parse(older)


def test_invalid_python_is_not_rewritten() -> None:
    assert in_older_syntax("def f(:\n") is None
