"""Over sixty tasks, as Lime developers write them: each finding is where it is marked.

A mark is a comment: `# finds: rule` for a warning or an error, `# note: rule` for a note.
"""

import re
from collections import Counter
from pathlib import Path

import pytest

from limerun.lint.check import STATIC_RULES
from limerun.linting import lint

ROOT = Path(__file__).parents[2]
CASES = ROOT / "fixtures" / "lint"
FILES = sorted(CASES.glob("*.py"))
Marks = Counter[tuple[int, str]]


def marks_in(path: Path, word: str) -> Marks:
    """Return how often each rule is marked at each line."""
    return Counter(
        (number, rule.strip())
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (found := re.search(rf"# {word}: (.*)$", line))
        for rule in found[1].split(",")
    )


def found_in(path: Path, *levels: str) -> Marks:
    record = lint([str(path)], [None])
    return Counter(
        (each.location.line, each.rule)
        for each in record.findings
        if each.location is not None
        and Path(each.location.file) == path
        and each.level in levels
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_warnings_and_errors_are_found_exactly_where_they_are_marked(
    path: Path,
) -> None:
    assert found_in(path, "error", "warning") == marks_in(path, "finds")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_marked_notes_are_found(path: Path) -> None:
    assert marks_in(path, "note") <= found_in(path, "note")


def test_each_rule_is_found_at_least_three_times_in_sixty_tasks() -> None:
    tasks = sum(
        len(re.findall(r"^@(?:shared_)?task", path.read_text(), re.M)) for path in FILES
    )
    assert tasks >= 60
    right = (CASES / "right.py").read_text("utf-8")
    assert len(re.findall(r"^@(?:shared_)?task", right, re.MULTILINE)) == 20
    marked = Counter(
        rule
        for path in FILES
        for word in ("finds", "note")
        for _, rule in marks_in(path, word).elements()
    )
    assert {rule for rule in STATIC_RULES if marked[rule] < 3} == set()


@pytest.mark.parametrize(
    "place",
    [
        "fixtures/solution_example",
        "fixtures/tasks/deal_report.py",
        "fixtures/tasks/fetch_contracts.py",
        "fixtures/tasks/import_contracts.py",
        "fixtures/tasks/note_quiet_companies.py",
        "fixtures/tasks/reassign_deals.py",
        "fixtures/tasks/send_reminders.py",
        "fixtures/tasks/summarize_orders.py:summarize_orders",
    ],
)
def test_correct_example_tasks_have_only_notes(place: str) -> None:
    record = lint([str(ROOT / place)], [None])
    assert {each.level for each in record.findings} <= {"note"}
