"""Get the dataset of a plan, from the cache or by generating it."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import time
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from limerun.dataset.design.layout import DatasetDesign
from limerun.dataset.output import cache as kept
from limerun.errors import DatasetError
from limerun.progress import Progress
from limerun.records import Dataset, DatasetPlan, SourceFile, SourcePlan

ALGORITHM = 5
"""Version of the generator: increased when a plan would yield other values or files."""

DATABASE = "database.sqlite"
_CHUNK_BYTES = 1 << 30


def make_dataset(design: DatasetDesign, *, cache: Path, progress: Progress) -> Dataset:
    """Return the dataset of a design, from the cache if it is complete there.

    Args:
        design: The plan and its schema.
        cache: The folder of datasets; it must exist.
        progress: Reports generated rows.

    Raises:
        DatasetError: The files cannot be written.
    """
    started = time.monotonic()
    name = fingerprint(design.plan, design.sources)
    manifest = kept.find(cache, name)
    cached = True
    if manifest is None:
        manifest, cached = _made(design, cache, name, progress)
    return dataset_of(
        manifest,
        design.plan,
        cache / name,
        seconds=time.monotonic() - started,
        cached=cached,
    )


def dataset_of(
    manifest: Mapping[str, Any],
    plan: DatasetPlan | None,
    folder: Path,
    *,
    seconds: float,
    cached: bool,
) -> Dataset:
    """Return the dataset in a folder whose name is its fingerprint."""
    return Dataset(
        seed=manifest["seed"],
        locale=manifest["locale"],
        fingerprint=folder.name,
        rows=manifest["rows"],
        database=None if plan is None else folder / DATABASE,
        sources={
            name: SourceFile(
                path=folder / source["file"],
                rows=source["rows"],
                format=source["format"],
                duplicates=source["duplicates"],
                missing=source["missing"],
                malformed=source["malformed"],
                index=folder / source["index"] if source["index"] else None,
            )
            for name, source in manifest["sources"].items()
        },
        limetypes={} if plan is None else plan.limetypes,
        seconds=seconds,
        cached=cached,
    )


def fingerprint(plan: DatasetPlan | None, sources: Mapping[str, SourcePlan]) -> str:
    """Return the digest of everything that determines a dataset's content."""
    decides = {
        "algorithm": ALGORITHM,
        "vocabulary": faker_version(),
        "plan": None if plan is None else _fields(plan),
        "sources": {
            # The settings of an API do not change the rows, but an API needs an index.
            name: {**_fields(source), "http": source.http is not None}
            for name, source in sources.items()
        },
    }
    text = json.dumps(decides, default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def faker_version() -> str:
    """Return the version of Faker, which determines the words, without importing it."""
    spec = importlib.util.find_spec("faker")
    if spec is None or spec.origin is None:
        return "none"
    text = Path(spec.origin).read_text(encoding="utf-8")
    found = re.search(r"""VERSION\s*=\s*["']([^"']+)""", text)
    return found[1] if found else "unknown"


def _fields(record: DatasetPlan | SourcePlan) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _made(
    design: DatasetDesign, cache: Path, name: str, progress: Progress
) -> tuple[dict[str, Any], bool]:
    def make(folder: Path) -> dict[str, Any]:
        from limerun.dataset.output.generate import generate

        database = None if design.plan is None else DATABASE
        return generate(design.schema, database, folder, progress)

    try:
        return kept.put(cache, name, make)
    except OSError as error:
        raise DatasetError(
            f"{cache}: the dataset cannot be written there: {error.strerror or error}; "
            "free space, or set LIMERUN_CACHE to another folder"
        ) from error


def copy_database(dataset: Dataset, to: Path) -> None:
    """Copy a dataset's database for one run, sharing blocks if the file system can.

    Raises:
        DatasetError: The copy cannot be written.
    """
    assert dataset.database is not None
    try:
        if not _copied_by_kernel(dataset.database, to):
            shutil.copyfile(dataset.database, to)
    except OSError as error:
        raise DatasetError(
            f"{to}: the database cannot be copied there: {error.strerror or error}; "
            "free space there"
        ) from error


def _copied_by_kernel(source: Path, to: Path) -> bool:
    if not hasattr(os, "copy_file_range"):
        return False
    with source.open("rb") as reader, to.open("wb") as writer:
        left = os.fstat(reader.fileno()).st_size
        try:
            while left > 0:
                count = os.copy_file_range(
                    reader.fileno(), writer.fileno(), min(left, _CHUNK_BYTES)
                )
                if not count:
                    return False
                left -= count
        except OSError:
            return False
    return True
