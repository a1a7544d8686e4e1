"""Tell a record on one screen: verdict, checks, facts, memory over time, findings."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from limerun.records import Check, Finding, Record, Run
from limerun.report import screen_changes, screen_details, screen_profile
from limerun.report.compared import comparison_headline
from limerun.report.drawing import bar
from limerun.report.facts import facts_of, further_facts_of
from limerun.report.headlines import headline
from limerun.report.plain import one_line
from limerun.report.screen import Screen, make_console
from limerun.report.screen_comparison import show_changes
from limerun.report.screen_curve import show_curve
from limerun.report.screen_ending import show_ending
from limerun.report.screen_growth import show_ladder, show_predictions
from limerun.report.screen_headline import show_headline
from limerun.report.wording import (
    check_label,
    difference,
    figure,
    guide_section,
    is_warning,
    place,
    shown_run,
)

__all__ = ["make_console", "render"]

_FACT_WIDTH = 8
_WARNING = "!"
"""A figure over a budget that only warns, and a finding of that level."""
_GAUGE_WIDTH = 12
_ROOM_FOR_GAUGE = 72


def render(
    record: Record,
    console: Console,
    *,
    outputs: Sequence[str] = (),
    verbose: bool = False,
) -> None:
    """Print a record, the most important first.

    Args:
        record: What to tell.
        console: Where to; its width and encoding are kept to.
        outputs: Where reports were written, to be said at the end.
        verbose: Add where each config value came from, the statements, and
            traceback and output whole.
    """
    screen = Screen(console, str(Path.cwd()))
    run = shown_run(record)
    show_headline(screen, headline(record))
    _show_checks(screen, record.checks)
    if run is not None:
        show_ending(screen, run, whole=verbose)
        if record.command == "run":
            screen_changes.show_feature_test(screen, run, whole=verbose)
    if record.growth is not None:
        show_predictions(screen, record.growth)
    screen.gap()
    screen.pairs(facts_of(record, screen.base), _FACT_WIDTH)
    _show_course(screen, record, run)
    screen_profile.show_instruments(screen, record.instruments, record.profile)
    if record.comparison is not None:
        screen.heading("Beside the base", comparison_headline(record.comparison).word)
        show_changes(screen, record.comparison)
    _show_findings(screen, record.findings)
    if verbose:
        _show_more(screen, record, run)
    if outputs:
        screen.gap()
        screen.pairs([("written", ", ".join(outputs))], _FACT_WIDTH)


def _has_segments(record: Record) -> bool:
    """Say whether the profile shows memory along the segments, so that once is enough."""
    time = record.profile.time if record.profile is not None else None
    return time is not None and bool(time.segments)


def _show_course(screen: Screen, record: Record, run: Run | None) -> None:
    """Print memory over time; of an estimate, duration over rows."""
    if record.growth is not None:
        show_ladder(screen, record.growth)
    elif run is not None and record.command != "run" and not _has_segments(record):
        show_curve(screen, record, run)


# --- checks -----------------------------------------------------------------------


def _show_checks(screen: Screen, checks: Sequence[Check]) -> None:
    if not checks:
        return
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", expand=False
    )
    table.add_column("", no_wrap=True)
    table.add_column("check", overflow="fold")
    table.add_column("figure", justify="right")
    table.add_column("budget", justify="right")
    table.add_column("difference", justify="right")
    gauge = screen.width >= _ROOM_FOR_GAUGE
    if gauge:
        table.add_column("")
    for check in checks:
        row = _check_row(screen, check)
        table.add_row(*row, *([_gauge(screen, check)] if gauge else []))
    screen.gap()
    screen.line(table)
    reasons = {check.why: check for check in checks if check.passed is None}
    for check in reasons.values():
        if check.actual is not None:
            screen.line(screen.text(one_line(check.why), "yellow"))


def _check_row(screen: Screen, check: Check) -> list[Text]:
    glyphs = screen.glyphs
    mark = {True: glyphs.passed, False: glyphs.failed, None: glyphs.unknown}[
        check.passed
    ]
    style = _style(check)
    told = difference(check)
    if check.passed is None and check.actual is not None:
        told = "not judged"
    elif is_warning(check):
        mark, told = _WARNING, f"{told} (warns)"
    return [
        screen.cell(mark, f"bold {style}"),
        screen.text(check_label(check)),
        screen.text(figure(check.actual, check.unit), "bold"),
        screen.text(figure(check.limit, check.unit), "dim"),
        screen.text(told, style),
    ]


def _gauge(screen: Screen, check: Check) -> Text:
    """Return how much of its budget a figure takes, as a bar."""
    if check.actual is None or check.limit <= 0:
        return Text("")
    filled, rest = bar(check.actual / check.limit, _GAUGE_WIDTH, screen.glyphs)
    return Text.assemble((filled, _style(check)), (rest, "dim"))


def _style(check: Check) -> str:
    if is_warning(check):
        return "yellow"
    return {True: "green", False: "red", None: "yellow"}[check.passed]


# --- findings ---------------------------------------------------------------------


def _show_findings(screen: Screen, findings: Sequence[Finding]) -> None:
    if not findings:
        return
    screen.heading("Findings")
    for index, finding in enumerate(findings):
        if index:
            screen.gap()
        _show_finding(screen, finding)


def _show_finding(screen: Screen, finding: Finding) -> None:
    glyphs = screen.glyphs
    mark, style = {
        "error": (glyphs.failed, "red"),
        "warning": (_WARNING, "yellow"),
        "note": (glyphs.note, "cyan"),
    }[finding.level]
    table = Table.grid(padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    title = screen.text(one_line(finding.title), "bold")
    table.add_row(screen.cell(mark, f"bold {style}"), title)
    where = place(finding.location, screen.base)
    source = screen.text(f"{where}  " if where else "", "cyan")
    table.add_row("", source.append_text(screen.text(guide_section(finding), "dim")))
    if finding.code:
        table.add_row("", screen.cell(finding.code, "magenta"))
    table.add_row("", screen.text(one_line(finding.detail, 600)))
    screen.line(table)
    advice = Table.grid(padding=(0, 1), pad_edge=False)
    advice.add_column(no_wrap=True)
    advice.add_column(overflow="fold")
    told = screen.text(one_line(finding.advice))
    advice.add_row(screen.cell(glyphs.arrow, "bold green"), told)
    screen.line(advice, 4)
    if finding.suggestion is not None:
        screen.code(finding.suggestion)


def _show_more(screen: Screen, record: Record, run: Run | None) -> None:
    if run is not None:
        screen_details.show_statements(screen, run.statements)
        if record.command != "run":
            screen_details.show_output(screen, run.output)
    screen_details.show_config(screen, record)
    screen.heading("More figures")
    screen.pairs(further_facts_of(record, screen.base), _FACT_WIDTH)
