"""Where a dataset goes, decided: which files, in which folder, of which format."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from limerun.dataset.design.layout import Schema
from limerun.dataset.design.mistakes import unknown
from limerun.dataset.output.make import DATABASE
from limerun.dataset.output.parts import DatasetFiles, OutputPiece
from limerun.errors import DatasetError

TableFormat = Literal["sqlite", "csv", "jsonl", "json", "parquet"]
MANIFEST = "manifest.json"

_SUFFIXES: dict[str, TableFormat] = {
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
}


_OTHERS = (
    *(".avro", ".duckdb", ".feather", ".gz", ".ods", ".orc", ".sql", ".tar", ".tsv"),
    *(".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml", ".zip"),
)
"""Suffixes of files that limerun does not write: no folder is meant by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOutlet(DatasetFiles):
    """The files that will be there, and where."""

    path: Path
    """A folder with all of them, or the only file."""
    is_folder: bool
    left_out: tuple[str, ...]
    """Sources that have no place there."""

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self.path if self.is_folder else self.path.parent

    @property
    def manifest(self) -> Path:
        """Where the manifest goes."""
        if self.is_folder:
            return self.path / MANIFEST
        return self.path.with_name(f"{self.path.name}.{MANIFEST}")

    @property
    def making(self) -> Path:
        """Where the files are until they are whole."""
        name = f".{self.path.name}.making"
        inside = self.is_folder and self.path.is_mount()
        return (self.path if inside else self.path.parent) / name


def decide_outlet(out: str, format: str | None, schema: Schema) -> DatasetOutlet:
    """Return what will be written where.

    Args:
        out: A folder, or a file whose suffix is that of a format.
        format: Of tables; None: as the suffix says, and CSV in a folder.
        schema: What is to be made.

    Raises:
        DatasetError: The format and the suffix contradict each other, there is no
            such format, nothing has rows, or not all that is to be made fits in one
            file.
    """
    path = Path(out).absolute()
    _check_name(out, path)
    if format is not None and format not in get_args(TableFormat):
        raise unknown("--format", "format", format, get_args(TableFormat))
    if not schema.tables and not schema.sources:
        raise DatasetError("the config has neither a dataset nor sources to make")
    meant = _SUFFIXES.get(path.suffix.lower())
    if out.endswith(("/", "\\")) or meant is None or path.is_dir():
        return _in_folder(path, format or "csv", schema)
    if format not in (None, meant):
        raise DatasetError(
            f"--out {out} is a file of {meant}, but --format says {format}; "
            f"name a folder, or a file whose name ends with .{format}"
        )
    if meant == "sqlite":
        return _database(path, schema)
    return _one_file(path, meant, schema)


def _check_name(out: str, path: Path) -> None:
    """Refuse what is meant for no folder, and for no file that limerun writes."""
    if "://" in out:
        raise DatasetError(
            f"--out {out.split('://')[0]}://: only PostgreSQL can be filled by its "
            "URL, as in postgresql://user@server/database; name that, a folder or a "
            "file"
        )
    is_folder = out.endswith(("/", "\\")) or path.is_dir()
    if path.suffix.lower() in _OTHERS and not is_folder:
        raise DatasetError(
            f"--out {out}: limerun writes no {path.suffix}; name a folder, or a file "
            f"that ends with {', '.join(_SUFFIXES)}"
        )


def _in_folder(path: Path, format: str, schema: Schema) -> DatasetOutlet:
    pieces: dict[str, OutputPiece] = {}
    for name, piece in _pieces(schema, format):
        if name in pieces or name in (MANIFEST, DATABASE):
            raise DatasetError(
                f"two files would be called {name}: a limetype and a source, or the "
                "manifest; take another --format, or rename the source"
            )
        pieces[name] = piece
    has_database = format == "sqlite" and bool(schema.tables)
    if not pieces and not has_database:
        some = next(iter(schema.tables))
        raise DatasetError(
            "there is nothing to write, as every limetype has 0 rows; say how many "
            f"in dataset.rows, or with --set dataset.rows.{some}=1000"
        )
    return DatasetOutlet(
        path=path,
        is_folder=True,
        database=DATABASE if has_database else None,
        pieces=pieces,
        left_out=(),
    )


def _pieces(schema: Schema, format: str) -> Iterator[tuple[str, OutputPiece]]:
    """Yield the files of a folder by name; a limetype without rows has none."""
    for name, table in schema.stored.items():
        if format == "sqlite" or not table.rows:
            continue
        if not re.fullmatch(r"\w[\w -]*", name):
            raise DatasetError(f"{name}: no file can be called so; take sqlite")
        yield (
            f"{name}.{format}",
            OutputPiece(name=name, kind="table", format=format),  # type: ignore[arg-type]  # all but sqlite
        )
    for name, source in schema.sources.items():
        piece = OutputPiece(name=name, kind="source", format=source.format)
        yield f"{name}.{source.format}", piece


def _database(path: Path, schema: Schema) -> DatasetOutlet:
    if not schema.tables:
        raise DatasetError(
            f"{path.name} would be a database, but the config has only sources; "
            "name a folder"
        )
    return DatasetOutlet(
        path=path,
        is_folder=False,
        database=path.name,
        pieces={},
        left_out=tuple(schema.sources),
    )


def _one_file(path: Path, format: TableFormat, schema: Schema) -> DatasetOutlet:
    tables = [name for name, table in schema.stored.items() if table.rows]
    made = [*tables, *schema.sources]
    if len(made) != 1:
        told = ", ".join(made) or "nothing"
        raise DatasetError(
            f"{path.name} holds one table, but the config makes {told}; name a "
            "folder, or a file that ends with .sqlite"
        )
    piece = OutputPiece(
        name=made[0],
        kind="table" if tables else "source",
        format=format,
    )
    return DatasetOutlet(
        path=path,
        is_folder=False,
        database=None,
        pieces={path.name: piece},
        left_out=(),
    )
