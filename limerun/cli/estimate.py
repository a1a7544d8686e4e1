"""limerun estimate: a ladder of small runs, and what it predicts at a larger size."""

from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.outputs import renderers
from limerun.cli.session import Manner, carry_out, plan_of

if TYPE_CHECKING:
    from limerun.ladder import Question


def estimate(
    config: options.Config,
    to: Annotated[
        str,
        typer.Option(
            metavar="ROWS",
            help="The size to predict, such as 500_000 or 1.5M.",
            show_default=False,
        ),
    ],
    within: Annotated[
        str,
        typer.Option(metavar="TIME", help="What the ladder may take."),
    ] = "2 min",
    grow: Annotated[
        str | None,
        typer.Option(
            metavar="WHAT",
            help="sources, sources.NAME, dataset or dataset.rows.LIMETYPE; default: "
            "all sources, or else the dataset.",
        ),
    ] = None,
    repeat: Annotated[
        int | None,
        typer.Option(min=1, help="Runs of each size; default: as time allows."),
    ] = None,
    timeout: options.Timeout = None,
    environment: options.Environment = None,
    seed: options.Seed = None,
    sets: options.Set = None,
    json: options.Json = None,
    html: options.Html = None,
    junit: options.Junit = None,
    markdown: options.Markdown = None,
    sarif: options.Sarif = None,
    github: options.Github = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task at rising sizes; predict duration and memory at a larger one.

    A prediction is a range, and never a pass. Exit 0: even its high end is within
    every budget; 1: not even its low end; 6: in between, or too noisy to tell.

    Example: limerun estimate configs/import-contracts.yaml --to 1M
    """
    from limerun.pipeline import estimate as perform_estimate

    question = _question(to, within, grow, repeat)
    plan = plan_of(
        config,
        "estimate",
        {"timeout": timeout, "environment": environment, "dataset.seed": seed},
        sets,
    )
    outputs = renderers(
        json=json, html=html, junit=junit, markdown=markdown, sarif=sarif
    )
    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color, github=github)
    carry_out(
        lambda plan, workshop: perform_estimate(plan, workshop, question),
        plan,
        outputs,
        manner,
    )


def _question(to: str, within: str, grow: str | None, repeat: int | None) -> "Question":
    from limerun.errors import ConfigError
    from limerun.ladder import Question
    from limerun.units import NotReadableError, parse_count, parse_duration

    try:
        rows = parse_count(to)
    except NotReadableError as error:
        raise ConfigError(f"--to: {error}") from error
    try:
        seconds = parse_duration(within)
    except NotReadableError as error:
        raise ConfigError(f"--within: {error}") from error
    if not rows:
        raise ConfigError("--to: 0 rows take no time; ask for 1 or more")
    if not seconds:
        raise ConfigError("--within: nothing can be measured in no time")
    return Question(to_rows=rows, within_seconds=seconds, grow=grow, passes=repeat)
