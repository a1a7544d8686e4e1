"""Decide where a dataset is written: which files, in which folder and format."""

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
"""Suffixes of file formats that limerun does not write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetOutlet(DatasetFiles):
    """The files of a dataset, and where they are written."""

    path: Path
    """The output folder, or the single output file."""
    is_folder: bool
    left_out: tuple[str, ...]
    """Sources that are not written, because the output is a database."""

    @property
    def folder(self) -> Path:
        """The folder of the files."""
        return self.path if self.is_folder else self.path.parent

    @property
    def manifest(self) -> Path:
        """The path of the manifest."""
        if self.is_folder:
            return self.path / MANIFEST
        return self.path.with_name(f"{self.path.name}.{MANIFEST}")

    @property
    def making(self) -> Path:
        """The hidden folder in which files stay until all are complete."""
        name = f".{self.path.name}.making"
        inside = self.is_folder and self.path.is_mount()
        return (self.path if inside else self.path.parent) / name


def decide_outlet(out: str, format: str | None, schema: Schema) -> DatasetOutlet:
    """Decide which files are written where.

    Args:
        out: A folder, or a file with the suffix of a format.
        format: The format of tables; None means by suffix, or CSV in a folder.
        schema: The schema.

    Raises:
        DatasetError: The format is unknown or contradicts the suffix, nothing has
            rows, or the tables do not fit in one file.
    """
    path = Path(out).absolute()
    _check_name(out, path)
    if format is not None and format not in get_args(TableFormat):
        raise unknown("--format", "format", format, get_args(TableFormat))
    if not schema.tables and not schema.sources:
        raise DatasetError(
            "the config has neither a dataset nor sources; add dataset or sources"
        )
    implied = _SUFFIXES.get(path.suffix.lower())
    if out.endswith(("/", "\\")) or implied is None or path.is_dir():
        return _in_folder(path, format or "csv", schema)
    if format not in (None, implied):
        raise DatasetError(
            f"--out {out} is a {implied} file, but --format is {format}; "
            f"name a folder, or a file that ends with .{format}"
        )
    if implied == "sqlite":
        return _database(path, schema)
    return _one_file(path, implied, schema)


def _check_name(out: str, path: Path) -> None:
    """Reject URLs, and files of formats that limerun does not write."""
    if "://" in out:
        raise DatasetError(
            f"--out {out.split('://')[0]}://: of URLs, only PostgreSQL's are supported, "
            "like postgresql://user@server/database; use one, or name a folder or file"
        )
    is_folder = out.endswith(("/", "\\")) or path.is_dir()
    if path.suffix.lower() in _OTHERS and not is_folder:
        raise DatasetError(
            f"--out {out}: limerun cannot write {path.suffix} files; name a folder, or "
            f"a file that ends with {', '.join(_SUFFIXES)}"
        )


def _in_folder(path: Path, format: str, schema: Schema) -> DatasetOutlet:
    pieces: dict[str, OutputPiece] = {}
    for name, piece in _pieces(schema, format):
        if name in pieces or name in (MANIFEST, DATABASE):
            raise DatasetError(
                f"two files would have the name {name}: a limetype and a source, or the "
                "manifest; use another --format, or rename the source"
            )
        pieces[name] = piece
    has_database = format == "sqlite" and bool(schema.tables)
    if not pieces and not has_database:
        some = next(iter(schema.tables))
        raise DatasetError(
            "nothing to write, because all limetypes have 0 rows; add rows in "
            f"dataset.rows, or with --set dataset.rows.{some}=1000"
        )
    return DatasetOutlet(
        path=path,
        is_folder=True,
        database=DATABASE if has_database else None,
        pieces=pieces,
        left_out=(),
    )


def _pieces(schema: Schema, format: str) -> Iterator[tuple[str, OutputPiece]]:
    """Yield the name and content of each file; a limetype without rows has no file."""
    for name, table in schema.stored.items():
        if format == "sqlite" or not table.rows:
            continue
        if not re.fullmatch(r"\w[\w -]*", name):
            raise DatasetError(
                f"{name}: not a valid name for a file; use --format sqlite"
            )
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
            f"--out {path.name} is a database, but the config has only sources; name a "
            "folder"
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
        names = ", ".join(made) or "nothing"
        raise DatasetError(
            f"--out {path.name} has space for one table, but the config defines "
            f"{names}; "
            "name a folder, or a file that ends with .sqlite"
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
