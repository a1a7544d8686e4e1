"""Several configs, one after the other: each told, then one summary."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from limerun.cli.console import complain
from limerun.cli.outputs import (
    renderers,
    without_commands,
    write_annotations,
    write_github_outputs,
)
from limerun.cli.session import Manner, perform, tell
from limerun.records import EXIT_INTERRUPTED, Plan, Record

if TYPE_CHECKING:
    from limerun.stage import Workshop

_WORST_FIRST = (EXIT_INTERRUPTED, 2, 4, 3, 5, 1, 6)
_SUFFIXES = {
    "json": ".json",
    "html": ".html",
    "junit": ".xml",
    "markdown": ".md",
    "sarif": ".sarif",
    "benchmark": ".benchmark.json",
}


def carry_out_all(
    work: Callable[[Plan, "Workshop"], Record],
    plans: Sequence[Plan],
    paths: Mapping[str, str | None],
    manner: Manner,
    *,
    keep: bool = False,
) -> NoReturn:
    """Do the work for each plan, tell each record, then all of them in a table.

    Args:
        work: Makes a plan's record.
        plans: What to run, one after the other: measured runs do not share cores.
        paths: By report, the folder that it goes to; a file by config.
        manner: How to speak.
        keep: Keep the workers' databases.

    Raises:
        OutputError: A report cannot be written, found out before the first run.
        typer.Exit: Otherwise always, with the worst exit code.
    """
    from limerun.errors import LimerunError

    names = names_of([plan.config_path.stem for plan in plans])
    outputs = [renderers(**paths_in_folders(paths, name)) for name in names]
    told: list[tuple[str, str]] = []
    codes: list[int] = []
    records: dict[int, Record | None] = {}
    made: list[Record] = []
    each = replace(manner, one_of_several=True)
    for name, plan, written in zip(names, plans, outputs, strict=True):
        try:
            record = perform(work, plan, manner, keep=keep)
            made.append(record)
            tell(record, written, each)
        except LimerunError as error:
            complain(f"{plan.config_path}: {error}")
            told.append((name, "could not be run"))
            codes.append(error.exit_code)
            records.setdefault(error.exit_code, None)
            continue
        told.append((name, _sentence(record)))
        codes.append(manner.exit_code(record))
        records.setdefault(record.exit_code, record)
        if record.exit_code == EXIT_INTERRUPTED:
            break
    with without_commands({}) if manner.github else nullcontext():
        _summarize(told, manner)
    if manner.github:
        write_annotations(made, {})
        write_github_outputs(records[worst([*records])])
    raise typer.Exit(worst(codes))


def worst(codes: Sequence[int]) -> int:
    """Return the exit code that matters most."""
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def names_of(stems: Sequence[str]) -> list[str]:
    """Return a name for the reports of each file: its own, numbered if not alone."""
    taken = {stem for stem in stems if stems.count(stem) == 1}
    names = []
    for stem in stems:
        name = stem
        if stems.count(stem) > 1:
            numbered = (f"{stem}-{number}" for number in count(1))
            name = next(each for each in numbered if each not in taken)
            taken.add(name)
        names.append(name)
    return names


def paths_in_folders(
    paths: Mapping[str, str | None], name: str
) -> dict[str, str | None]:
    """Return where one of several writes its reports: a file in each folder.

    Raises:
        OutputError: What is named is no folder.
    """
    from limerun.errors import OutputError

    made: dict[str, str | None] = {}
    for report, folder in paths.items():
        if folder is None:
            continue
        if not Path(folder).is_dir():
            raise OutputError(
                f"--{report} {folder}: several write a file each: name a folder "
                "that there is"
            )
        made[report] = str(Path(folder) / f"{name}{_SUFFIXES[report]}")
    return made


def _sentence(record: Record) -> str:
    from limerun.report.headlines import verdict_sentence

    return verdict_sentence(record)


def _summarize(told: Sequence[tuple[str, str]], manner: Manner) -> None:
    from limerun.report.screen import Screen, make_console

    if manner.quiet:
        return
    console = make_console(stderr=False, no_color=manner.no_color)
    screen = Screen(console, str(Path.cwd()))
    screen.heading("Summary", f"{len(told)} configs")
    width = min(30, max(len(name) for name, _ in told))
    screen.pairs(told, width)
