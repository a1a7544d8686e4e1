"""limerun dataset generate: the config's rows, as files or in a database."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limerun.cli import options
from limerun.cli.console import complain, say
from limerun.cli.session import read_plan
from limerun.errors import EXIT_INTERRUPTED
from limerun.progress import Progress
from limerun.units import format_count, format_duration, format_size
from limerun.version import VERSION

if TYPE_CHECKING:
    from limerun.dataset.design.layout import DatasetDesign
    from limerun.dataset.output.output_options import DatasetOutlet

_SERVER = re.compile(r"postgres(ql)?(\+\w+)?://")
"""Whatever the driver: limerun's own is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """How many rows are made, and where they go."""

    out: Annotated[
        str,
        typer.Option(
            metavar="DIR|FILE|URL",
            help="A folder (a file for each limetype and source), a file whose name "
            "ends with .sqlite, .csv, .jsonl, .json or .parquet, or the URL of a "
            "PostgreSQL database.",
        ),
    ]
    format: Annotated[
        str | None,
        typer.Option(
            help="Format of the limetypes: sqlite, csv, jsonl, json or parquet. "
            "Default: as the name of --out says; csv in a folder."
        ),
    ] = None
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Processes that make rows; values are the same for any number. "
            "By default one per core, with a million rows or more for each of at least "
            "three; otherwise this one.",
        ),
    ] = None
    scale: options.Scale = None
    seed: options.Seed = None
    sets: options.Set = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors.")] = (
        False
    )
    no_color: options.NoColor = False


def generate(
    config: options.Config,
    *,
    asked: GenerateOptions,
) -> None:
    """Write the dataset to files or a database.

    If it is interrupted, the same command continues where it stopped.

    Example: limerun dataset generate configs/import-contracts.yaml --out data
    """
    plan = read_plan(
        config,
        "dataset generate",
        options.PlanOptions(seed=asked.seed, sets=asked.sets),
        scale=asked.scale,
    )
    from limerun.runs.preparation import design_of

    request = _Request(design=design_of(plan), asked=asked)
    is_server = _SERVER.match(asked.out) is not None
    try:
        told = _on_server(request) if is_server else _into_files(request)
    except KeyboardInterrupt:
        complain(
            "tables that are whole stay; the same command goes on with the next"
            if is_server
            else _left_by(request),
            label="interrupted",
        )
        raise typer.Exit(EXIT_INTERRUPTED) from None
    if not asked.quiet:
        say(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """What is to be made."""

    design: "DatasetDesign"
    asked: GenerateOptions

    def processes(self, rows: int) -> int:
        """Return how many processes make this number of rows."""
        from limerun.dataset.output.executor import available_cpus, sensible_workers

        return self.asked.workers or sensible_workers(rows, available_cpus())

    def fingerprint(self) -> str:
        """Return the plan's digest."""
        from limerun.dataset.output.make import fingerprint

        return fingerprint(self.design.plan, self.design.sources)

    def shown(self, totals: Mapping[str, int]) -> AbstractContextManager[Progress]:
        """Return who shows the progress, on stderr."""
        from limerun.cli.dataset.making import shown_making
        from limerun.report.terminal.screen import make_console

        console = make_console(stderr=True, no_color=self.asked.no_color)
        return shown_making(console, totals, quiet=self.asked.quiet)


def _left_by(request: _Request) -> str:
    """Return what an interrupt leaves, and where."""
    from limerun.dataset.output.output_options import decide_outlet

    making = decide_outlet(
        request.asked.out, request.asked.format, request.design.schema
    ).making
    return (
        f"{request.asked.out} was not changed; the same command goes on from what is in "
        f"{making.name}"
    )


def _into_files(request: _Request) -> str:
    from limerun.dataset.output.make import ALGORITHM
    from limerun.dataset.output.manifest import versions
    from limerun.dataset.output.output_options import decide_outlet
    from limerun.dataset.output.produce import DatasetOrder, produce

    schema = request.design.schema
    outlet = decide_outlet(request.asked.out, request.asked.format, schema)
    stored = sum(table.rows for table in schema.tables.values())
    rows = outlet.rows(schema)
    order = DatasetOrder(
        schema=schema,
        outlet=outlet,
        decides={
            "fingerprint": request.fingerprint(),
            "algorithm": ALGORITHM,
            "versions": versions(VERSION),
        },
        workers=request.processes(rows),
    )
    in_files = rows - (0 if outlet.database is None else stored)
    with request.shown({"load": stored, "generate": in_files}) as progress:
        if outlet.left_out:
            names = ", ".join(outlet.left_out)
            progress.note(f"not in a database: {names}; --out FOLDER makes them too")
        manifest = produce(order, progress)
    return _summarize_files(manifest, outlet)


def _on_server(request: _Request) -> str:
    from limerun.dataset.output.generate import PhaseClock
    from limerun.dataset.postgres.load import load_server
    from limerun.errors import DatasetError

    schema = request.design.schema
    if request.asked.format is not None:
        raise DatasetError("--format has no effect where --out is a database")
    if not schema.tables:
        raise DatasetError("the config has only sources; a database holds none")
    rows = {name: table.rows for name, table in schema.stored.items()}
    total = sum(rows.values())
    with request.shown({"load": total}) as progress:
        if schema.sources:
            names = ", ".join(schema.sources)
            progress.note(f"not in a database: {names}; --out FOLDER makes them")
        clock = PhaseClock(progress)
        load_server(
            schema,
            request.asked.out,
            request.fingerprint(),
            request.processes(total),
            clock,
        )
    return _summarize_tables(rows, clock.seconds)


# --- what is said at the end ------------------------------------------------------


def _summarize_files(manifest: Mapping[str, Any], outlet: "DatasetOutlet") -> str:
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


def _summarize_tables(rows: Mapping[str, int], seconds: Mapping[str, float]) -> str:
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
