"""Write a report completely or not at all, and check its path before the run."""

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
    "patch": (b"--- a/",),
    "cpu_html": (b"var pyinstrument",),
}
"""The bytes with which each kind of report starts; a step summary may be any file."""
_SOURCES = {".py", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".json", ".xml", ".sqlite"}


def without_alias(path: str) -> str:
    """Return a path unchanged, or "-" if it is another name for stdout."""
    return STDOUT if _descriptor(path) == 1 else path


def file_identity(path: str) -> str:
    """Return a value that is the same for all paths of one file.

    Raises:
        OutputError: The path cannot be a file.
    """
    is_file = path != STDOUT and _descriptor(path) is None
    return os.path.normcase(_target(path)) if is_file else path


def check_writable(path: str) -> None:
    """Check that a report can be written, without leaving a file behind.

    Raises:
        OutputError: It cannot; the message contains the path and the reason.
    """
    if path == STDOUT:
        return
    if (descriptor := _descriptor(path)) is not None:
        _check_open(path, descriptor)
        return
    target = _target(path)
    if _is_special(target):
        if not os.access(target, os.W_OK):
            raise OutputError(f"{path}: cannot be written")
        return
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{path}: the existing file is write-protected")
    trial = _beside(target)
    try:
        try:
            trial.touch(exist_ok=False)
        finally:  # a signal may arrive in between
            trial.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error


def check_replaceable(path: str, kind: str) -> None:
    """Raise an error if a file that is not a report would be overwritten.

    Args:
        path: The path of the report.
        kind: The kind of report: the option's name.

    Raises:
        OutputError: The file exists and does not start like a report of this kind.
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
            f"{path}: the existing file is not a {kind} report; choose another path, or "
            "delete the file"
        )


def write_whole(path: str, text: str) -> None:
    """Write text as UTF-8; "-" is stdout.

    Other programs see the old content or the new content, never a part of it.

    Raises:
        OutputError: It could not be written; an existing file is unchanged.
    """
    data = text.encode("utf-8", "backslashreplace")
    if path == STDOUT:
        _write_stdout(data)
        return
    descriptor = _descriptor(path)
    try:
        if descriptor is not None:
            sys.stderr.flush()
            # Write to the descriptor: a socket cannot be opened by name, and a file
            # would be replaced while another process writes to it.
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
    """Append text as UTF-8 to a file, in one write.

    Raises:
        OutputError: It could not be written.
    """
    try:
        with Path(path).open("ab", buffering=0) as file:
            file.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise _unwritable(path, error) from error


def _descriptor(path: str) -> int | None:
    """Return the file descriptor that a path names, if any."""
    found = _DESCRIPTOR.fullmatch(path)
    if found is None:
        return None
    return int(found[2]) if found[2] else 1 + (found[1] == "stderr")


def _check_open(path: str, descriptor: int) -> None:
    try:
        os.fstat(descriptor)
    except (OSError, OverflowError) as error:
        raise OutputError(f"{path}: not open; open it with {descriptor}>") from error


def _target(path: str) -> Path:
    """Return a path with its symbolic links resolved.

    Raises:
        OutputError: It is a folder, or its folder does not exist.
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
        raise OutputError(f"{path!r}: not a valid path: {error}") from error
    return target


def _is_special(target: Path) -> bool:
    """Return whether a path is a pipe or device, which a file must not replace."""
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
    return OutputError(f"{path}: cannot be written: {error.strerror or error}")
