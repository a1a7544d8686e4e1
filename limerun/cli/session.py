"""What the running commands share: a plan, a view, and where reports go."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from limerun.cli.console import complain
from limerun.cli.outputs import (
    Renderer,
    without_commands,
    write_annotations,
    write_github,
)
from limerun.progress import Progress
from limerun.records import EXIT_CODES, Plan, Record

if TYPE_CHECKING:
    from limerun.errors import OutputError
    from limerun.stage import Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the user wants to be spoken to."""

    quiet: bool
    verbose: bool
    no_color: bool
    github: bool = False
    """Tell GitHub Actions too."""
    one_of_several: bool = False
    """The annotations are for the caller to write, those of all records at once."""
    exit_zero: bool = False
    """Report only: whatever the verdict, it is no failure."""

    def exit_code(self, record: Record) -> int:
        """Return the exit code; one that is not of a verdict stays as it is."""
        is_verdict = record.exit_code in EXIT_CODES.values()
        return 0 if self.exit_zero and is_verdict else record.exit_code


def plan_of(
    config: Path,
    command: str,
    options: Mapping[str, object],
    sets: Sequence[str] | None,
) -> Plan:
    """Return the plan that the config, the environment and the options make.

    Raises:
        ConfigError: They do not make one.
        DatasetError: They ask for a dataset that cannot be made.
    """
    from limerun.config.resolve import load_plan

    plan = load_plan(
        config, command=command, options=options, sets=sets or (), environ=os.environ
    )
    _check_dataset(plan)
    return plan


def _check_dataset(plan: Plan) -> None:
    if plan.dataset is None and not plan.sources:
        return
    from limerun.dataset.schema import check_plan
    from limerun.errors import DatasetError

    try:
        check_plan(plan.dataset, plan.sources)
    except DatasetError as error:
        from limerun.config.places import placed

        raise placed(error, plan.config_path) from error


def cache_folder() -> Path:
    """Return where datasets are kept: LIMERUN_CACHE, or the user's cache folder."""
    chosen = os.environ.get("LIMERUN_CACHE")
    if chosen:
        return Path(chosen).absolute()
    import platformdirs

    return platformdirs.user_cache_path("limerun")


def carry_out(
    work: Callable[[Plan, "Workshop"], Record],
    plan: Plan,
    outputs: Mapping[str, Renderer],
    manner: Manner,
    *,
    keep: bool = False,
) -> NoReturn:
    """Do the work while its progress is shown, tell its record, and leave.

    Raises:
        typer.Exit: Always, with the record's exit code.
    """
    record = perform(work, plan, manner, keep=keep)
    tell(record, outputs, manner)
    raise typer.Exit(manner.exit_code(record))


def perform(
    work: Callable[[Plan, "Workshop"], Record],
    plan: Plan,
    manner: Manner,
    *,
    keep: bool = False,
) -> Record:
    """Do the work while its progress is shown, and return its record."""
    from limerun.stage import Workshop

    with _view_of(manner, plan.budget.memory_bytes) as progress:
        workshop = Workshop(
            cache=cache_folder(), progress=progress, keep=Path.cwd() if keep else None
        )
        return work(plan, workshop)


def _view_of(manner: Manner, budget_bytes: int) -> AbstractContextManager[Progress]:
    """Return who shows the progress, on stderr."""
    from limerun.cli.live import choose_view
    from limerun.report.terminal import make_console

    console = make_console(stderr=True, no_color=manner.no_color)
    return choose_view(console, quiet=manner.quiet, budget_bytes=budget_bytes)


def tell(record: Record, outputs: Mapping[str, Renderer], manner: Manner) -> None:
    """Write every report and show the record.

    The screen goes to stdout, or to stderr where a report has taken stdout. It is
    shown even if a report cannot be written: what was measured must not be lost.

    Raises:
        OutputError: A report could not be written, and nothing worse happened.
    """
    from limerun.report.headlines import verdict_sentence
    from limerun.report.terminal import make_console, render

    unwritten = _write(record, outputs)
    if manner.github:
        if not manner.one_of_several:
            write_annotations([record], outputs)
        unwritten |= _tell_github(record)
    console = make_console(stderr="-" in outputs, no_color=manner.no_color)
    with without_commands(outputs) if manner.github else nullcontext():
        if manner.quiet:
            console.print(verdict_sentence(record), markup=False, soft_wrap=True)
        else:
            files = [path for path in outputs if path != "-" and path not in unwritten]
            render(record, console, outputs=files, verbose=manner.verbose)
    for error in unwritten.values():
        if not record.exit_code:
            raise error
        complain(str(error))


def _write(record: Record, outputs: Mapping[str, Renderer]) -> "dict[str, OutputError]":
    from limerun.errors import OutputError
    from limerun.report.output import write_whole

    unwritten = {}
    for path, renderer in outputs.items():
        try:
            write_whole(path, renderer(record))
        except OutputError as error:
            unwritten[path] = error
    return unwritten


def _tell_github(record: Record) -> "dict[str, OutputError]":
    from limerun.errors import OutputError

    try:
        write_github(record)
    except OutputError as error:
        return {"GitHub's files": error}
    return {}
