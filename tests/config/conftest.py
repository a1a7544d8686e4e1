"""A folder with a task and limetypes, and a config to write in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import pytest

from limerun.config.resolve import load_plan
from limerun.records import Plan

TASKS = """\
from functools import partial

def run(path=None):
    return path

def rows():
    yield 1

async def later():
    return 1

def outer():
    def inner():
        yield 1
    return list(inner())

class Jobs:
    def nightly(self):
        return 1

again = partial(run, path="x")
if True:
    left, (right, *rest) = 1, (2, 3)
"""
LIMETYPES = """\
company:
  _label: company
  name: {type: string}
contract:
  number: {type: string}
"""


class Load(Protocol):
    def __call__(
        self,
        text: str | bytes,
        *,
        options: Mapping[str, object] = ...,
        sets: Sequence[str] = ...,
        environ: Mapping[str, str] = ...,
    ) -> Plan: ...


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tasks.py").write_text(TASKS)
    (tmp_path / "types.yaml").write_text(LIMETYPES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(folder: Path) -> Load:
    def load_text(
        text: str | bytes,
        *,
        options: Mapping[str, object] | None = None,
        sets: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
    ) -> Plan:
        content = text.encode() if isinstance(text, str) else text
        (folder / "c.yaml").write_bytes(content)
        return load_plan(
            Path("c.yaml"),
            command="capacity-test",
            options=options or {},
            sets=sets,
            environ=environ or {},
        )

    return load_text
