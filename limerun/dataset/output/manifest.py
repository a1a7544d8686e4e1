"""Write and check the manifest of a dataset: how to repeat it, and its digests."""

import contextlib
import json
import platform
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.make import faker_version
from limerun.dataset.output.output_options import DatasetOutlet
from limerun.dataset.output.parts import count_rows
from limerun.errors import DatasetError

SCHEMA = "limerun.dataset/1"


def versions(limerun_version: str) -> dict[str, str]:
    """Return the versions of everything that affects the bytes."""
    return {
        "limerun": limerun_version,
        "faker": faker_version(),
        "numpy": version("numpy"),
        "pyarrow": version("pyarrow"),
        "sqlite": sqlite3.sqlite_version,
        "adbc_driver_sqlite": version("adbc_driver_sqlite"),
        "python": platform.python_version(),
    }


def manifest_of(
    schema: Schema,
    outlet: DatasetOutlet,
    files: Path,
    digests: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Return the manifest's content.

    Args:
        schema: The schema.
        outlet: The names of the files.
        files: The folder in which they are now.
        digests: The SHA-256 of each file's bytes or values, by name.
    """
    return {
        "schema": SCHEMA,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": schema.seed,
        "locale": schema.locale,
        "rows": {name: table.rows for name, table in schema.tables.items()},
        "sources": {name: source.rows for name, source in schema.sources.items()},
        "files": {
            name: {
                "rows": _rows(schema, outlet, name),
                "bytes": (files / name).stat().st_size,
                **digests[name],
            }
            for name in outlet.names
        },
    }


def _rows(schema: Schema, outlet: DatasetOutlet, name: str) -> int:
    if name == outlet.database:
        return sum(table.rows for table in schema.stored.values())
    return count_rows(schema, outlet.pieces[name])


def check_replaceable(outlet: DatasetOutlet) -> None:
    """Raise an error if a file that limerun did not write would be replaced.

    Raises:
        DatasetError: A file is not in limerun's manifest, or a folder is where a file
        should be.
    """
    if outlet.is_folder and outlet.path.exists() and not outlet.path.is_dir():
        raise DatasetError(f"{outlet.path}: this is a file; name a folder")
    ours = _listed(outlet)
    if _moving(outlet).exists():  # killed while moving its files
        ours |= set(outlet.names)
    for name in outlet.names:
        path = outlet.folder / name
        if path.is_dir():
            raise DatasetError(f"{path}: this is a folder; name another file")
        if path.exists() and name not in ours:
            raise DatasetError(
                f"{path}: limerun did not write this file, because it is not in "
                f"{outlet.manifest.name}; remove it, or choose another --out"
            )
    if outlet.manifest.exists() and not ours:
        raise DatasetError(
            f"{outlet.manifest}: limerun did not write this file; remove it, or choose "
            "another --out"
        )


def _listed(outlet: DatasetOutlet) -> frozenset[str]:
    """Return the names of the files in an earlier manifest."""
    try:
        manifest = json.loads(outlet.manifest.read_bytes())
    except (OSError, ValueError):
        return frozenset()
    if not isinstance(manifest, dict) or manifest.get("schema") != SCHEMA:
        return frozenset()
    return frozenset(manifest["files"])


def _moving(outlet: DatasetOutlet) -> Path:
    return outlet.making / "moving"


def moved_into_place(
    outlet: DatasetOutlet, files: Path, manifest: Mapping[str, object]
) -> None:
    """Move complete files into place, replacing those of an earlier manifest."""
    outlet.folder.mkdir(exist_ok=True)
    stale = _listed(outlet) - set(outlet.names)
    _moving(outlet).touch()
    for name in outlet.names:
        (files / name).replace(outlet.folder / name)
    for name in stale:
        with contextlib.suppress(OSError):
            (outlet.folder / name).unlink()
    text = json.dumps(manifest, ensure_ascii=False, indent=2, default=str)
    part = files / outlet.manifest.name
    part.write_text(f"{text}\n", encoding="utf-8")
    part.replace(outlet.manifest)
