"""Cache datasets: find complete ones, add new ones, remove old ones.

The name of a dataset's folder is its fingerprint. Its manifest is written last. A
process that uses a dataset has a shared lock on the manifest until it ends.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from limerun.file_locks import is_still, locked, try_lock

MANIFEST = "manifest.json"
_MAKING = ".making-"
_GONE = ".gone-"

_in_use: dict[Path, int] = {}
"""Open manifests by folder, kept open to hold their locks until the process ends."""


def find(cache: Path, fingerprint: str) -> dict[str, Any] | None:
    """Return the manifest of a complete dataset, and mark the dataset as in use."""
    folder = cache / fingerprint
    path = folder / MANIFEST
    while True:
        try:
            file = os.open(path, os.O_RDWR)
        except OSError:
            return None
        try_lock(file, shared=True)
        if is_still(file, path):
            break
        os.close(file)  # another process replaced it in the meantime
    manifest = _read(path)
    if manifest is None or not _is_complete(folder, manifest):
        os.close(file)
        return None
    os.utime(file if os.utime in os.supports_fd else path)
    _use(folder, file)
    return manifest


def _use(folder: Path, file: int) -> None:
    before = _in_use.pop(folder, None)
    if before is not None:
        os.close(before)
    _in_use[folder] = file


def _read(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _is_complete(folder: Path, manifest: dict[str, Any]) -> bool:
    """Return whether each file exists with its original size and time."""
    for name, stamp in manifest.get("files", {}).items():
        try:
            if _stamp(folder / name) != stamp:
                return False
        except OSError:
            return False
    return True


def _stamp(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def put(
    cache: Path, fingerprint: str, make: Callable[[Path], dict[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Add a dataset, or wait for another process that is adding it.

    Args:
        cache: The folder of datasets.
        fingerprint: The dataset's fingerprint.
        make: Writes the files into a folder, and returns the manifest.

    Returns:
        The manifest, and whether the dataset was already there.
    """
    while True:
        with locked(cache / f"{fingerprint}.lock"):
            found = find(cache, fingerprint)
            there = found is not None
            if found is None:
                _sweep(cache, f"{fingerprint}{_MAKING}*")
                _make(cache, fingerprint, make)
                found = find(cache, fingerprint)
        if found is not None:
            return found, there


def _make(
    cache: Path, fingerprint: str, make: Callable[[Path], dict[str, Any]]
) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=f"{fingerprint}{_MAKING}", dir=cache))
    try:
        manifest = make(temporary)
        files = (path for path in temporary.rglob("*") if path.is_file())
        manifest["files"] = {
            path.relative_to(temporary).as_posix(): _stamp(path) for path in files
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (temporary / MANIFEST).write_text(text, encoding="utf-8")
        _discard(cache / fingerprint)
        try:
            temporary.rename(cache / fingerprint)
        except OSError:
            if not (cache / fingerprint / MANIFEST).exists():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _discard(folder: Path) -> None:
    """Remove a folder in one step, so that other processes never see a part of it."""
    gone = Path(tempfile.mkdtemp(prefix=f"{folder.name}{_GONE}", dir=folder.parent))
    try:
        folder.rename(gone / folder.name)
    except FileNotFoundError:
        pass
    finally:
        shutil.rmtree(gone, ignore_errors=True)


def _sweep(cache: Path, pattern: str) -> None:
    for left in cache.glob(pattern):
        shutil.rmtree(left, ignore_errors=True)


def prune_cache(cache: Path, max_bytes: int) -> None:
    """Remove leftovers of interrupted processes, then least recently used datasets.

    Datasets that a process is using are kept, even if the cache stays too large.
    """
    for left in (*cache.glob(f"*{_MAKING}*"), *cache.glob(f"*{_GONE}*")):
        fingerprint = left.name.partition(".")[0]
        with locked(cache / f"{fingerprint}.lock", wait=False) as has_lock:
            if has_lock:
                shutil.rmtree(left, ignore_errors=True)
    datasets = sorted(_datasets(cache))
    total = sum(size for _, size, _ in datasets)
    for _, size, folder in datasets:
        if total <= max_bytes:
            return
        if _removed(folder):
            total -= size


def _datasets(cache: Path) -> Iterator[tuple[int, int, Path]]:
    """Yield the time of last use, size and folder of each dataset."""
    for manifest in cache.glob(f"*/{MANIFEST}"):
        try:
            files = [path.stat() for path in manifest.parent.rglob("*")]
            used = manifest.stat().st_mtime_ns
        except OSError:  # removed in the meantime
            continue
        if "." not in manifest.parent.name:
            yield used, sum(file.st_size for file in files), manifest.parent


def _removed(folder: Path) -> bool:
    try:
        file = os.open(folder / MANIFEST, os.O_RDWR)
    except OSError:
        return False
    try:
        if try_lock(file, wait=False) is False:
            return False
        _discard(folder)
    except OSError:  # open files cannot be removed on this system
        return False
    finally:
        os.close(file)
    return True
