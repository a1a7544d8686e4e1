"""Make the files of a dataset: the one way, whether they are cached or not."""

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
    """The seconds that each phase took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: Phase, detail: str = "") -> Iterator[None]:
        """Time a phase, and say that it begins."""
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
    """Make the files of a dataset, or the parts of them that are not finished.

    Args:
        executor: Makes the parts.
        contents: Which files.
        folder: Where they go.
        journals: Another folder, for what is known of finished parts.
        clock: Times the phases.

    Returns:
        By file: `sha256`, of its bytes, or `values_sha256`, of the values in it.

    Raises:
        DatasetError: SQLite refuses, or a process has ended by itself.
        OSError: There is no room.
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
    """Make the files of a dataset in a new folder, and describe them for its manifest.

    Args:
        schema: What to make.
        database: The name of the SQLite file; None: there is none.
        folder: Where the files go.
        progress: Hears of each part.

    Raises:
        DatasetError: SQLite refuses, or a process has ended by itself.
        OSError: There is no room.
    """
    files = {name: f"{name}.{of.format}" for name, of in schema.sources.items()}
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
    """Return where the index of a file lies."""
    return path.with_name(f"{path.name}.index")


def write_index(path: Path) -> None:
    """Write beside a file where each of its rows begins, and where the last one ends.

    These are unsigned 64-bit numbers, little-endian, one for each row and one more:
    eight bytes a row, so that the place of any row can be read at once.
    """
    with path.open("rb") as rows, index_path(path).open("wb") as index:
        index.write(np.zeros(1, _OFFSET).tobytes())
        before = 0
        while chunk := rows.read(_CHUNK_BYTES):
            ends = np.flatnonzero(np.frombuffer(chunk, np.uint8) == ord("\n"))
            index.write((ends + (before + 1)).astype(_OFFSET).tobytes())
            before += len(chunk)
