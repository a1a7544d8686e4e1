"""Decide where a copy goes: a file, or a folder with a file for each of the export's."""

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
    """A file of a copy, under the name that it is made under."""

    name: str
    format: Format
    tables: tuple[str, ...]
    model: Path | None
    """The export's own file, if this is to be written as that is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Where a copy goes."""

    path: Path
    is_folder: bool
    files: tuple[OutputFile, ...]

    def unproven(self) -> "Outlet":
        """Return where it goes if it has not passed its proof."""
        name = f"{self.path.stem}.unproven{self.path.suffix}"
        if self.is_folder:
            name = f"{self.path.name}.unproven"
        return Outlet(
            path=self.path.with_name(name), is_folder=self.is_folder, files=self.files
        )


def decide_outlet(
    out: str, format: Format | None, export: Export, places: Sequence[str]
) -> Outlet:
    """Return where a copy of an export goes, found out before anything is made.

    Args:
        out: What the user named.
        format: The copy's; None: the one that the name of `out` says, or the export's.
        export: The tables.
        places: Where they came from, which is never written to.

    Raises:
        ExportError: It cannot go there.
    """
    if not out.strip() or out == "-" or "://" in out:
        raise ExportError(f"--out {out!r}: name a file or a folder")
    path = Path(out).resolve()
    named = None if path.is_dir() else FORMAT_BY_SUFFIX.get(path.suffix.lower())
    if format is not None and named is not None and format != named:
        raise ExportError(f"--out {out}: is named as {named}, but --format is {format}")
    files = tuple(_files(export, format or named))
    is_folder = path.is_dir() or out.endswith("/") or named is None
    if not is_folder and len(files) > 1:
        raise ExportError(
            f"--out {out}: the copy has {len(files)} files; name a folder, or one "
            "file that ends in .sqlite"
        )
    outlet = Outlet(path=path, is_folder=is_folder, files=files)
    _check(outlet, out, places)
    _check(outlet.unproven(), out, places)
    return outlet


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


def _check(outlet: Outlet, out: str, places: Sequence[str]) -> None:
    parent = outlet.path.parent
    if not parent.is_dir():
        raise ExportError(f"--out {out}: there is no folder {parent}")
    for place in places:
        if "://" not in place:
            _check_apart(outlet, out, Path(place).resolve())
    if not outlet.path.exists():
        return
    if outlet.path.is_dir() and outlet.is_folder:
        made = {file.name for file in outlet.files}
        others = sorted(
            path.name for path in outlet.path.iterdir() if path.name not in made
        )
        if others:
            raise ExportError(
                f"--out {out}: the folder holds what is no copy ({others[0]}); name "
                "one that does not exist, or an empty one"
            )
    elif outlet.is_folder or not outlet.path.is_file():
        kind = "folder" if outlet.is_folder else "file"
        raise ExportError(f"--out {out}: there is something that is no {kind}")


def _check_apart(outlet: Outlet, out: str, source: Path) -> None:
    """Refuse to write over the export, or into it."""
    folder = source if source.is_dir() else source.parent
    inside = outlet.path == source or (
        source.is_dir() and source in (outlet.path, *outlet.path.parents)
    )
    if inside or (outlet.is_folder and outlet.path in (folder, *folder.parents)):
        raise ExportError(
            f"--out {out}: is the export itself, or holds it; name another"
        )


def read_format(name: str | None) -> Format | None:
    """Return a format by its name.

    Raises:
        ExportError: There is no such format.
    """
    for format in FORMATS:
        if format == name:
            return format
    if name is not None:
        raise ExportError(f"--format {name}: must be one of {', '.join(FORMATS)}")
    return None


def table_of(file: OutputFile, export: Export) -> ExportTable:
    """Return the one table of a file."""
    return export.tables[file.tables[0]]
