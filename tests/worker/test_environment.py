"""To the task, the worker is a plain interpreter; the docs list what differs."""

import json
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from limerun.engine.launch import worker_environment
from tests.conftest import ROOT, RunTask, launch_for

pytestmark = [pytest.mark.slow, pytest.mark.no_coverage]
TASK = ROOT / "tests" / "tasks" / "environment.py"
DOC = ROOT / "limerun" / "docs" / "worker.md"


def documented_differences() -> set[str]:
    rows = re.findall(
        r"^\| ([^|]+?) \| [^|]+ \| [^|]+ \|$", DOC.read_text(), re.MULTILINE
    )
    return {row.replace("\\", "") for row in rows} - {"what", "---"}


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return worker_environment({}, served=False)


def default_signals() -> None:
    """Undo what a background job inherits: its shell ignores SIGINT and SIGQUIT."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def in_bare_interpreter(environment: dict[str, str]) -> dict[str, object]:
    """Run the same code as a script, as a shell in the foreground starts it."""
    done = subprocess.run(
        [sys.executable, str(TASK)],
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
        preexec_fn=default_signals,
    )
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.fixture
def in_worker(outcome_of: RunTask, environment: dict[str, str]) -> dict[str, object]:
    launch = replace(launch_for(""), environment=environment)
    outcome = outcome_of(f"{TASK}:seen", launch)
    assert isinstance(outcome.result, dict), outcome.error
    return dict(outcome.result)


def test_a_worker_differs_from_a_bare_interpreter_only_as_documented(
    in_worker: dict[str, object], in_bare_interpreter: dict[str, object]
) -> None:
    differing = {
        name
        for name in in_bare_interpreter
        if in_worker[name] != in_bare_interpreter[name]
    }
    assert differing == documented_differences()


def test_only_the_signals_of_faulthandler_are_handled_differently(
    in_worker: dict[str, object], in_bare_interpreter: dict[str, object]
) -> None:
    name = "signals that are ignored, blocked or caught"
    worker, bare = masks(in_worker[name]), masks(in_bare_interpreter[name])
    assert worker["SigIgn"] == bare["SigIgn"]
    assert worker["SigBlk"] == bare["SigBlk"] == 0
    caught = {number for number in range(1, 65) if worker["SigCgt"] >> (number - 1) & 1}
    assert caught == {2, 4, 6, 7, 8, 11, 61}


def masks(lines: object) -> dict[str, int]:
    assert isinstance(lines, list)
    return {
        name: int(value, 16)
        for name, _, value in (line.partition(":") for line in lines)
    }


def test_sys_path_adds_only_the_lime_stand_in_at_its_end(
    in_worker: dict[str, object], in_bare_interpreter: dict[str, object]
) -> None:
    worker, bare = in_worker["sys.path"], in_bare_interpreter["sys.path"]
    assert isinstance(worker, list)
    assert worker[:-1] == bare
    assert Path(worker[-1]).name == "packages"


def test_the_users_hash_seed_stays_in_the_environment(
    outcome_of: RunTask,
) -> None:
    launch = replace(
        launch_for(""),
        environment=worker_environment({"PYTHONHASHSEED": "7"}, served=False),
    )
    outcome = outcome_of(f"{TASK}:seen", launch)
    assert isinstance(outcome.result, dict)
    assert isinstance(outcome.result["environment"], dict)
    assert outcome.result["environment"]["PYTHONHASHSEED"] == "7"


# --- modules beside the task --------------------------------------------------------

LIFE = """
import sys
def go(how):
    import {name}
    if how == "raise":
        raise ValueError({name}.__file__)
    return {name}.__file__
"""


@pytest.mark.parametrize("how", ["return", "raise"])
@pytest.mark.parametrize(
    "name",
    ["resource", "logging", "json", "traceback", "mmap", "contextlib", "types"],
)
def test_a_module_next_to_the_task_is_importable_from_the_task(
    outcome_of: RunTask, tmp_path: Path, name: str, how: str
) -> None:
    shadow = tmp_path / f"{name}.py"
    shadow.write_text("nothing = 'like the real one'\n")
    task = tmp_path / "tasks.py"
    task.write_text(LIFE.format(name=name))
    outcome = outcome_of(f"{task}:go", how=how)
    found = outcome.result
    if how == "raise":
        assert outcome.error is not None
        assert outcome.error.type == "ValueError"
        assert "tasks.py" in outcome.error.traceback
        found = outcome.error.message
    assert found == str(shadow)


def test_limerun_works_next_to_files_named_like_every_standard_module(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    for name in sys.stdlib_module_names:
        (tmp_path / f"{name}.py").write_text("raise ImportError('of the task')\n")
    task = tmp_path / "tasks.py"
    task.write_text(
        "def go(how):\n    if how:\n        raise ValueError(how)\n    return 1\n"
    )
    assert outcome_of(f"{task}:go", how="").result == 1
    outcome = outcome_of(f"{task}:go", how="raised")
    assert outcome.error is not None
    assert "tasks.py" in outcome.error.traceback


@pytest.mark.parametrize("name", ["json", "os", "tasks"])
def test_the_file_of_a_task_may_have_the_name_of_a_library(
    outcome_of: RunTask, tmp_path: Path, name: str
) -> None:
    task = tmp_path / f"{name}.py"
    task.write_text("def go():\n    return __file__\n")
    assert outcome_of(f"{task}:go").result == str(task)


def test_child_processes_can_import_a_task_named_like_a_library(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    task = tmp_path / "json.py"
    task.write_text(
        "import multiprocessing\n"
        "def size(n):\n    return n * 2\n"
        "def go():\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        return pool.map(size, [1, 2])\n"
    )
    assert outcome_of(f"{task}:go").result == [2, 4]


def test_spawned_children_can_import_the_lime_stand_in(
    outcome_of: RunTask, tmp_path: Path
) -> None:
    task = tmp_path / "spawning.py"
    task.write_text(
        "import multiprocessing\n"
        "def name(n):\n    import lime_type\n    return lime_type.__name__\n"
        "def go():\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        return pool.map(name, [1])\n"
    )
    assert outcome_of(f"{task}:go").result == ["lime_type"]


# --- logging -----------------------------------------------------------------------

LOGS = """
import logging
{before}
def go():
    {inside}
    logging.getLogger("task").info("read %d rows", 3)
    return len(logging.root.handlers)
"""


@pytest.mark.parametrize(
    ("before", "inside", "shown", "handlers"),
    [
        ("", "pass", "INFO task: read 3 rows", 0),
        ("", "logging.basicConfig(format='mine %(message)s')", "mine read 3 rows", 1),
        (
            "logging.basicConfig(level=20, format='my %(message)s')",
            "pass",
            "my read",
            1,
        ),
    ],
)
def test_the_log_is_shown_and_the_task_may_configure_logging(
    outcome_of: RunTask,
    tmp_path: Path,
    before: str,
    inside: str,
    shown: str,
    handlers: int,
) -> None:
    task = tmp_path / "logs.py"
    task.write_text(LOGS.format(before=before, inside=inside))
    outcome = outcome_of(f"{task}:go")
    assert outcome.result == handlers
    assert shown in outcome.output.stderr
    assert outcome.output.stderr.count("read 3 rows") == 1


@pytest.mark.parametrize(
    "code",
    ["sys.argv", "__import__('argparse').ArgumentParser().parse_args() and sys.argv"],
)
def test_a_task_sees_no_command_line_arguments(
    outcome_of: RunTask, tmp_path: Path, code: str
) -> None:
    task = tmp_path / "arguments.py"
    task.write_text(f"import sys\nAT_IMPORT = {code}\ndef go():\n    return {code}\n")
    assert outcome_of(f"{task}:go").result == [str(task)]
