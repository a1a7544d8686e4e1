"""Generate the files of a dataset, for the cache or for a path that the user named."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from limerun.dataset.design.layout import Schema
from limerun.dataset.output.executor import (
    Executor,
    available_cpus,
    opened_executor,
    sensible_workers,
)
from limerun.dataset.output.parquet_files import write_parquet
from limerun.dataset.output.parts import DatasetFiles, OutputPiece
from limerun.dataset.output.sqlite_database import index_database, load_database
from limerun.dataset.output.text_files import write_text
from limerun.dataset.values.block import Recipe
from limerun.dataset.values.makers import MAKERS
from limerun.progress import Phase, Progress

_CHUNK_BYTES = 1 << 24
_OFFSET = np.dtype("<u8")


@dataclass(slots=True)
class PhaseClock:
    """Measures the seconds of each phase."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase, detail: str = "") -> Iterator[None]:
        """Report the start of a phase, and time it."""
        self.progress.phase(name, detail)
        started = time.monotonic()
        try:
            yield
        finally:
            passed = time.monotonic() - started
            self.seconds[name] = self.seconds.get(name, 0.0) + passed


def write_files(
    executor: Executor,
    contents: DatasetFiles,
    folder: Path,
    journals: Path,
    clock: PhaseClock,
) -> Mapping[str, Mapping[str, str]]:
    """Write the files of a dataset, or their unfinished parts.

    Args:
        executor: Generates the parts.
        contents: The files.
        folder: The folder of the files.
        journals: Another folder, for the lists of finished parts.
        clock: Times the phases.

    Returns:
        For each file, its digest as `sha256` of its bytes or `values_sha256` of its
        values.

    Raises:
        DatasetError: SQLite cannot write, or a process ended unexpectedly.
        OSError: A file cannot be written.
    """
    digests: dict[str, Mapping[str, str]] = {}
    if contents.database is not None:
        path = folder / contents.database
        with clock.phase("load", path.name):
            digest = load_database(executor, path, journals)
        with clock.phase("index", path.name):
            index_database(path, executor.recipe.schema, executor.progress)
        digests[path.name] = {"values_sha256": digest}
    if contents.pieces:
        with clock.phase("generate"):
            for name, piece in contents.pieces.items():
                write = write_parquet if piece.format == "parquet" else write_text
                digest = write(executor, piece, folder / name, journals)
                is_text = write is write_text
                digests[name] = {"sha256" if is_text else "values_sha256": digest}
    return digests


def generate(
    schema: Schema, database: str | None, folder: Path, progress: Progress
) -> dict[str, Any]:
    """Write the files of a dataset into a new folder, and return its manifest.

    Args:
        schema: The schema.
        database: The name of the SQLite file, or None.
        folder: The folder of the files.
        progress: Reports each part.

    Raises:
        DatasetError: SQLite cannot write, or a process ended unexpectedly.
        OSError: A file cannot be written.
    """
    files = {name: f"{name}.{each.format}" for name, each in schema.sources.items()}
    contents = DatasetFiles(
        database=database,
        pieces={
            files[name]: OutputPiece(name=name, kind="source", format=source.format)
            for name, source in schema.sources.items()
        },
    )
    workers = sensible_workers(contents.rows(schema), available_cpus())
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".journals-") as journals,
        opened_executor(Recipe(schema, MAKERS), progress, workers) as executor,
    ):
        write_files(executor, contents, folder, Path(journals), PhaseClock(Progress()))
    for name, source in schema.sources.items():
        if source.indexed:
            write_index(folder / files[name])
    return {
        "seed": schema.seed,
        "locale": schema.locale,
        "rows": {name: table.rows for name, table in schema.tables.items()},
        "sources": {
            name: {
                "file": files[name],
                "rows": source.rows,
                "format": source.format,
                "duplicates": source.duplicates,
                "missing": source.missing,
                "malformed": source.malformed,
                "index": f"{files[name]}.index" if source.indexed else None,
            }
            for name, source in schema.sources.items()
        },
    }


def index_path(path: Path) -> Path:
    """Return the path of a file's index."""
    return path.with_name(f"{path.name}.index")


def write_index(path: Path) -> None:
    """Write an index of a file: the start of each row, and the end of the last one.

    The index has one unsigned little-endian 64-bit number per row and one more, so that
    the position of any row can be read directly.
    """
    with path.open("rb") as rows, index_path(path).open("wb") as index:
        index.write(np.zeros(1, _OFFSET).tobytes())
        before = 0
        while chunk := rows.read(_CHUNK_BYTES):
            ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
            index.write((ends + (before + 1)).astype(_OFFSET).tobytes())
            before += len(chunk)
