"""Write a report whole or not at all, and find out before the run if that will work."""

import contextlib
import os
import re
import sys
from pathlib import Path

from limerun.errors import OutputError

STDOUT = "-"
_DESCRIPTOR = re.compile(r"/dev/(stdout|stderr)|(?:/dev|/proc/self)/fd/(\d+)")
_MARKS: dict[str, tuple[bytes, ...] | None] = {
    "json": (b'"limerun.record/', b'"limerun.comparison/'),
    "html": (b'name="generator" content="limerun',),
    "junit": (b"<testsuite",),
    "markdown": None,
    "shape": (b"shape: limerun.shape/",),
    "proof": (b'"limerun.proof/',),
    "sarif": (b"/sarif-2.1.0",),
    "benchmark": (b'"unit": "', b"[]\n"),
    "speedscope": (b"speedscope.app/file-format-schema",),
    "cpu_html": (b"var pyinstrument",),
}
"""What a report of each kind has at its beginning; a step summary is anybody's."""
_SOURCES = {".py", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".json", ".xml", ".sqlite"}


def without_alias(path: str) -> str:
    """Return a path as it is, or "-" for what is stdout by another name."""
    return STDOUT if _descriptor(path) == 1 else path


def place_of(path: str) -> str:
    """Return what is the same for two paths that lead to one file.

    Raises:
        OutputError: The path leads to no file.
    """
    is_file = path != STDOUT and _descriptor(path) is None
    return os.path.normcase(_target(path)) if is_file else path


def check_writable(path: str) -> None:
    """Prove that a report could be written; nothing is left behind.

    Raises:
        OutputError: It could not; the message says which path and why.
    """
    if path == STDOUT:
        return
    if (descriptor := _descriptor(path)) is not None:
        _check_open(path, descriptor)
        return
    target = _target(path)
    if _is_special(target):
        if not os.access(target, os.W_OK):
            raise OutputError(f"{path}: it cannot be written to")
        return
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{path}: the file there is write-protected")
    trial = _beside(target)
    try:
        try:
            trial.touch(exist_ok=False)
        finally:  # a signal may come in between
            trial.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_replaceable(path: str, kind: str) -> None:
    """Refuse to write a report over a file that is somebody's work.

    Args:
        path: Where the report is to go.
        kind: Which report: the option's name.

    Raises:
        OutputError: There is a file that does not begin like such a report.
    """
    if path == STDOUT or _descriptor(path) is not None:
        return
    target = _target(path)
    if not target.is_file() or not target.stat().st_size:
        return
    with target.open("rb") as file:
        begin = file.read(400)
    marks = _MARKS[kind]
    if marks is None:
        known = target.suffix.lower() not in _SOURCES
    else:
        known = any(mark in begin for mark in marks)
    if not known:
        raise OutputError(
            f"{path}: the file there is no {kind} report; name another, or remove it"
        )


def write_whole(path: str, text: str) -> None:
    """Write text as UTF-8; "-" is stdout.

    A reader of the file sees the old one or the new one, never a part.

    Raises:
        OutputError: It could not be written; an older file is as it was.
    """
    data = text.encode("utf-8", "backslashreplace")
    if path == STDOUT:
        _write_stdout(data)
        return
    descriptor = _descriptor(path)
    try:
        if descriptor is not None:
            sys.stderr.flush()
            # Not opened by its name: a socket cannot be, and a file would be replaced
            # below whoever else writes there.
            with os.fdopen(os.dup(descriptor), "wb") as file:
                file.write(data)
            return
        target = _target(path)
        if _is_special(target):
            target.write_bytes(data)
        else:
            _replace(target, data)
    except OSError as error:
        raise _unwritable(path, error) from error


def append(path: str, text: str) -> None:
    """Write text as UTF-8 at a file's end, in one go.

    Raises:
        OutputError: It could not be written.
    """
    try:
        with Path(path).open("ab", buffering=0) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _descriptor(path: str) -> int | None:
    """Return the descriptor that a path names; None: it names none."""
    found = _DESCRIPTOR.fullmatch(path)
    if found is None:
        return None
    return int(found[2]) if found[2] else 1 + (found[1] == "stderr")


def _check_open(path: str, descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except (OSError, OverflowError) as error:
        raise OutputError(
            f"{path}: it is not open; open it with {descriptor}>"
        ) from error


def _target(path: str) -> Path:
    """Return where a path leads, through symbolic links.

    Raises:
        OutputError: That is a folder, or in no folder.
    """
    if not path.strip():
        raise OutputError("the path of a report is empty; name a file, or - for stdout")
    try:
        target = Path(path).resolve()
        if target.is_dir() or path.endswith(("/", os.sep)):
            raise OutputError(f"{path}: this is a folder; name a file in it")
        if not target.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {Path(path).parent}")
    except (OSError, ValueError, RuntimeError) as error:
        raise OutputError(f"{path!r}: this is no usable path: {error}") from error
    return target


def _is_special(target: Path) -> bool:
    """Return whether it is a pipe or a device: those are written to, never replaced."""
    return target.exists() and not target.is_file()


def _beside(target: Path) -> Path:
    return target.with_name(f".limerun-{os.getpid()}-{os.urandom(4).hex()}.tmp")


def _replace(target: Path, data: bytes) -> None:
    part = _beside(target)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def _write_stdout(data: bytes) -> None:
    try:
        sys.stdout.flush()
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            sys.stdout.write(data.decode("utf-8"))
        else:
            binary.write(data)
        sys.stdout.flush()
    except OSError as error:
        raise _unwritable("stdout", error) from error


def _unwritable(path: str, error: OSError) -> OutputError:
    return OutputError(f"{path}: it cannot be written: {error.strerror or error}")
