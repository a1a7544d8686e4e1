"""limerun capacity-test: run the task at the dataset's full size and judge it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from limerun import interruption
from limerun.cli import options
from limerun.cli.console import print_message
from limerun.cli.reports import (
    Reports,
    reports_of,
    reports_of_each,
    write_annotations,
    write_github_outputs,
    write_reports,
)
from limerun.cli.session import (
    exit_code_of,
    failure_reported,
    opened_context,
    plan_of,
    report_failure,
)
from limerun.errors import INTERRUPTED, ConfigError, LimerunError

if TYPE_CHECKING:
    from limerun.dataset.design.layout import DatasetDesign
    from limerun.records import Performance, Plan, Record

_WORST_FIRST = (*INTERRUPTED, 2, 4, 3, 5, 1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityOptions:
    """Options for the runs, and for what determines the exit code besides budgets."""

    keep: options.Keep = False
    stop_early: Annotated[
        bool,
        typer.Option(
            "--stop-early",
            help="End a run as soon as it can no longer pass.",
        ),
    ] = False
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="Also compare the figures with this record; a regression fails.",
        ),
    ] = None
    max_regression: options.MaxRegression = None
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="Apply this config's budgets to a saved record; runs nothing.",
        ),
    ] = None
    exit_zero: Annotated[
        bool,
        typer.Option(
            "--exit-zero", help="Exit with 0 for every verdict; only report it."
        ),
    ] = False
    jobs: Annotated[int | None, typer.Option(hidden=True)] = None


def capacity_test(
    configs: options.Configs,
    *,
    scale: options.Scale = None,
    repeat: options.Repeat = None,
    plan_options: options.PlanOptions,
    report_options: options.ReportOptions,
    capacity: CapacityOptions,
    screen: options.ScreenOptions,
) -> None:
    """Measure the task at full size; check its budgets.

    Reports duration, memory, queries and the verdict.

    Example: limerun capacity-test configs/import-contracts.yaml --json record.json
    """
    from limerun.cli.saved_records import read_baseline, with_comparison
    from limerun.pipeline import capacity_test as run_capacity_test

    _check(capacity, len(configs))
    designed = [
        plan_of(config, "capacity-test", plan_options, scale=scale, repeat=repeat)
        for config in configs
    ]
    if len(designed) > 1:
        _run_each(designed, report_options, capacity, screen)
    [(plan, design)] = designed
    reports = reports_of(report_options, screen)
    performance = _replayed(capacity.replay, plan)
    baseline = read_baseline(capacity.baseline, capacity.max_regression, plan.task)
    with (
        failure_reported(plan, reports, exit_zero=capacity.exit_zero),
        opened_context(
            plan, design, screen, keep=capacity.keep, stop_early=capacity.stop_early
        ) as context,
    ):
        record = run_capacity_test(plan, context, performance)
        record = with_comparison(record, baseline)
    write_reports(record, reports)
    raise typer.Exit(exit_code_of(record, exit_zero=capacity.exit_zero))


def worst(codes: Sequence[int]) -> int:
    """Return the most serious exit code."""
    return next((code for code in _WORST_FIRST if code in codes), max(codes, default=0))


def _check(capacity: CapacityOptions, configs: int) -> None:
    """Reject options that have no effect or would falsify the measured values."""
    if capacity.jobs is not None:
        raise ConfigError(
            "--jobs does not exist: runs that share cores and memory slow each other "
            "down and falsify the figures; several configs run one after the other"
        )
    if configs > 1 and (capacity.baseline or capacity.replay):
        raise ConfigError(
            f"--baseline and --replay work with one config, not with {configs}; "
            "use one config at a time"
        )


def _replayed(saved: Path | None, plan: "Plan") -> "Performance | None":
    """Return the runs of the saved record; None if there is none to replay."""
    if saved is None:
        return None
    from limerun.cli.saved_records import read_record
    from limerun.engine.replay import replay

    return replay(read_record(saved), plan)


# --- several configs ----------------------------------------------------------------


def _run_each(
    designed: Sequence[tuple["Plan", "DatasetDesign"]],
    report_options: options.ReportOptions,
    capacity: CapacityOptions,
    screen: options.ScreenOptions,
) -> NoReturn:
    """Run the plans one after the other, print a summary, and exit.

    They do not run in parallel, as measured runs must not share cores.

    Raises:
        OutputError: A report cannot be written; this is checked before the first run.
        typer.Exit: Always otherwise, with the most serious exit code.
    """
    stems = [plan.config_path.stem for plan, _ in designed]
    records: list[Record] = []
    for (plan, design), reports in zip(
        designed, reports_of_each(stems, report_options, screen), strict=True
    ):
        records.append(_run_one(plan, design, reports, capacity, screen))
        if records[-1].exit_code in INTERRUPTED:
            break
    if not screen.quiet:
        _summarize(stems, records, screen)
    if report_options.github:
        code = worst([record.exit_code for record in records])
        write_annotations(records)
        write_github_outputs(next(each for each in records if each.exit_code == code))
    codes = [exit_code_of(each, exit_zero=capacity.exit_zero) for each in records]
    raise typer.Exit(worst(codes))


def _run_one(
    plan: "Plan",
    design: "DatasetDesign",
    reports: Reports,
    capacity: CapacityOptions,
    screen: options.ScreenOptions,
) -> "Record":
    """Run one of several plans, write its reports, and return its record."""
    from limerun.pipeline import capacity_test as run_capacity_test

    try:
        with opened_context(
            plan, design, screen, keep=capacity.keep, stop_early=capacity.stop_early
        ) as context:
            record = run_capacity_test(plan, context)
        write_reports(record, reports)
    except LimerunError as error:
        if interruption.exit_code() is not None:
            raise
        print_message(f"{plan.config_path}: {error}")
        return report_failure(plan, error, reports)
    return record


def _summarize(
    stems: Sequence[str], records: Sequence["Record"], screen: options.ScreenOptions
) -> None:
    from limerun.cli.reports import names_of
    from limerun.report.content.headlines import verdict_sentence
    from limerun.report.terminal.screen import Screen, make_console

    rows = [
        (
            name,
            verdict_sentence(record) if record.problem is None else "could not be run",
        )
        for name, record in zip(names_of(stems), records, strict=False)
    ]
    shown = Screen(
        make_console(stderr=False, no_color=screen.no_color), str(Path.cwd())
    )
    shown.heading("Summary", f"{len(rows)} configs")
    shown.pairs(rows, min(30, max(len(name) for name, _ in rows)))
