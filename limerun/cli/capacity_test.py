"""limerun capacity-test: the task at the dataset's size, and the verdict."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.outputs import renderers
from limerun.cli.session import Manner, carry_out, plan_of
from limerun.records import Performance, Plan, Record

if TYPE_CHECKING:
    from limerun.stage import Workshop


def capacity_test(
    configs: options.Configs,
    scale: options.Scale = None,
    repeat: options.Repeat = None,
    timeout: options.Timeout = None,
    environment: options.Environment = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    json: options.Json = None,
    html: options.Html = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    sarif: options.Sarif = None,
    benchmark: options.Benchmark = None,
    github: options.Github = False,
    keep: options.Keep = False,
    stop_early: Annotated[
        bool,
        typer.Option(
            "--stop-early",
            help="End a run as soon as it cannot keep its budgets any more.",
        ),
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="Hold the figures against this record too: is it a regression?",
        ),
    ] = None,
    max_regression: options.MaxRegression = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="Judge the runs of a saved record by this config; run nothing.",
        ),
    ] = None,
    exit_zero: Annotated[
        bool,
        typer.Option("--exit-zero", help="Report only: exit with 0 on any verdict."),
    ] = False,
    jobs: Annotated[int | None, typer.Option(hidden=True)] = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task at the dataset's size; tell duration, memory, queries, verdict.

    Example: limerun capacity-test configs/import-contracts.yaml --json record.json
    """
    from limerun.cli.regression import base_of
    from limerun.cli.several import carry_out_all
    from limerun.errors import ConfigError
    from limerun.pipeline import capacity_test as perform_capacity_test

    def perform(
        plan: Plan, workshop: "Workshop", performance: Performance | None = None
    ) -> Record:
        shop = replace(workshop, stop_early=stop_early)
        return perform_capacity_test(plan, shop, performance)

    if jobs is not None:
        raise ConfigError(
            "--jobs is not there: runs that share cores and memory slow each other, "
            "and none of their figures would be true; configs run one after the other"
        )
    if len(configs) > 1 and (baseline or replay):
        raise ConfigError("--baseline and --replay are for one config at a time")
    given = {
        "scale": scale,
        "repeat": repeat,
        "timeout": timeout,
        "environment": environment,
        "dataset.seed": seed,
    }
    plans = [plan_of(config, "capacity-test", given, sets) for config in configs]
    paths = {
        "json": json,
        "html": html,
        "junit": junit,
        "markdown": markdown,
        "sarif": sarif,
        "benchmark": benchmark,
    }
    manner = Manner(
        quiet=quiet,
        verbose=verbose,
        no_color=no_color,
        github=github,
        exit_zero=exit_zero,
    )
    if len(plans) > 1:
        carry_out_all(perform, plans, paths, manner, keep=keep)
    [plan] = plans
    outputs = renderers(**paths)
    performance = None
    if replay is not None:
        from limerun.engine.replay import replay as replay_record
        from limerun.store import read_record

        performance = replay_record(read_record(replay), plan)
    beside = base_of(baseline, max_regression, plan.task)
    carry_out(
        lambda plan, workshop: beside(perform(plan, workshop, performance)),
        plan,
        outputs,
        manner,
        keep=keep,
    )
