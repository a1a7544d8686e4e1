"""limerun run: the feature test, the task once on a small dataset."""

from limerun.cli import options
from limerun.cli.outputs import renderers
from limerun.cli.session import Manner, carry_out, plan_of

SMALL_ROWS = 100


def run(
    config: options.Config,
    rows: options.Rows = SMALL_ROWS,
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
    outputs = renderers(
        json=json,
        html=html,
        junit=junit,
        markdown=markdown,
        sarif=sarif,
        benchmark=benchmark,
    )
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color, github=github)
    carry_out(feature_test, plan, outputs, manner, keep=keep)
