"""Print a feature test: log, result and changed objects."""

from collections.abc import Mapping

from rich.table import Table

from limerun.records import LimetypeEffect, Output, Run
from limerun.report.content.feature_test import (
    changed_objects,
    log_table,
    other_errors,
    value_text,
)
from limerun.report.content.report_table import changes_table
from limerun.report.content.safe_text import one_line, tail
from limerun.report.terminal.ending_view import show_output
from limerun.report.terminal.screen import Screen
from limerun.report.terminal.table_view import show_table
from limerun.units import format_count

_LAST_LINES = 12
_MARGIN = 4
_STYLES = {"+": "green", "~": "yellow", "-": "red"}


def show_feature_test(screen: Screen, run: Run, *, whole: bool, verbose: bool) -> None:
    """Print the log, the result and the changes of one run.

    Args:
        screen: The screen to print on.
        run: The run.
        whole: Print the whole output; otherwise only its end, if the run returned.
        verbose: Print the whole log as the task wrote it.
    """
    if verbose:
        show_output(screen, "Log", "Printed", run.output)
    else:
        _show_log(screen, run, whole=whole)
    if run.ending == "returned":
        screen.heading("Result")
        screen.line(screen.text(one_line(value_text(run.result), 600)), 4)
    changes = changes_table(run)
    if changes is not None:
        show_table(screen, changes)
        _show_examples(screen, run.changes or {})


def _show_log(screen: Screen, run: Run, *, whole: bool) -> None:
    """Print the captured log, and what the run wrote beside it."""
    name = "Log"
    if run.log is not None and run.log.lines:
        show_table(screen, log_table(run.log, screen.base))
        name = "Written to stderr"
    errors = other_errors(run)
    if whole:
        rest = Output(stdout=run.output.stdout, stderr=errors)
        show_output(screen, name, "Printed", rest)
    elif run.ending == "returned":
        _show_last(screen, name, errors)
        _show_last(screen, "Printed", run.output.stdout)


def _show_last(screen: Screen, name: str, text: str) -> None:
    lines = tail(text, _LAST_LINES)
    if not lines:
        return
    count, width = len(text.splitlines()), screen.width - _MARGIN
    left_out = [f"the last {len(lines)} of {format_count(count)} lines"]
    left_out = left_out if count > len(lines) else []
    if any(len(line) > width for line in lines):
        left_out.append("long lines are truncated")
    advice = [*left_out, "--verbose shows all"] if left_out else []
    screen.heading(name, "; ".join(advice))
    screen.quote(lines, "")


def _show_examples(screen: Screen, changes: Mapping[str, LimetypeEffect]) -> None:
    examples = list(changed_objects(changes))
    if not examples:
        return
    screen.gap()
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for example in examples:
        table.add_row(
            screen.text(example.sign, f"bold {_STYLES.get(example.sign, '')}"),
            screen.text(example.name),
            screen.text(example.properties),
        )
    screen.line(table, 4)
