"""Find the files and servers of an export, each with its format."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from limerun.errors import ExportError
from limerun.exports.tables import Format

FORMAT_BY_SUFFIX: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}
# A .txt file is read only if the user names it: folders contain notes as well.
_FORMATS: dict[str, Format] = {**FORMAT_BY_SUFFIX, ".txt": "csv"}
_MAGIC: dict[bytes, Format] = {b"SQLite format 3\0": "sqlite", b"PAR1": "parquet"}
_OWN = "manifest.json"
"""A file that limerun writes next to the data; it contains no rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlace:
    """A file of an export."""

    path: Path
    format: Format

    @property
    def table(self) -> str:
        """The name of the file's table, unless it is a database."""
        return self.path.name.removesuffix(self.path.suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlace:
    """A PostgreSQL database."""

    url: str


Place = FilePlace | ServerPlace


def shown_place(place: str) -> str:
    """Return a place without its password, so that it may be shown and saved."""
    if "://" not in place:
        return place
    hidden = re.sub(r"://([^:/@]*):[^@]*@", r"://\1@", place)
    return re.sub(r"([?&])password=[^&]*&?", r"\1", hidden).rstrip("?&")


def find_places(places: Sequence[str]) -> tuple[Place, ...]:
    """Return the files and servers at some places; folders are expanded.

    Raises:
        ExportError: A place does not exist, or its format is unknown.
    """
    found = tuple(each for place in places for each in _find(place))
    if not found:
        raise ExportError("no export given; name files, a folder or a URL")
    return found


def _find(place: str) -> Iterator[Place]:
    if "://" in place:
        if place.partition("://")[0].partition("+")[0] not in (
            "postgresql",
            "postgres",
        ):
            raise ExportError(
                f"{place.partition('://')[0]}://: only PostgreSQL can be read from a "
                "URL, as in postgresql://user@server/database; export to files first"
            )
        yield ServerPlace(url=place)
        return
    path = Path(place)
    if path.is_dir():
        yield from _in_folder(path)
    elif path.exists():
        yield FilePlace(path=path, format=_format_of(path))
    else:
        raise ExportError(f"{place}: no such file or folder")


def _in_folder(folder: Path) -> Iterator[Place]:
    files = [
        path
        for path in sorted(folder.iterdir())
        if path.is_file()
        and path.suffix.lower() in FORMAT_BY_SUFFIX
        and not path.name.startswith(".")
        and not path.name.endswith(_OWN)
    ]
    if not files:
        raise ExportError(
            f"{folder}: the folder has no file with one of the endings "
            f"{', '.join(sorted(FORMAT_BY_SUFFIX))} (subfolders are not read)"
        )
    for path in files:
        yield FilePlace(path=path, format=_format_of(path))


def _format_of(path: Path) -> Format:
    """Return a file's format: from its first bytes if possible, else from its name."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise ExportError(f"{path}: cannot be read: {error.strerror}") from error
    for magic, format in _MAGIC.items():
        if start.startswith(magic):
            return format
    format_by_name = _FORMATS.get(path.suffix.lower())
    if format_by_name is None:
        raise ExportError(
            f"{path}: unknown format; unpack it if it is an archive, and name it .csv, "
            ".jsonl, .json, .parquet or .sqlite"
        )
    return format_by_name
