"""limerun profile: where time, memory and statements go, by line of code."""

from limerun.cli import options
from limerun.cli.session import Manner, carry_out, plan_of, renderers


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
    carry_out(perform_profile, plan, outputs, manner)
