"""`limerun --help` must not import modules that only a config needs."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_importing_the_resolver_loads_neither_pydantic_nor_yaml() -> None:
    code = (
        "import sys, limerun.config.resolve, limerun.config.placeholders\n"
        "print(sorted({'pydantic', 'yaml'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"


@pytest.mark.slow
def test_importing_the_commands_loads_no_modules_needed_only_by_runs() -> None:
    code = (
        "import sys, limerun.cli.app\n"
        "heavy = {'limerun.records', 'limerun.judge', 'pydantic', 'rich', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
