"""Which handler swallowed an exception that the worker counted."""

import ast

import pytest

from limerun.lint.swallowed_exceptions import swallowed_in
from limerun.records import HandledException

CODE = """\
def work(rows):
    try:
        for row in rows:
            try:
                save(row)
            except (IOError, KeyError):
                pass
            except errors.NotFound:
                count += 1
    except TypeError:
        raise
    except:
        pass
    finally:
        def inner():
            save(rows)
    with open(path) as file, suppress(
        Exception
    ):
        save(file)
    with suppress(KeyError):
        save(rows)
    with open(path):
        save(rows)
    try:
        save(rows)
    finally:
        close()
"""
TREE = ast.parse(CODE)
VALUE, KEY = ("ValueError", "Exception"), ("KeyError", "LookupError", "Exception")
OS, TYPE = ("OSError", "Exception"), ("TypeError", "Exception")
FOUND = ("NotFound", "Exception")


def found(line: int, names: tuple[str, ...], *, is_raised: bool) -> int | None:
    counted = HandledException("a.py", line, "work", names, 3, is_raised)
    each = next(swallowed_in(TREE, [counted]), None)
    if each is None:
        return None
    assert (each.count, each.by_type) == (3, {names[0]: 3})
    return each.location.line


@pytest.mark.parametrize(
    ("line", "names", "expected"),
    [
        (6, KEY, 6),
        (6, OS, 6),
        (6, FOUND, None),
        (6, VALUE, None),
        (10, VALUE, 12),
        (10, TYPE, None),
        (18, VALUE, 17),
        (21, KEY, None),
        (21, VALUE, None),
        (23, VALUE, None),
        (5, VALUE, None),
        (0, VALUE, None),
    ],
)
def test_a_handler_s_line_names_its_block(
    line: int, names: tuple[str, ...], expected: int | None
) -> None:
    assert found(line, names, is_raised=False) == expected


@pytest.mark.parametrize(
    ("line", "names", "expected"),
    [
        (5, KEY, 6),
        (5, FOUND, None),
        (5, VALUE, 12),
        (5, TYPE, None),
        (3, VALUE, 12),
        (7, VALUE, 12),
        (16, VALUE, None),
        (20, VALUE, 17),
        (22, KEY, None),
        (24, KEY, None),
        (26, KEY, None),
    ],
)
def test_a_line_that_raises_names_the_block_around_it(
    line: int, names: tuple[str, ...], expected: int | None
) -> None:
    assert found(line, names, is_raised=True) == expected


def test_the_counts_of_a_handler_are_added_up_by_type() -> None:
    counted = [
        HandledException("a.py", 5, "work", KEY, 2, is_raised=True),
        HandledException("a.py", 5, "work", OS, 30, is_raised=True),
        HandledException("a.py", 7, "work", VALUE, 1, is_raised=True),
    ]
    first, second = swallowed_in(TREE, counted)
    assert (first.count, [*first.by_type.items()]) == (
        32,
        [("OSError", 30), ("KeyError", 2)],
    )
    assert second.location.line == 12


def test_code_outside_functions_has_handlers_too() -> None:
    tree = ast.parse("try:\n    go()\nexcept ValueError:\n    pass\n")
    counted = HandledException("a.py", 2, "<module>", VALUE, 1, is_raised=True)
    [each] = swallowed_in(tree, [counted])
    assert each.location.line == 3
