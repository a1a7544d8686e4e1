"""limerun dataset generate: write the config's dataset to files or a database."""

import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limerun.cli import options
from limerun.cli.console import interruption_reported, print_result
from limerun.cli.session import read_plan
from limerun.progress import Progress
from limerun.units import format_count, format_duration, format_size
from limerun.version import VERSION

if TYPE_CHECKING:
    from limerun.dataset.design.layout import DatasetDesign
    from limerun.dataset.output.output_options import DatasetOutlet

_SERVER = re.compile(r"postgres(ql)?(\+\w+)?://")
"""URLs with any driver are accepted, but limerun always uses its own driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """Options for the destination, the number of rows and the number of processes."""

    out: Annotated[
        str,
        typer.Option(
            metavar="DIR|FILE|URL",
            help="A folder (gets a file for each limetype and source), a file ending "
            "in .sqlite, .csv, .jsonl, .json or .parquet, or the URL of a PostgreSQL "
            "database.",
        ),
    ]
    format: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="Format of the limetypes: sqlite, csv, jsonl, json or parquet. "
            "Default: the ending of --out; csv in a folder.",
        ),
    ] = None
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            metavar="N",
            help="Number of processes; does not change the values. Default: one per "
            "core if at least three get a million rows each, otherwise one.",
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
    settings: GenerateOptions,
) -> None:
    """Write the dataset to files or a database.

    After an interruption, the same command continues where it stopped.

    Example: limerun dataset generate configs/import-contracts.yaml --out data
    """
    plan = read_plan(
        config,
        "dataset generate",
        options.PlanOptions(seed=settings.seed, sets=settings.sets),
        scale=settings.scale,
    )
    from limerun.runs.preparation import design_of

    request = _Request(design=design_of(plan), settings=settings)
    is_server = _SERVER.match(settings.out) is not None
    with interruption_reported(
        "complete tables were saved; the same command continues with the next table"
        if is_server
        else _interruption_message(request)
    ):
        summary = _load_server(request) if is_server else _write_files(request)
    if not settings.quiet:
        print_result(summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    """The dataset to generate, and the options for it."""

    design: "DatasetDesign"
    settings: GenerateOptions

    def processes(self, rows: int) -> int:
        """Return the number of processes for this number of rows."""
        from limerun.dataset.output.executor import available_cpus, sensible_workers

        return self.settings.workers or sensible_workers(rows, available_cpus())

    def fingerprint(self) -> str:
        """Return the digest of the plan's dataset and sources."""
        from limerun.dataset.output.make import fingerprint

        return fingerprint(self.design.plan, self.design.sources)

    def progress(self, totals: Mapping[str, int]) -> AbstractContextManager[Progress]:
        """Return a view that shows the progress on stderr."""
        from limerun.cli.dataset.progress_view import show_row_progress

        return show_row_progress(
            quiet=self.settings.quiet, no_color=self.settings.no_color, totals=totals
        )


def _interruption_message(request: _Request) -> str:
    """Return a message about the state of the output folder after an interruption."""
    from limerun.dataset.output.output_options import decide_outlet

    making = decide_outlet(
        request.settings.out, request.settings.format, request.design.schema
    ).making
    return (
        f"{request.settings.out} was not changed; the same command continues from "
        f"{making.name}"
    )


def _write_files(request: _Request) -> str:
    from limerun.dataset.output.make import ALGORITHM
    from limerun.dataset.output.manifest import versions
    from limerun.dataset.output.output_options import decide_outlet
    from limerun.dataset.output.produce import DatasetOrder, produce

    schema = request.design.schema
    outlet = decide_outlet(request.settings.out, request.settings.format, schema)
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
    with request.progress({"load": stored, "generate": in_files}) as progress:
        if outlet.left_out:
            names = ", ".join(outlet.left_out)
            progress.note(
                f"not written to the database: {names}; --out FOLDER includes them"
            )
        manifest = produce(order, progress)
    return _summarize_files(manifest, outlet)


def _load_server(request: _Request) -> str:
    from limerun.dataset.output.generate import PhaseClock
    from limerun.dataset.postgres.load import load_server
    from limerun.errors import DatasetError

    schema = request.design.schema
    if request.settings.format is not None:
        raise DatasetError(
            f"--format {request.settings.format} has no effect if --out is a database; "
            "omit it"
        )
    if not schema.tables:
        raise DatasetError(
            "the config has only sources, which do not belong in a database; "
            "use --out FOLDER"
        )
    rows = {name: table.rows for name, table in schema.stored.items()}
    total = sum(rows.values())
    with request.progress({"load": total}) as progress:
        if schema.sources:
            names = ", ".join(schema.sources)
            progress.note(
                f"not written to the database: {names}; --out FOLDER includes them"
            )
        clock = PhaseClock(progress)
        load_server(
            schema,
            request.settings.out,
            request.fingerprint(),
            request.processes(total),
            clock,
        )
    return _summarize_tables(rows, clock.seconds)


# --- summary ----------------------------------------------------------------------


def _summarize_files(manifest: Mapping[str, Any], outlet: "DatasetOutlet") -> str:
    """Return lines about the written files, and the time that each phase took."""
    files = manifest["files"]
    lines = [
        (name, f"{format_count(of['rows'])} rows", _size(of["bytes"]))
        for name, of in files.items()
    ]
    rows = sum(of["rows"] for of in files.values())
    size = sum(of["bytes"] for of in files.values())
    if len(lines) > 1:
        lines.append(("all", f"{format_count(rows)} rows", _size(size)))
    place = f"written to {outlet.folder}; described in {outlet.manifest.name}"
    phases = _phases(manifest["seconds"], 0 if manifest["resumed"] else rows)
    return "\n".join([*_table(lines), place, phases])


def _summarize_tables(rows: Mapping[str, int], seconds: Mapping[str, float]) -> str:
    """Return lines about the loaded tables, and the time that each phase took."""
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
    texts = [f"{name} {format_duration(each)}" for name, each in seconds.items()]
    made = seconds.get("load", 0.0) + seconds.get("generate", 0.0)
    if made and rows:
        texts.append(f"{format_count(round(rows / made))} rows per second")
    return ", ".join(texts)
