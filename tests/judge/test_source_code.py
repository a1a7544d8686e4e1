"""The loop, the calls and the names around a line of the user's code."""

import ast

import pytest

from limerun.judge.remedies.kept_rows import keeping_place
from limerun.judge.remedies.remedy import Patch
from limerun.judge.remedies.source_code import SourceCode, plural
from limerun.judge.suggestions import with_suggestions
from limerun.records import Location
from limerun.records.rules import make_finding

ODD_ENDS = ["\x0c", "\x0b", "\x1c", "\x85", "\u2028"]
"""Characters that end a line for `str.splitlines` but not for Python."""


@pytest.mark.parametrize("odd", ODD_ENDS)
def test_lines_are_counted_as_python_counts_them(odd: str) -> None:
    source = f"a = '{odd}'\nb = []\nc = 1\n"
    place = Location(file="t.py", line=2, function=None)
    finding = make_finding("duration.size", "note", "", "", place)
    [suggested] = with_suggestions([finding], [], {"t.py": source}.get)
    assert suggested.code == "b = []"
    assigned = ast.parse(source).body[1]
    assert isinstance(assigned, ast.Assign)
    patch = Patch(source)
    patch.replace(assigned.value, "set()")
    diff = patch.diff("t.py")
    assert diff is not None
    assert "-b = []\n+b = set()\n" in diff


def test_invalid_python_gives_no_patch() -> None:
    source = "a = []\n"
    assigned = ast.parse(source).body[0]
    assert isinstance(assigned, ast.Assign)
    patch = Patch(source)
    patch.replace(assigned.value, "set(")
    assert patch.diff("t.py") is None


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("number", "numbers"),
        ("_id", "ids"),
        ("company", "companies"),
        ("key", "keys"),
        ("address", "addresses"),
        ("branch", "branches"),
    ],
)
def test_plurals_follow_english_rules(one: str, many: str) -> None:
    assert plural(one) == many


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("for row in read():\n    rows.put(row, block=True)\n", 2),
        ("for row in read():\n    other, kept[row.id] = 1, row\n", None),
        ("for row in read():\n    kept.append(1)\n", None),
        (
            "for row in read():\n    kept: list[int] = [row]\n    kept.append(row)\n",
            None,
        ),
        ("for row in read():\n    kept = rows[row.id] = row\n", 2),
        ("for row in read():\n    print(row)\n", None),
        ("while True:\n    row = read()\n    kept.append(row)\n", None),
        ("for row in read():\n    made: int = make()\n    kept.append(made)\n", 3),
        ("kept = {row.id: row for row in read()}\n", 1),
        (
            "class Rows:\n    def put(self, row):\n        self.kept.append(row)\n"
            "def work(rows):\n    for row in read():\n        rows.put(row)\n",
            6,
        ),
        (
            "class Rows:\n    def note(self, row):\n        self.kept.append(row)\n"
            "def work(rows):\n    for row in read():\n        rows.note(row)\n",
            3,
        ),
        (
            "def note(row):\n    kept.append(row)\n"
            "def work(rows):\n    for row in read():\n        note(1)\n",
            None,
        ),
        (
            "def a(x):\n    b(x)\ndef b(x):\n    c(x)\ndef c(x):\n    d(x)\n"
            "def d(x):\n    a(x)\n    kept.append(x)\n"
            "def work(rows):\n    for row in read():\n        b(row)\n",
            9,
        ),
        (
            "def a(x):\n    b(x)\ndef b(x):\n    c(x)\ndef c(x):\n    d(x)\n"
            "def d(x):\n    kept.append(x)\n"
            "def work(rows):\n    for row in read():\n        a(row)\n",
            None,
        ),
        ("@lru_cache(maxsize=9)\ndef read():\n    return 1\n", None),
    ],
)
def test_the_line_that_keeps_each_row_in_memory_is_found(
    source: str, line: int | None
) -> None:
    lines = source.splitlines()
    near = next(i for i, each in enumerate(lines, 1) if "read()" in each)
    near = near + 1 if "def read()" in lines[near - 1] else near
    near = near + 1 if "made: int" in source else near
    path = [Location(file="t.py", line=near, function="work")]
    place = keeping_place(path, {"t.py": source}.get)
    assert (None if place is None else place.line) == line


@pytest.mark.parametrize("source", [None, "def broken(:", "\n\n"])
def test_if_the_code_of_one_line_is_unreadable_the_next_line_of_the_path_is_used(
    source: str | None,
) -> None:
    sources = {"made.py": source, "t.py": "for row in read():\n    kept.append(row)\n"}
    path = [Location(file=file, line=1, function="f") for file in ("t.py", "made.py")]
    place = keeping_place(path, sources.get)
    assert place is not None
    assert (place.file, place.line) == ("t.py", 2)


def test_the_first_iterable_of_a_comprehension_is_outside_its_loop() -> None:
    source = "new = [f(b) for a in first() for b in second(a)]\n"
    code = SourceCode(source, 1)
    calls = {
        call.func.id: code.loop(call)
        for call in ast.walk(code.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    }
    assert calls["first"] is None
    assert isinstance(calls["second"], ast.ListComp)
    assert isinstance(calls["f"], ast.ListComp)
