"""Temporary folders and files are removed with their process."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from limerun.scratch import scratch_file, scratch_folder, sweep


def test_a_scratch_folder_is_removed_with_its_contents(tmp_path: Path) -> None:
    with scratch_folder(tmp_path / "runs") as folder:
        (folder / "database").touch()
    assert not list((tmp_path / "runs").iterdir())


def test_leftovers_of_ended_processes_are_removed_but_files_in_use_are_not(
    tmp_path: Path,
) -> None:
    (tmp_path / "tmpleft").mkdir()
    (tmp_path / "tmpleft" / "database").touch()
    (tmp_path / "other").mkdir()
    with scratch_folder(tmp_path) as used:
        assert not (tmp_path / "tmpleft").exists()
        with scratch_folder(tmp_path) as mine:
            assert used.exists()
            assert mine != used
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_scratch_file_is_removed_once_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    path, file = scratch_file(b"1234")
    sweep(tmp_path, "limerun-counters-", Path.is_file)
    assert path.read_bytes() == b"1234"
    os.close(file)
    sweep(tmp_path, "limerun-counters-", Path.is_file)
    assert not path.exists()


def test_a_folder_removed_before_it_is_locked_is_created_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    make_folder, make_file = tempfile.mkdtemp, tempfile.mkstemp
    swept: list[str] = []

    def folder_that_is_swept(**where: Any) -> str:
        name = str(make_folder(**where))
        if not swept:
            swept.append(name)
            Path(name).rmdir()
        return name

    def file_that_is_swept(**where: Any) -> tuple[int, str]:
        file, name = make_file(**where)
        if len(swept) == 1:
            swept.append(name)
            Path(name).unlink()
        return file, name

    monkeypatch.setattr("tempfile.mkdtemp", folder_that_is_swept)
    monkeypatch.setattr("tempfile.mkstemp", file_that_is_swept)
    with scratch_folder(tmp_path / "runs") as folder:
        assert folder.is_dir()
    path, file = scratch_file(b"1234")
    assert path.read_bytes() == b"1234"
    os.close(file)
    assert len(swept) == 2


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "tmplink").symlink_to(tmp_path / "mine")
    sweep(tmp_path, "tmp", Path.is_dir)
    assert (tmp_path / "mine").is_dir()


def test_the_folder_of_a_killed_process_is_removed_at_the_next_start(
    tmp_path: Path,
) -> None:
    with _other_process(tmp_path) as other:
        other.kill()
    assert len(list(tmp_path.iterdir())) == 1
    with scratch_folder(tmp_path, "made-") as folder:
        assert list(tmp_path.iterdir()) == [folder]


def test_a_folder_in_use_keeps_its_contents(tmp_path: Path) -> None:
    with _other_process(tmp_path) as other:
        with scratch_folder(tmp_path, "made-") as folder:
            [used] = [path for path in tmp_path.iterdir() if path != folder]
            assert (used / "rows").read_text() == "plain"
        other.kill()


def test_only_real_folders_with_the_prefix_are_removed(tmp_path: Path) -> None:
    kept = tmp_path / "other"
    kept.mkdir()
    (kept / "rows").write_text("plain")
    (tmp_path / "made-link").symlink_to(kept)
    (tmp_path / "made-file").write_text("plain")
    with scratch_folder(tmp_path, "made-"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "made-file",
        "made-link",
        "other",
    ]
    assert (kept / "rows").exists()


def test_special_characters_in_a_prefix_are_not_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    with scratch_folder(tmp_path, "[a]"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["another"]


def _other_process(parent: Path) -> "subprocess.Popen[str]":
    """Return a process that uses a folder with a file until it is killed."""
    code = (
        "import sys; from pathlib import Path\n"
        "from limerun.scratch import scratch_folder\n"
        "with scratch_folder(Path(sys.argv[1]), 'made-') as folder:\n"
        "    (folder / 'rows').write_text('plain')\n"
        "    print('ready', flush=True); sys.stdin.read()\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(parent)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    return other
