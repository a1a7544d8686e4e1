"""How a call's result is used afterwards, as far as that is certain."""

import ast
from textwrap import indent

import pytest

from limerun.judge.remedies.source_code import SourceCode, last_name
from limerun.judge.remedies.value_uses import EXISTENCE, OBJECT, READ, use_of


def result_use(body: str) -> tuple[str, list[str]]:
    """Return how the body of a loop uses the result of `find(row)`."""
    source = f"def work(rows):\n    kept = []\n    for row in rows:\n{indent(body, ' ' * 8)}\n"
    code = SourceCode(source, 3)
    [call] = [
        node
        for node in ast.walk(code.tree)
        if isinstance(node, ast.Call) and last_name(node) == "find"
    ]
    return use_of(code, call)


@pytest.mark.parametrize(
    "body",
    [
        "if find(row): pass",
        "while find(row): pass",
        "assert find(row)",
        "missing = not find(row)",
        "print(bool(find(row)))",
        "new = 1 if find(row) else 2",
        "new = [each for each in row if find(each)]",
        "new = find(row) == None",
        "old = find(row) is not None",
        "if (found := find(row)) is None: pass",
        "found = find(row)\nif found is None: pass",
        "found: object = find(row)\nif found: pass",
        "found = find(row)\nkept.append(found)\nprint(len(kept))",
        "found = find(row)\nif found: pass\nfound = make(row)\nattach(found)",
        "if row:\n    pass\nelse:\n    found = find(row)\n    found = 1\n    keep(found)",
        "try:\n    pass\nfinally:\n    found = find(row)\n    found = 1\n    keep(found)",
        "found = 1\nkeep(row)\nfound = find(row)",
    ],
)
def test_testing_a_value_uses_only_its_existence(body: str) -> None:
    assert result_use(body) == (EXISTENCE, [])


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ("found = find(row)\nprint(found.id)", ["_id"]),
        ("found = find(row)\nprint(found.properties.phone.value)", ["phone"]),
        ("found = find(row)\nprint(found.properties.owner.id)", ["owner"]),
        ("if (found := find(row)):\n    print(found.id, found.id)", ["_id"]),
        (
            "found = find(row)\nif found:\n    a = found.properties.b.value\n"
            "    c = found.id",
            ["b", "_id"],
        ),
    ],
)
def test_reading_properties_of_a_value_is_a_read(body: str, read: list[str]) -> None:
    used, names = result_use(body)
    assert used == READ
    assert sorted(names) == sorted(read)


@pytest.mark.parametrize(
    "body",
    [
        "return find(row)",
        "row.found = find(row)",
        "found = other = find(row)",
        "new = find(row) is row",
        "new = find(row) < None",
        "new = None is find(row)",
        "keep(find(row))",
        "global found\nfound = find(row)",
        "found = find(row)\nkeep(found)",
        "found = find(row)\nfound.id = 1",
        "found = find(row)\nprint(found.name)",
        "found = find(row)\nprint(found.properties)",
        "found = find(row)\nprint(found.properties.phone)",
        "found = find(row)\nprint(found.properties.phone.text)",
        "found = find(row)\nfound.properties.phone.value = 1",
        "found = find(row)\nkept.append(found)\nreturn kept",
        "found = find(row)\nkept.extend(found)",
        "found = find(row)\nrow[0].append(found)",
        "found = find(row)\nothers.append(found)\nprint(len(others))",
        "found = find(row)\nif found is None:\n    found = make(row)\nkeep(found)",
        "found = find(row)\nkeep(found)\nfound = 1",
        "found = find(row)\nfound = change(found)",
    ],
)
def test_passing_on_a_value_uses_it_as_an_object(body: str) -> None:
    assert result_use(body) == (OBJECT, [])
