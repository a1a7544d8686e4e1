"""A worker's last line is read from faulthandler's output."""

import faulthandler
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from limerun.engine.observations import innermost_line

DUMP = """\
some text of the task
Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/json/decoder.py", line 353 in raw_decode
  File "/tasks/imports.py", line 12 in parse
  File "/tasks/imports.py", line 40 in import_contracts
  File "/limerun/worker/main.py", line 90 in run
""".splitlines()


def is_users(file: str) -> bool:
    return file.startswith("/tasks")


def test_the_innermost_line_of_the_users_code_is_found() -> None:
    line = innermost_line(DUMP, is_users)
    assert line is not None
    assert (line.file, line.line, line.function) == ("/tasks/imports.py", 12, "parse")


def test_the_last_of_several_stacks_is_used() -> None:
    later = ["Stack (most recent call first):", '  File "/tasks/a.py", line 3 in b']
    line = innermost_line([*DUMP, *later], is_users)
    assert line is not None
    assert (line.file, line.line) == ("/tasks/a.py", 3)


def test_there_is_no_line_if_the_stack_contains_none_of_the_users_code() -> None:
    assert innermost_line(DUMP, lambda _: False) is None
    assert innermost_line([], is_users) is None


@given(lines=st.lists(st.text(max_size=40)))
def test_any_text_is_parsed_without_an_error(lines: list[str]) -> None:
    innermost_line(lines, lambda _: True)


def test_a_path_with_non_ascii_characters_is_read_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "inl\u00e4sning_\u5951_\U0001f4c4.py"
    file.write_text("def l\u00e4s(show):\n    show()\n", encoding="utf-8")
    names: dict[str, object] = {}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)
    with (tmp_path / "stack").open("w+") as stack:
        names["l\u00e4s"](  # type: ignore[operator]
            lambda: faulthandler.dump_traceback(file=stack, all_threads=False)
        )
        stack.seek(0)
        lines = stack.read().splitlines()
    line = innermost_line(lines, lambda name: name != __file__)
    assert line is not None, (lines, sys.version)
    assert (line.file, line.line, line.function) == (str(file), 2, "l\u00e4s")
