"""Either all files are written or none, and no file is overwritten."""

import os
from pathlib import Path

import pytest

from limerun.errors import OutputError
from limerun.scaffold import writing
from limerun.scaffold.writing import write_new

FILES = {"a.yaml": "å: 1\n", "deep/er/b.yml": "b\n", "c.json": "{}\n"}


def file_texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_only_the_given_files_are_written(tmp_path: Path) -> None:
    write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == FILES


def test_every_existing_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mine")
    (tmp_path / "c.json").symlink_to("nowhere")
    with pytest.raises(
        OutputError, match=r"^a\.yaml, c\.json: already exists.*Nothing"
    ):
        write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == {"a.yaml": "mine"}
    assert not (tmp_path / "deep").exists()


def test_a_file_where_a_folder_should_be_prevents_all_writing(tmp_path: Path) -> None:
    (tmp_path / "deep").write_text("mine")
    with pytest.raises(OutputError, match=r"deep/er/b\.yml: .*Nothing was written"):
        write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == {"deep": "mine"}


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_files_from_a_failed_write_are_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def move(trial: Path, path: Path) -> None:
        if path.name == "c.json":
            raise error
        os.link(trial, path)

    monkeypatch.setattr(writing, "_move", move)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_new(tmp_path, FILES)
    assert not [*tmp_path.iterdir()]


def test_a_file_written_by_another_process_in_the_meantime_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "check_free", lambda folder, names: None)
    (tmp_path / "c.json").write_text("theirs")
    with pytest.raises(OutputError, match=r"c\.json: File exists"):
        write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == {"c.json": "theirs"}


def test_files_can_be_written_to_a_file_system_without_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == FILES
    monkeypatch.setattr(writing, "check_free", lambda folder, names: None)
    with pytest.raises(OutputError, match="File exists"):
        write_new(tmp_path, FILES)
    assert file_texts(tmp_path) == FILES
