"""On tasks as people write them, every change is valid Python and keeps comments."""

import ast
import io
import tokenize
from pathlib import Path

import pytest
import yaml

from limerun.improve.change import Change, Facts
from limerun.improve.code import Code
from limerun.improve.fixes import FIXES
from limerun.improve.unseen_effects import unseen_effect

ROOT = Path(__file__).parents[2]
TASKS = sorted((ROOT / "tests" / "tasks" / "improvable").glob("t*.py"))
LIMETYPES = yaml.safe_load((ROOT / "configs" / "lime-types.yaml").read_text("utf-8"))
FIXES_OF = {
    "t01_import_flat": ["prefetch", "stream", "commit"],
    "t02_importer_class": ["prefetch", "stream", "commit"],
    "t03_helpers": ["prefetch", "stream", "commit"],
    "t04_seen_list": ["set", "commit"],
    "t05_known_comprehension": ["set", "stream", "commit"],
    "t06_owner_each_row": ["once", "prefetch"],
    "t07_related_company": ["prefetch", "commit"],
    "t08_nested_loops": ["prefetch", "stream", "commit"],
    "t09_two_limetypes": ["prefetch", "prefetch", "stream", "commit"],
    "t10_kept_objects": ["keep", "commit"],
    "t11_save_helper": ["commit"],
    "t12_log_each_row": ["prefetch", "commit", "log"],
    "t13_try_each_row": ["prefetch"],
    "t14_stop_early": ["commit"],
    "t15_returns_ids": ["keep", "commit"],
    "t16_normalized_key": ["prefetch", "commit"],
    "t17_enumerate": ["stream", "commit"],
    "t18_get_by_id": ["prefetch", "commit"],
    "t19_count_per_company": ["prefetch", "commit"],
    "t20_fine": [],
}
"""The fixes that have a change in each task, whether or not it is proven."""


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sorted(each.string for each in tokens if each.type == tokenize.COMMENT)


@pytest.mark.parametrize("file", TASKS, ids=lambda file: file.stem)
def test_changes_of_whole_tasks_are_valid_and_keep_comments(file: Path) -> None:
    text = file.read_text("utf-8")
    code, facts = Code(text, "run"), Facts(limetypes=LIMETYPES)
    assert unseen_effect(code) is None
    changes = [
        (fix.name, found)
        for fix in FIXES
        for found in fix.search(code, facts)
        if isinstance(found, Change)
    ]
    assert sorted(name for name, _ in changes) == sorted(FIXES_OF[file.stem])
    for _, change in changes:
        for changed in change.sources:
            ast.parse(changed)
            assert comments(changed) == comments(text)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("open(path, 'w').write('')", "writes a file in line 2"),
        ("open(path, mode=how)", "writes a file in line 2"),
        ("requests.post(path)", "calls `post` in line 2"),
        ("open(path, encoding='utf-8')", None),
        ("open(path, 'rb')", None),
    ],
)
def test_what_the_proof_cannot_compare_is_found(
    statement: str, what: str | None
) -> None:
    code = Code(f"def run(path):\n    {statement}\n", "run")
    assert unseen_effect(code) == what
