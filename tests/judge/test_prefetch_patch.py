"""A lookup per row becomes a set of keys only where that is certainly correct."""

import pytest

from limerun.judge.remedies.prefetch_patch import prefetched
from limerun.judge.remedies.source_code import SourceCode

TASK = """\
import csv

def find(app, number):
    return next(iter(app.limetypes.contract.get_all(filter=Filter(EqualsOperator("number", number)))), None)

def work(app, rows):
    unit = app.unit_of_work()
    contracts = app.limetypes.contract
    for row in rows:
        if find(app, row["number"]) is None:
            unit.add(contracts(number=row["number"]))
            note(row)
    unit.commit()

def note(row):
    print(row)
"""
ASKED = 'find(app, row["number"])'


def diff(source: str, task: str | None = "work") -> str | None:
    line = next(i for i, each in enumerate(source.splitlines(), 1) if "get_all" in each)
    return prefetched(SourceCode(source, line, task), "t.py")


def test_a_query_per_row_is_replaced_by_one_query_before_the_loop() -> None:
    text = diff(TASK)
    assert text is not None
    assert '+        if row["number"] not in numbers:\n' in text
    assert "+    numbers = fetch_numbers(app)\n" in text
    assert "+import lime_query\n import csv\n" in text


@pytest.mark.parametrize(
    ("new", "asks"),
    [
        ('find(app, number=row["number"])', 'row["number"] not in numbers'),
        ('find(app, row.get("number", ""))', 'row.get("number", "") not in numbers'),
        ('find(app, f"K-{row}")', 'f"K-{row}" not in numbers'),
        ("find(app, row)", "row not in numbers"),
        ("(found := find(app, row))", "row not in numbers"),
    ],
)
def test_the_patch_looks_up_plain_values_in_the_set(new: str, asks: str) -> None:
    text = diff(TASK.replace(ASKED, new))
    assert text is not None
    assert f"+        if {asks}:\n" in text


@pytest.mark.parametrize(
    ("asks", "becomes"),
    [
        ("found is None", "not found"),
        ("found is not None", "found"),
        ("found", "found"),
        ("print(found is None)", "print(not found)"),
        ("found == None and row", "(not found) and row"),
    ],
)
def test_the_patch_turns_a_result_variable_into_a_boolean(
    asks: str, becomes: str
) -> None:
    text = diff(
        TASK.replace(f"if {ASKED} is None:", f"found = {ASKED}\n        if {asks}:")
    )
    assert text is not None
    assert '+        found = row["number"] in numbers\n' in text
    same = asks == becomes
    assert f"{' ' if same else '+'}        if {becomes}:\n" in text


def test_a_list_used_only_for_its_length_does_not_prevent_the_patch() -> None:
    text = diff(
        TASK.replace(
            f"if {ASKED} is None:", f"found = {ASKED}\n        if found is None:"
        )
        .replace("note(row)", "kept.append(found)", 1)
        .replace("    for row", "    kept = []\n    for row")
        .replace("    unit.commit()", "    print(len(kept))\n    unit.commit()")
    )
    assert text is not None
    assert "+        if not found:\n" in text
    assert "-            kept" not in text


def test_the_patch_imports_lime_query_only_once() -> None:
    text = diff(f"import lime_query\n{TASK}")
    assert text is not None
    assert "+import lime_query" not in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(ASKED, "find(*row)", id="unpacked values"),
        pytest.param(ASKED, "find(app, **row)", id="unpacked keywords"),
        pytest.param(ASKED, "find(app)", id="a default"),
        pytest.param(ASKED, 'find(APP, row["number"])', id="another application"),
        pytest.param(ASKED, 'find(row.app, row["number"])', id="the row's application"),
        pytest.param('find(app, row["', 'find(app, row["a"]["', id="a nested value"),
        pytest.param('row["number"])', "row.number)", id="an attribute"),
        pytest.param(ASKED, 'find(app, row.get("number"))', id="None if it is missing"),
        pytest.param(ASKED, "find(app, row.get(key, 0))", id="a key by name"),
        pytest.param("note(row)", "yield row", id="a generator"),
        pytest.param("note(row)", "unit.commit()", id="a commit"),
        pytest.param("note(row)", "send(unit)", id="passed on"),
        pytest.param("note(row)", "unit.send()", id="unknown effect"),
        pytest.param(
            "note(row)", "with app.unit_of_work(): pass", id="a block that may commit"
        ),
        pytest.param("print(row)", "row.save()", id="a commit in a helper"),
        pytest.param("import csv", "import csv\nnumbers = 1", id="name already in use"),
        pytest.param(
            "import csv", "import csv\nfetch_numbers = 1", id="its function's name"
        ),
        pytest.param("import csv", "", id="no import to insert before"),
        pytest.param("import csv", "from __future__ import annotations", id="future"),
        pytest.param(" is None", ".id", id="its id is read"),
        pytest.param("def find(app", "async def find(app", id="no lookup"),
        pytest.param("for row in rows", "if row := rows", id="no loop"),
    ],
)
def test_there_is_no_patch_without_certainty_that_it_works(old: str, new: str) -> None:
    assert old in TASK
    assert diff(TASK.replace(old, new, 1)) is None


def test_a_function_that_is_not_the_task_is_not_patched() -> None:
    assert diff(TASK, task=None) is None
    assert diff(TASK, task="note") is None


def test_a_task_inside_a_class_is_not_patched() -> None:
    before, task = TASK.split("def work")
    body = "def work" + task.partition("\ndef note")[0]
    inside = "".join(f"    {line}\n" for line in body.splitlines())
    assert diff(f"{before}class Jobs:\n{inside}\ndef note(row):\n    pass\n") is None
