"""limerun profile: where time, memory and statements go, by line of code."""

import typer

from limerun.cli import options
from limerun.cli.session import (
    Manner,
    cache_folder,
    plan_of,
    renderers,
    tell,
    view_of,
)


def profile(
    config: options.Config,
    scale: options.Scale = None,
    timeout: options.Timeout = None,
    environment: options.Environment = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    json: options.Json = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task bare, then under each instrument; tell the lines that cost most.

    Example: limerun profile configs/import-contracts-naive.yaml --scale 0.1
    """
    from limerun.pipeline import profile as perform_profile
    from limerun.stage import Workshop

    plan = plan_of(
        config,
        "profile",
        {
            "scale": scale,
            "timeout": timeout,
            "environment": environment,
            "dataset.seed": seed,
        },
        sets,
    )
    outputs = renderers(json=json, junit=junit, markdown=markdown)
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color)
    with view_of(manner, plan.budget.memory_bytes) as progress:
        workshop = Workshop(cache=cache_folder(), progress=progress)
        record = perform_profile(plan, workshop)
    tell(record, outputs, manner)
    raise typer.Exit(record.exit_code)
