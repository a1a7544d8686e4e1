"""limerun init: write a first config for the tasks of the current folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from limerun.cli import options
from limerun.cli.console import print_message, print_result

if TYPE_CHECKING:
    from limerun.scaffold.project import Scaffold


def init(no_color: options.NoColor = False) -> None:
    """Write a first config for the current folder's tasks.

    Runs none of the folder's code and never overwrites your files. If it finds no
    task, it writes a sample.

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
    """Print what was found and written, and the next command."""
    config = next(iter(scaffold.files))
    if scaffold.tasks == 0:
        print_result(f"found no task here; wrote a sample: {scaffold.task}")
    elif scaffold.tasks == 1:
        print_result(f"found the task {scaffold.task}")
    else:
        print_result(
            f"found {scaffold.tasks} tasks; probably the most expensive: "
            f"{scaffold.task} (the others are in the config)"
        )
    print_result(f"wrote {', '.join(scaffold.files)}")
    for note in scaffold.notes:
        print_message(note, label="note")
    print_result(f"next: limerun run {config}, then limerun capacity-test {config}")


def _check(config: Path) -> None:
    """Print what the user must fix before the config works, if anything."""
    from limerun.cli.session import plan_of
    from limerun.errors import LimerunError

    try:
        plan_of(config, "capacity-test")
    except LimerunError as error:
        print_message(str(error), label="fix this first")
