"""List why two records are not comparable: different task, data or machine. Pure."""

from collections.abc import Iterator
from pathlib import PurePath

from limerun.records import DatasetSummary, Machine, Record
from limerun.units import format_count, format_size

_ALIKE = 0.1
"""Ignore smaller relative differences in memory size: firmware reserves some."""


def input_differences(base: Record, new: Record) -> tuple[str, ...]:
    """Return each difference between the inputs as text; empty if there is none."""
    return (
        *_tasks(base, new),
        *_datasets(base.dataset, new.dataset),
        *_databases(base, new),
        *machine_differences(base.machine, new.machine),
    )


def _tasks(base: Record, new: Record) -> Iterator[str]:
    before, after = base.task.name, new.task.name
    if before != after:
        yield f"task: {before} and {after}"
        return
    files = [PurePath(each.task.file or "").name for each in (base, new)]
    if files[0] != files[1]:
        yield f"task: {before} in {files[0] or '?'} and in {files[1] or '?'}"


def _datasets(base: DatasetSummary | None, new: DatasetSummary | None) -> Iterator[str]:
    if base is None or new is None:
        if base is not new:
            side = "new" if base is None else "baseline"
            yield f"dataset: only the {side} record has one"
        return
    if base.fingerprint == new.fingerprint:
        return
    before, after = ({**each.rows, **each.sources} for each in (base, new))
    differences = [
        f"{name} {format_count(before.get(name, 0))} and {format_count(after.get(name, 0))}"
        for name in dict.fromkeys((*before, *after))
        if before.get(name, 0) != after.get(name, 0)
    ]
    for label, one, two in (
        ("seed", base.seed, new.seed),
        ("locale", base.locale, new.locale),
    ):
        if one != two:
            differences.append(f"{label} {one} and {two}")
    different = ", ".join(differences) or "different columns or generator versions"
    yield f"dataset: {different}"


def _databases(base: Record, new: Record) -> Iterator[str]:
    before, after = (_database(each) for each in (base, new))
    if before != after:
        yield f"database: {before} and {after}"


def _database(record: Record) -> str:
    values = record.config.values
    scheme = str(values.get("database.url") or "sqlite").partition(":")[0]
    latency = values.get("database.latency") or 0
    platforms = {run.platform for run in record.runs if run.platform}
    parts = [scheme.partition("+")[0], *sorted(platforms)]
    if latency:
        parts.append(f"latency {latency} s")
    return ", ".join(parts)


def machine_differences(base: Machine, new: Machine) -> Iterator[str]:
    """Yield each difference between two machines that can change durations."""
    if base.os.partition("-")[0] != new.os.partition("-")[0]:
        yield f"machine: {base.os} and {new.os}"
    if base.cpus != new.cpus:
        yield f"machine: {base.cpus} and {new.cpus} CPUs"
    largest = max(base.memory_bytes, new.memory_bytes)
    if abs(base.memory_bytes - new.memory_bytes) > largest * _ALIKE:
        sizes = (format_size(each.memory_bytes) for each in (base, new))
        yield f"machine: {' and '.join(sizes)} of memory"
    base_python, new_python = (each.python or "unknown" for each in (base, new))
    pythons = [each.rpartition(".")[0] for each in (base_python, new_python)]
    if pythons[0] != pythons[1]:
        yield f"machine: Python {base_python} and {new_python}"
