"""What `limerun dataset generate` says at its end. Pure."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from limerun.units import format_count, format_duration, format_size

if TYPE_CHECKING:
    from limerun.dataset.outlet import Outlet


def summarize_files(manifest: Mapping[str, Any], outlet: "Outlet") -> str:
    """Return the files that were made, and how long each phase took."""
    files = manifest["files"]
    lines = [
        (name, f"{format_count(of['rows'])} rows", _size(of["bytes"]))
        for name, of in files.items()
    ]
    rows = sum(of["rows"] for of in files.values())
    size = sum(of["bytes"] for of in files.values())
    if len(lines) > 1:
        lines.append(("all", f"{format_count(rows)} rows", _size(size)))
    place = f"in {outlet.folder}, described in {outlet.manifest.name}"
    phases = _phases(manifest["seconds"], 0 if manifest["resumed"] else rows)
    return "\n".join([*_table(lines), place, phases])


def summarize_tables(rows: Mapping[str, int], seconds: Mapping[str, float]) -> str:
    """Return the tables that were loaded, and how long each phase took."""
    lines = [(name, f"{format_count(count)} rows", "") for name, count in rows.items()]
    return "\n".join([*_table(lines), _phases(seconds, sum(rows.values()))])


def _size(size_bytes: int) -> str:
    if size_bytes < 10**5:
        return f"{size_bytes / 10**3:.1f} kB"
    return format_size(size_bytes)


def _table(lines: list[tuple[str, str, str]]) -> list[str]:
    first, second, third = (
        max((len(line[at]) for line in lines), default=0) for at in range(3)
    )
    return [
        f"{name:<{first}}  {rows:>{second}}  {size:>{third}}".rstrip()
        for name, rows, size in lines
    ]


def _phases(seconds: Mapping[str, float], rows: int) -> str:
    told = [f"{name} {format_duration(each)}" for name, each in seconds.items()]
    made = seconds.get("load", 0.0) + seconds.get("generate", 0.0)
    if made and rows:
        told.append(f"{format_count(round(rows / made))} rows a second")
    return ", ".join(told)
