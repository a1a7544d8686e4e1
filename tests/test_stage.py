"""What holds when something breaks around a run."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from limerun.config.resolve import load_plan
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.stage import Stage, Workshop

CONFIG = Path(__file__).parents[1] / "configs" / "summarize-orders.yaml"


class Notes(Progress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, text: str) -> None:
        self.texts.append(text)


class LostServer:
    """A server that went away while the task ran."""

    def copy_back(self, to: Path) -> None:
        raise DatasetError("the server is gone")

    def drop(self) -> None:
        raise DatasetError("the server is gone")


@pytest.mark.parametrize("needed", [True, False])
def test_a_server_that_is_lost_after_the_task_costs_a_note_not_the_figures(
    tmp_path: Path, needed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_plan(CONFIG, command="run", options={}, sets=(), environ={})
    notes = Notes()
    stage = Stage(plan, Workshop(cache=tmp_path, progress=notes), tmp_path, ExitStack())
    monkeypatch.setattr(stage, "_server", LostServer())
    stage._fetch_database(needed=needed)
    assert notes.texts == ["the server is gone"]
