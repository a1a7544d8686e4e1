"""limerun dataset generate: the config's rows, as files or in a database."""

import os
import re
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import complain, say
from limerun.cli.session import plan_of
from limerun.progress import Progress
from limerun.records import EXIT_INTERRUPTED, Plan
from limerun.version import VERSION

if TYPE_CHECKING:
    from limerun.dataset.layout import Schema

_SERVER = re.compile(r"postgres(ql)?(\+\w+)?://")
"""Whatever the driver: limerun's own is used."""


def generate(
    config: options.Config,
    out: Annotated[
        str,
        typer.Option(
            metavar="DIR|FILE|URL",
            help="A folder (a file for each limetype and source), a file whose name "
            "ends with .sqlite, .csv, .jsonl, .json or .parquet, or the URL of a "
            "PostgreSQL database.",
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            help="Of the limetypes: sqlite, csv, jsonl, json or parquet; as the name "
            "of --out says, and csv in a folder."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=256,
            help="Processes that make rows; the bytes are the same for any number. "
            "As many as there are cores, if there are rows enough.",
        ),
    ] = None,
    scale: options.Scale = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")
    ] = False,
    no_color: options.NoColor = False,
) -> None:
    """Make the dataset and the sources of a config, at its sizes.

    Interrupted, it goes on where it was when the same command is given again.

    Example: limerun dataset generate configs/import-contracts.yaml --out data
    """
    plan = plan_of(
        config, "dataset generate", {"scale": scale, "dataset.seed": seed}, sets
    )
    from limerun.dataset.schema import check_plan

    schema = check_plan(plan.dataset, plan.sources)
    request = Request(
        plan=plan,
        schema=schema,
        out=out,
        format=format,
        workers=workers,
        quiet=quiet,
        no_color=no_color,
    )
    is_server = _SERVER.match(out) is not None
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
    if not quiet:
        say(told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the user asked for."""

    plan: Plan
    schema: "Schema"
    out: str
    format: str | None
    workers: int | None
    quiet: bool
    no_color: bool

    def processes(self, rows: int) -> int:
        """Return how many processes are to make so many rows."""
        from limerun.dataset.crew import sensible_workers

        if self.workers is not None:
            return self.workers
        tells = hasattr(os, "sched_getaffinity")  # which cores are ours
        cpus = len(os.sched_getaffinity(0)) if tells else os.cpu_count() or 1
        return sensible_workers(rows, cpus)

    def fingerprint(self) -> str:
        """Return the plan's digest."""
        from limerun.dataset.make import fingerprint

        return fingerprint(self.plan.dataset, self.plan.sources)

    def shown(self, totals: Mapping[str, int]) -> AbstractContextManager[Progress]:
        """Return who shows the progress, on stderr."""
        from limerun.cli.dataset.making import shown_making
        from limerun.report.screen import make_console

        console = make_console(stderr=True, no_color=self.no_color)
        return shown_making(console, totals, quiet=self.quiet)


def _left_by(request: Request) -> str:
    """Return what an interrupt leaves, and where."""
    from limerun.dataset.outlet import decide_outlet

    making = decide_outlet(request.out, request.format, request.schema).making
    return (
        f"{request.out} was not changed; the same command goes on from what is in "
        f"{making.name}"
    )


def _into_files(request: Request) -> str:
    from limerun.cli.dataset.summary import summarize_files
    from limerun.dataset.make import ALGORITHM
    from limerun.dataset.manifest import versions
    from limerun.dataset.outlet import decide_outlet
    from limerun.dataset.produce import Order, produce

    schema = request.schema
    outlet = decide_outlet(request.out, request.format, schema)
    stored = sum(table.rows for table in schema.tables.values())
    rows = outlet.rows(schema)
    order = Order(
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
    return summarize_files(manifest, outlet)


def _on_server(request: Request) -> str:
    from limerun.cli.dataset.summary import summarize_tables
    from limerun.dataset.postgres_load import load_server
    from limerun.dataset.produce import Clock
    from limerun.errors import DatasetError

    schema = request.schema
    if request.format is not None:
        raise DatasetError("--format has no effect where --out is a database")
    if not schema.tables:
        raise DatasetError("the config has only sources; a database holds none")
    rows = {name: table.rows for name, table in schema.stored.items()}
    total = sum(rows.values())
    with request.shown({"load": total}) as progress:
        if schema.sources:
            names = ", ".join(schema.sources)
            progress.note(f"not in a database: {names}; --out FOLDER makes them")
        clock = Clock(progress)
        load_server(
            schema,
            request.out,
            request.fingerprint(),
            request.processes(total),
            clock,
        )
    return summarize_tables(rows, clock.seconds)
