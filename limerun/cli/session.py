"""What the running commands share: a plan, a view, and where reports go."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from limerun.cli.console import complain
from limerun.progress import Progress
from limerun.records import Plan, Record

if TYPE_CHECKING:
    from limerun.errors import OutputError
    from limerun.stage import Workshop

Renderer = Callable[[Record], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the user wants to be spoken to."""

    quiet: bool
    verbose: bool
    no_color: bool


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


def renderers(
    *, json: str | None, junit: str | None, markdown: str | None
) -> dict[str, Renderer]:
    """Return what is to be written where.

    Raises:
        OutputError: A path cannot be written, found out before the run; or two
            reports would go to one place, or one over a file that is no report.
    """
    from limerun.errors import OutputError
    from limerun.report.output import check_replaceable, check_writable

    wanted = {"json": json, "junit": junit, "markdown": markdown}
    made: dict[str, Renderer] = {}
    for name, path in wanted.items():
        if path is None:
            continue
        if path in made:
            raise OutputError(f"two reports would be written to {path}")
        check_writable(path)
        check_replaceable(path, name)
        made[path] = _renderer(name)
    return made


def _renderer(name: str) -> Renderer:
    def render(record: Record) -> str:
        if name == "json":
            from limerun.store import to_json

            return to_json(record)
        if name == "junit":
            from limerun.report.junit import render as render_one
        else:
            from limerun.report.markdown import render as render_one
        return render_one(record, str(Path.cwd()))

    return render


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
    from limerun.stage import Workshop

    with _view_of(manner, plan.budget.memory_bytes) as progress:
        workshop = Workshop(
            cache=cache_folder(), progress=progress, keep=Path.cwd() if keep else None
        )
        record = work(plan, workshop)
    tell(record, outputs, manner)
    raise typer.Exit(record.exit_code)


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
    from limerun.report.terminal import make_console, render
    from limerun.report.wording import verdict_sentence

    unwritten = _write(record, outputs)
    console = make_console(stderr="-" in outputs, no_color=manner.no_color)
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
