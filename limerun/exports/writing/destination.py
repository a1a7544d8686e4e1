"""Choose where a copy goes: one file, or a folder with a file for each table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from limerun.errors import ExportError
from limerun.exports.reading.places import FORMAT_BY_SUFFIX
from limerun.exports.tables import Export, ExportTable, Format

FORMATS: tuple[Format, ...] = ("csv", "jsonl", "json", "parquet", "sqlite")
_SUFFIXES = {format: suffix for suffix, format in reversed(FORMAT_BY_SUFFIX.items())}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """A file of a copy."""

    name: str
    format: Format
    tables: tuple[str, ...]
    model: Path | None
    """The file of the export whose style the copy follows; None if formats differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The destination of a copy."""

    path: Path
    is_folder: bool
    files: tuple[OutputFile, ...]

    def unproven(self) -> "Destination":
        """Return the destination of a copy that has not passed its proof."""
        name = f"{self.path.stem}.unproven{self.path.suffix}"
        if self.is_folder:
            name = f"{self.path.name}.unproven"
        return Destination(
            path=self.path.with_name(name), is_folder=self.is_folder, files=self.files
        )


def choose_destination(
    out: str, format: Format | None, export: Export, places: Sequence[str]
) -> Destination:
    """Return where a copy of an export goes, checked before anything is written.

    Args:
        out: The path that the user gave.
        format: The copy's format; None: from the ending of `out`, or else the export's.
        export: The tables.
        places: Where the export is; limerun never writes there.

    Raises:
        ExportError: The copy cannot be written there.
    """
    if not out.strip() or out == "-" or "://" in out:
        raise ExportError(f"--out {out!r}: must be a file or a folder")
    path = Path(out).resolve()
    named = None if path.is_dir() else FORMAT_BY_SUFFIX.get(path.suffix.lower())
    if format is not None and named is not None and format != named:
        raise ExportError(
            f"--out {out}: the ending means {named}, but --format is {format}; change one"
        )
    files = tuple(_files(export, format or named))
    is_folder = path.is_dir() or out.endswith("/") or named is None
    if not is_folder and len(files) > 1:
        raise ExportError(
            f"--out {out}: the copy has {len(files)} files; name a folder, or a "
            "file that ends in .sqlite"
        )
    destination = Destination(path=path, is_folder=is_folder, files=files)
    _check(destination, out, places)
    _check(destination.unproven(), out, places)
    return destination


def _files(export: Export, format: Format | None) -> Iterable[OutputFile]:
    if format == "sqlite" and len({each.origin for each in export.tables.values()}) > 1:
        names = tuple(export.tables)
        yield OutputFile(name="copy.sqlite", format="sqlite", tables=names, model=None)
        return
    databases: dict[str, list[str]] = {}
    for table in export.tables.values():
        into = format or ("parquet" if table.format == "postgresql" else table.format)
        if into == "sqlite":
            databases.setdefault(table.origin, []).append(table.name)
            continue
        same = into == table.format
        name = Path(table.origin).name if same else table.name + _SUFFIXES[into]
        yield OutputFile(
            name=name,
            format=into,
            tables=(table.name,),
            model=Path(table.origin) if same else None,
        )
    for origin, tables in databases.items():
        same = export.tables[tables[0]].format == "sqlite"
        yield OutputFile(
            name=Path(origin).name if same else "copy.sqlite",
            format="sqlite",
            tables=tuple(tables),
            model=Path(origin) if same else None,
        )


def _check(destination: Destination, out: str, places: Sequence[str]) -> None:
    parent = destination.path.parent
    if not parent.is_dir():
        raise ExportError(
            f"--out {out}: the folder {parent} does not exist; create it first"
        )
    for place in places:
        if "://" not in place:
            _check_outside_source(destination, out, Path(place).resolve())
    if not destination.path.exists():
        return
    if destination.path.is_dir() and destination.is_folder:
        made = {file.name for file in destination.files}
        others = sorted(
            path.name for path in destination.path.iterdir() if path.name not in made
        )
        if others:
            raise ExportError(
                f"--out {out}: the folder contains other files ({others[0]}); name a new "
                "or empty folder"
            )
    elif destination.is_folder or not destination.path.is_file():
        kind = "folder" if destination.is_folder else "file"
        raise ExportError(
            f"--out {out}: exists, but is not a {kind}; choose another name"
        )


def _check_outside_source(destination: Destination, out: str, source: Path) -> None:
    """Reject a destination that would overwrite the export or lie inside it."""
    folder = source if source.is_dir() else source.parent
    inside = destination.path == source or (
        source.is_dir() and source in (destination.path, *destination.path.parents)
    )
    if inside or (
        destination.is_folder and destination.path in (folder, *folder.parents)
    ):
        raise ExportError(
            f"--out {out}: is the export, or contains it; choose another path"
        )


def read_format(name: str | None) -> Format | None:
    """Return the format with this name.

    Raises:
        ExportError: There is no such format.
    """
    for format in FORMATS:
        if format == name:
            return format
    if name is not None:
        raise ExportError(
            f"--format {name}: unknown format; choose one of {', '.join(FORMATS)}"
        )
    return None


def table_of(file: OutputFile, export: Export) -> ExportTable:
    """Return the only table of a file."""
    return export.tables[file.tables[0]]
