"""Either the stand-in or the real platform is found, never a mixture."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from limerun.lime.install import REAL_PACKAGES

ROOT = Path(__file__).parents[2]
ASK = """
import json, sys
from limerun.lime.install import PACKAGES, install
first, second = install(), install()
found = {}
for name in ("lime_application", "lime_type", "lime_query", "lime_task", "lime_test"):
    try:
        found[name] = __import__(name).__file__
    except ImportError:
        found[name] = None
print(json.dumps({
    "platform": [first, second], "on_path": sys.path.count(PACKAGES), "found": found
}))
"""


def run_interpreter(*paths: Path) -> dict[str, Any]:
    """Return what a new interpreter with these folders on its path finds."""
    search = os.pathsep.join(str(path) for path in (*paths, ROOT))
    ran = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


@pytest.mark.slow
def test_without_the_platform_every_module_of_the_stand_in_is_found() -> None:
    answer = run_interpreter()
    assert answer["platform"] == ["stand-in", "stand-in"]
    assert answer["on_path"] == 1
    assert all("limerun" in str(file) for file in answer["found"].values())


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL_PACKAGES)
def test_with_any_real_package_no_module_of_the_stand_in_is_found(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    answer = run_interpreter(tmp_path)
    assert answer["platform"] == ["installed", "installed"]
    assert answer["on_path"] == 0
    there = {key for key, file in answer["found"].items() if file}
    assert there == {name}
