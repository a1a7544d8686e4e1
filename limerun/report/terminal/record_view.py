"""Print a record on one screen: verdict, checks, facts, memory over time, findings."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from limerun.records import Check, Finding, Record, Run
from limerun.report.content.check_text import (
    CHECK_HEADS,
    CheckState,
    CheckText,
    check_text,
    unjudged,
)
from limerun.report.content.comparison_text import comparison_headline
from limerun.report.content.database_text import database_tables
from limerun.report.content.facts import facts_of, further_facts_of
from limerun.report.content.finding_text import FindingText, finding_text
from limerun.report.content.headlines import headline
from limerun.report.content.improvement_text import improvement_tables
from limerun.report.content.report_table import config_table, work_tables
from limerun.report.content.resilience_text import scenario_table
from limerun.report.content.sentences import shown_run
from limerun.report.terminal.changes_view import show_feature_test
from limerun.report.terminal.comparison_view import show_changes
from limerun.report.terminal.drawing import bar
from limerun.report.terminal.ending_view import show_ending, show_output
from limerun.report.terminal.growth_view import show_predictions, show_sizes
from limerun.report.terminal.memory_curve import show_curve
from limerun.report.terminal.profile_view import show_instruments
from limerun.report.terminal.screen import Screen, make_console, show_headline
from limerun.report.terminal.table_view import show_table

__all__ = ["make_console", "render"]

_FACT_WIDTH = 8
_WARNING = "!"
"""The mark of an exceeded budget or a finding at level warning."""
_GAUGE_WIDTH = 12
_ROOM_FOR_GAUGE = 72
_STYLES: dict[CheckState, str] = {
    "passed": "green",
    "exceeded": "red",
    "warns": "yellow",
    "not judged": "yellow",
}


def render(
    record: Record,
    console: Console,
    *,
    outputs: Sequence[str] = (),
    verbose: bool = False,
) -> None:
    """Print a record, most important parts first.

    Args:
        record: The record.
        console: The console to print on.
        outputs: The paths of written reports, printed at the end.
        verbose: Add the statements, the origin of each config value, and the complete
            traceback and output.
    """
    screen = Screen(console, str(Path.cwd()))
    run = shown_run(record)
    show_headline(screen, headline(record))
    _show_checks(screen, record.checks)
    if run is not None:
        is_feature_test = record.command == "run"
        whole_log = verbose or (is_feature_test and not screen.is_terminal)
        show_ending(screen, run, whole=verbose, log=not whole_log)
        if is_feature_test:
            show_feature_test(screen, run, whole=whole_log, verbose=verbose)
    _show_answer(screen, record)
    screen.gap()
    screen.pairs(facts_of(record, screen.base), _FACT_WIDTH)
    for table in improvement_tables(record, screen.base):
        show_table(screen, table)
    _show_chart(screen, record, run)
    show_instruments(screen, record)
    if record.comparison is not None:
        word = comparison_headline(record.comparison).word
        screen.heading("Compared with the baseline", word)
        show_changes(screen, record.comparison)
    _show_findings(screen, record.findings)
    if verbose:
        _show_more(screen, record, run)
    if outputs:
        screen.gap()
        screen.pairs([("written", ", ".join(outputs))], _FACT_WIDTH)


def _show_answer(screen: Screen, record: Record) -> None:
    """Print what `estimate` predicts, or what `resilience` found."""
    if record.growth is not None:
        show_predictions(screen, record.growth)
    if record.resilience is not None:
        show_table(screen, scenario_table(record.resilience))


def _has_segments(record: Record) -> bool:
    """Return whether the profile already shows memory over time, with its segments."""
    time = record.profile.time if record.profile is not None else None
    return time is not None and bool(time.segments)


def _show_chart(screen: Screen, record: Record, run: Run | None) -> None:
    """Print memory over time; for an estimate, duration by size."""
    if record.growth is not None:
        show_sizes(screen, record.growth)
        for table in database_tables(record.growth):
            show_table(screen, table)
    elif run is not None and not (
        record.command == "run" or record.resilience or _has_segments(record)
    ):
        show_curve(screen, record, run)


# --- checks -----------------------------------------------------------------------


def _show_checks(screen: Screen, checks: Sequence[Check]) -> None:
    if not checks:
        return
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    table.add_column("", no_wrap=True)
    first, *figures = CHECK_HEADS
    table.add_column(first, overflow="fold")
    for head in figures:
        table.add_column(head, justify="right")
    gauge = screen.width >= _ROOM_FOR_GAUGE
    if gauge:
        table.add_column("")
    for check in checks:
        text = check_text(check)
        drawn = [_gauge(screen, check, _STYLES[text.state])] if gauge else []
        table.add_row(*_check_row(screen, text), *drawn)
    screen.gap()
    screen.line(table)
    for why in unjudged(checks):
        screen.line(screen.text(why, "yellow"))


def _check_row(screen: Screen, text: CheckText) -> list[Text]:
    glyphs = screen.glyphs
    mark = {
        "passed": glyphs.passed,
        "exceeded": glyphs.failed,
        "warns": _WARNING,
        "not judged": glyphs.unknown,
    }[text.state]
    style = _STYLES[text.state]
    return [
        screen.cell(mark, f"bold {style}"),
        screen.text(text.label),
        screen.text(text.figure, "bold"),
        screen.text(text.budget, "dim"),
        screen.text(text.difference, style),
    ]


def _gauge(screen: Screen, check: Check, style: str) -> Text:
    """Return a bar that shows which share of its budget a figure uses."""
    if check.actual is None or check.limit <= 0:
        return Text("")
    filled, rest = bar(check.actual / check.limit, _GAUGE_WIDTH, screen.glyphs)
    return Text.assemble((filled, style), (rest, "dim"))


# --- findings ---------------------------------------------------------------------


def _show_findings(screen: Screen, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    screen.heading("Findings", "limerun rule ID explains a rule")
    for index, finding in enumerate(findings):
        if index:
            screen.gap()
        _show_finding(screen, finding_text(finding, screen.base))


def _show_finding(screen: Screen, text: FindingText) -> None:
    glyphs = screen.glyphs
    mark, style = {
        "error": (glyphs.failed, "red"),
        "warning": (_WARNING, "yellow"),
        "note": (glyphs.note, "cyan"),
    }[text.level]
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    title = screen.text(f"{text.title}  ", "bold")
    title.append_text(screen.text(text.rule, "dim"))
    table.add_row(screen.cell(mark, f"bold {style}"), title)
    source = screen.text(f"{text.place}  " if text.place else "", "cyan")
    table.add_row("", source.append_text(screen.text(text.section, "dim")))
    if text.code:
        table.add_row("", screen.cell(text.code, "magenta"))
    table.add_row("", screen.text(text.detail))
    screen.line(table)
    advice = Table.grid(padding=(0, 1), pad_edge=False)
    advice.add_column(no_wrap=True)
    advice.add_column(overflow="fold")
    advice.add_row(screen.cell(glyphs.arrow, "bold green"), screen.text(text.advice))
    screen.line(advice, 4)
    if text.suggestion:
        screen.code(text.suggestion)


def _show_more(screen: Screen, record: Record, run: Run | None) -> None:
    if run is not None:
        for table in work_tables(record, run, screen.base):
            if table.id == "statements":
                show_table(screen, table)
        if record.command != "run":
            show_output(screen, "Complete stderr", "Complete stdout", run.output)
    _show_config(screen, record)
    screen.heading("More figures")
    screen.pairs(further_facts_of(record, screen.base), _FACT_WIDTH)


def _show_config(screen: Screen, record: Record) -> None:
    """Print every config key, its value, and where the value came from."""
    config = config_table(record)
    screen.heading(config.title, config.about)
    table = Table.grid(padding=(0, 2), pad_edge=False)
    for _ in config.columns:
        table.add_column(overflow="fold")
    for key, value, origin in config.rows:
        table.add_row(
            screen.text(key), screen.text(value, "bold"), screen.text(origin, "dim")
        )
    screen.line(table)
