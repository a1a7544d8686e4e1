"""Reports are written completely or not at all, and bad paths are found in advance."""

import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from limerun.errors import OutputError
from limerun.report.output import (
    check_replaceable,
    check_writable,
    without_alias,
    write_whole,
)


def test_checking_a_path_leaves_no_file_behind(tmp_path: Path) -> None:
    check_writable(str(tmp_path / "report.xml"))
    check_writable("-")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "empty"),
        (".", "is a folder"),
        ("sub/", "is a folder"),
        ("none/report.xml", "there is no folder none"),
        ("file.txt/report.xml", "there is no folder file.txt"),
        ("a\0b", "not a valid path"),
        ("x" * 300, "cannot be written|not a valid path"),
    ],
)
@pytest.mark.parametrize("act", ["check", "write"])
def test_a_bad_path_is_refused_with_the_reason(
    path: str, says: str, act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "file.txt").touch()
    with pytest.raises(OutputError, match=says):
        check_writable(path) if act == "check" else write_whole(path, "text")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.txt", "sub"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="Permission denied"):
        check_writable(str(tmp_path / "report.xml"))


def test_text_is_written_as_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_whole(str(path), "✗ ärende \ud800\n")
    assert path.read_bytes() == "✗ ärende \\ud800\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_report_has_the_usual_permissions(tmp_path: Path) -> None:
    plain, report = tmp_path / "plain", tmp_path / "report"
    plain.touch()
    write_whole(str(report), "x")
    assert stat.S_IMODE(report.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_failed_write_leaves_the_old_report_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.xml"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        write_whole(str(path), "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_symbolic_link_remains_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    check_writable(str(link))
    write_whole(str(link), "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


@pytest.mark.skipif(sys.platform == "win32", reason="no such device")
def test_a_device_is_written_to_and_not_replaced() -> None:
    check_writable("/dev/null")
    write_whole("/dev/null", "text")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_dash_means_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    write_whole("-", "✗\n")
    assert capfdbinary.readouterr().out == "✗\n".encode()


@pytest.mark.skipif(sys.platform == "win32", reason="no descriptors by name")
def test_a_report_can_be_written_to_any_kind_of_descriptor(tmp_path: Path) -> None:
    read_end, pipe = os.pipe()
    here, socket_end = socket.socketpair()
    file = os.open(tmp_path / "log.txt", os.O_RDWR | os.O_CREAT)
    os.write(file, b"before ")
    for descriptor in (pipe, socket_end.fileno(), file):
        for folder in ("/dev/fd", "/proc/self/fd"):
            check_writable(f"{folder}/{descriptor}")
            check_replaceable(f"{folder}/{descriptor}", "json")
            write_whole(f"{folder}/{descriptor}", "text.")
    assert os.read(read_end, 100) == b"text.text."
    assert here.recv(100) == b"text.text."
    assert (tmp_path / "log.txt").read_text() == "before text.text."
    for each in (read_end, pipe, file):
        os.close(each)
    here.close()
    socket_end.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no descriptors by name")
def test_a_closed_descriptor_is_detected_before_the_run() -> None:
    read_end, pipe = os.pipe()
    os.close(read_end)
    os.close(pipe)
    with pytest.raises(OutputError, match="not open"):
        check_writable(f"/dev/fd/{pipe}")


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_named_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    check_writable(str(pipe))
    write_whole(str(pipe), "text")
    assert os.read(reader, 100) == b"text"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    os.close(reader)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_another_path_of_stdout_is_treated_as_a_dash(path: str) -> None:
    assert without_alias(path) == "-"
    assert without_alias("/dev/stderr") == "/dev/stderr"
