"""limerun init: a first config for the tasks of the current folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from limerun.cli import options
from limerun.cli.console import complain, say

if TYPE_CHECKING:
    from limerun.scaffold.project import Scaffold


def init(no_color: options.NoColor = False) -> None:
    """Write a first config for the current folder's tasks.

    No code of the folder is run. Your files are never overwritten. If there is no
    task, a sample is written.

    Example: limerun init && limerun capacity-test limerun.yaml
    """
    from limerun.errors import OutputError
    from limerun.scaffold.address import limerun_address
    from limerun.scaffold.project import scaffold_of
    from limerun.scaffold.rendering import CONFIG
    from limerun.scaffold.writing import write_new
    from limerun.version import VERSION

    try:
        folder = Path.cwd()
        scaffold = scaffold_of(folder, limerun_address(VERSION))
    except OSError as error:
        place = error.filename or "the current folder"
        raise OutputError(f"{place}: {error.strerror}") from error
    write_new(folder, scaffold.files)
    _show_next(scaffold)
    _check(folder / CONFIG)


def _show_next(scaffold: "Scaffold") -> None:
    """Show what was found and written, and the next command."""
    config = next(iter(scaffold.files))
    if scaffold.tasks == 0:
        say(f"found no task here; wrote a sample: {scaffold.task}")
    elif scaffold.tasks == 1:
        say(f"found the task {scaffold.task}")
    else:
        say(
            f"found {scaffold.tasks} tasks; likeliest to cost much: {scaffold.task} "
            "(the others are in the config)"
        )
    say(f"wrote {', '.join(scaffold.files)}")
    for note in scaffold.notes:
        complain(note, label="note")
    say(f"next: limerun run {config}, then limerun capacity-test {config}")


def _check(config: Path) -> None:
    """Show what has to be corrected before the config can be used, if anything."""
    from limerun.cli.session import plan_of
    from limerun.errors import LimerunError

    try:
        plan_of(config, "capacity-test")
    except LimerunError as error:
        complain(str(error), label="to mend first")
