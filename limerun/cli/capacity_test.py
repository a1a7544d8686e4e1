"""limerun capacity-test: the task at the dataset's size, and the verdict."""

from pathlib import Path
from typing import Annotated

import typer

from limerun.cli import options
from limerun.cli.session import Manner, carry_out, plan_of, renderers


def capacity_test(
    config: options.Config,
    scale: options.Scale = None,
    repeat: options.Repeat = None,
    timeout: options.Timeout = None,
    environment: options.Environment = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    json: options.Json = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    keep: options.Keep = False,
    replay: Annotated[
        Path | None,
        typer.Option(
            metavar="RECORD",
            help="Judge the runs of a saved record by this config; run nothing.",
        ),
    ] = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task at the dataset's size; tell duration, memory, queries, verdict.

    Example: limerun capacity-test configs/import-contracts.yaml --json record.json
    """
    from limerun.pipeline import capacity_test as perform_capacity_test

    plan = plan_of(
        config,
        "capacity-test",
        {
            "scale": scale,
            "repeat": repeat,
            "timeout": timeout,
            "environment": environment,
            "dataset.seed": seed,
        },
        sets,
    )
    outputs = renderers(json=json, junit=junit, markdown=markdown)
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color)
    performance = None
    if replay is not None:
        from limerun.engine.replay import replay as replay_record
        from limerun.store import read_record

        performance = replay_record(read_record(replay), plan)
    carry_out(
        lambda plan, workshop: perform_capacity_test(plan, workshop, performance),
        plan,
        outputs,
        manner,
        keep=keep,
    )
