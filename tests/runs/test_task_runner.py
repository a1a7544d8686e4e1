"""Failures around a run do not lose its results."""

from pathlib import Path
from typing import cast

import pytest

from limerun.dataset.postgres.address import Address
from limerun.dataset.postgres.databases import Places
from limerun.dataset.postgres.scratch_database import PostgresServer
from limerun.errors import DatasetError
from limerun.progress import Progress


class Notes(Progress):
    """Stores all notes."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def note(self, text: str) -> None:
        self.texts.append(text)


class LostServer(PostgresServer):
    """A server that went away while the task ran."""

    def copy_back(self, to: Path) -> None:
        raise DatasetError("the server is gone")

    def drop(self) -> None:
        raise DatasetError("the server is gone")


class Names:
    """Names of databases on no server."""

    def claim(self) -> str:
        return "limerun_1"


@pytest.mark.parametrize("needed", [True, False])
def test_losing_the_server_after_the_task_adds_a_note_and_keeps_the_results(
    tmp_path: Path, needed: bool
) -> None:
    notes = Notes()
    address = Address.parse("postgresql+psycopg://host/db")
    server = LostServer(address, cast("Places", Names()), notes)
    server.retrieve(tmp_path / "database.sqlite" if needed else None)
    assert notes.texts == ["the server is gone"]
