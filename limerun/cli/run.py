"""limerun run: the feature test, the task once on a small dataset."""

from limerun.cli import options
from limerun.cli.session import Manner, carry_out, plan_of, renderers

SMALL_ROWS = 100


def run(
    config: options.Config,
    rows: options.Rows = SMALL_ROWS,
    timeout: options.Timeout = None,
    environment: options.Environment = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    json: options.Json = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    keep: options.Keep = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task once on a small dataset; tell its log, result and changes.

    Example: limerun run configs/import-contracts.yaml --rows 10
    """
    from limerun.pipeline import feature_test

    plan = plan_of(
        config,
        "run",
        {
            "rows": rows,
            "timeout": timeout,
            "environment": environment,
            "dataset.seed": seed,
        },
        sets,
    )
    outputs = renderers(json=json, junit=junit, markdown=markdown)
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color)
    carry_out(feature_test, plan, outputs, manner, keep=keep)
