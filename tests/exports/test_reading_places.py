"""Where exports are found, and that no temporary file is left behind."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from limerun.errors import ExportError
from limerun.exports.reading import open_export as reading
from limerun.exports.reading.open_export import opened_export
from limerun.exports.reading.places import shown_place
from limerun.progress import Progress
from tests.exports.reading import opened, rows_of


@pytest.fixture
def staging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for staged copies."""
    folder = tmp_path / "staging"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_folder_stands_for_all_its_files_in_known_formats(tmp_path: Path) -> None:
    (tmp_path / "company.csv").write_text("id\n1\n")
    (tmp_path / "Deal.Won.jsonl").write_text('{"id": 1}\n')
    (tmp_path / "notes.txt").write_text("no export\n")
    (tmp_path / ".hidden.csv").write_text("id\n1\n")
    (tmp_path / "limerun-manifest.json").write_text("{}")
    (tmp_path / "inside").mkdir()
    with opened(tmp_path) as export:
        assert list(export.tables) == ["Deal.Won", "company"]
        assert rows_of(export, "Deal.Won") == [(1,)]
        assert export.tables["company"].origin == str(tmp_path / "company.csv")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("nowhere.csv", "no such file or folder"),
        ("empty", "has no file with one of the endings"),
        ("what.xlsx", "unknown format"),
        ("mysql://host/base", "only PostgreSQL"),
    ],
)
def test_paths_without_an_export_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "what.xlsx").write_bytes(b"PK\x03\x04")
    with pytest.raises(ExportError, match=message) as caught, opened(place):
        pass
    assert str(caught.value).startswith(place.partition("//")[0])


def test_two_tables_with_the_same_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "deal.csv").write_text("id\n1\n")
    (tmp_path / "Deal.jsonl").write_text('{"id": 1}\n')
    with (
        pytest.raises(
            ExportError, match='the tables "Deal" and "deal" differ only in case'
        ),
        opened(tmp_path),
    ):
        pass


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_staged_copies_are_removed(
    tmp_path: Path, staging: Path, error: type[BaseException]
) -> None:
    (tmp_path / "deal.csv").write_text("id\n1\n")
    with opened(tmp_path / "deal.csv"):
        assert len(list(staging.iterdir())) == 1
    assert list(staging.iterdir()) == []
    with pytest.raises(error), opened(tmp_path / "deal.csv"):
        raise error
    assert list(staging.iterdir()) == []


def test_an_error_in_the_last_file_leaves_no_copies_behind(
    tmp_path: Path, staging: Path
) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    (tmp_path / "b.csv").write_text("id,x\n1\n")
    with pytest.raises(ExportError, match=r"b\.csv, line 2"), opened(tmp_path):
        pass
    assert list(staging.iterdir()) == []


def test_a_file_deleted_in_the_meantime_is_reported(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("id\n1\n")
    second.write_text("id\n1\n")

    class FileRemover(Progress):
        def rows_made(self, what: str, done: int, total: int) -> None:
            second.unlink(missing_ok=True)

    with (
        pytest.raises(ExportError, match=r"b\.csv: the file was deleted"),
        opened_export([str(tmp_path)], progress=FileRemover()),
    ):
        pass


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("name", ["many.csv", "many.jsonl"])
def test_a_full_disk_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    begin, line = ("id\n", "1\n") if name.endswith("csv") else ("", '{"id": 1}\n')
    path.write_text(begin + line * 1_000)
    monkeypatch.setattr(reading._Stage, "_next_part", lambda stage: Path("/dev/full"))
    with pytest.raises(ExportError, match="the disk is full"), opened(path):
        pass


@pytest.mark.slow
def test_an_interrupt_leaves_no_copies_behind(tmp_path: Path, staging: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text("id,name\n" + "1,x\n" * 100_000)
    code = (
        "import sys, tempfile\n"
        "from limerun.exports.reading.open_export import opened_export\n"
        "from limerun.progress import Progress\n"
        "class Telling(Progress):\n"
        "    def rows_made(self, what, done, total):\n"
        "        print(done, flush=True)\n"
        "        sys.stdin.readline()\n"
        "with opened_export([sys.argv[1]], progress=Telling()):\n"
        "    pass\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(staging)},
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert len(list(staging.iterdir())) == 1
        process.send_signal(signal.SIGINT)
        process.communicate(b"\n" * 100, timeout=300)
    assert process.returncode != 0
    assert list(staging.iterdir()) == []


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("export/person.csv", "export/person.csv"),
        ("postgresql://u:s3cret@h:5432/db", "postgresql://u@h:5432/db"),
        ("postgresql://u@h/db?password=s3cret", "postgresql://u@h/db"),
        ("postgresql://h/db?password=s&sslmode=off", "postgresql://h/db?sslmode=off"),
    ],
)
def test_a_server_address_is_shown_without_its_password(place: str, shown: str) -> None:
    assert shown_place(place) == shown
