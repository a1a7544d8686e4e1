"""limerun profile: where time, memory and statements go, by line of code."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.outputs import Renderer, check_outputs, renderers
from limerun.cli.session import Manner, carry_out, plan_of
from limerun.records import Plan, Record

if TYPE_CHECKING:
    from limerun.stage import Workshop


def profile(
    config: options.Config,
    scale: options.Scale = None,
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
    speedscope: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="Write the stacks for https://speedscope.app here."
        ),
    ] = None,
    cpu_html: Annotated[
        str | None,
        typer.Option(
            "--cpu-html", metavar="PATH", help="Write pyinstrument's page here."
        ),
    ] = None,
    github: options.Github = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> None:
    """Run the task bare, then under each instrument; tell why it is slow or big.

    Each of time, CPU, memory and statements is looked at in a run of its own; half of
    the task's input is run once more, to prove what grows. Budgets are not judged.

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
    reports = {
        "json": json,
        "html": html,
        "junit": junit,
        "markdown": markdown,
        "sarif": sarif,
        "benchmark": benchmark,
    }
    stacks = {"speedscope": speedscope, "cpu_html": cpu_html}
    check_outputs(**reports, **stacks)
    made: dict[str, str] = {}
    outputs = {**renderers(**reports), **_of_stacks(stacks, made)}

    def work(plan: Plan, workshop: "Workshop") -> Record:
        wanted = [name for name, path in stacks.items() if path is not None]
        record, texts = perform_profile(plan, workshop, wanted)
        made.update(texts)
        return record

    manner = Manner(quiet=quiet, verbose=verbose, no_color=no_color, github=github)
    carry_out(work, plan, outputs, manner)


def _of_stacks(
    paths: Mapping[str, str | None], made: Mapping[str, str]
) -> dict[str, Renderer]:
    """Return what is written where: the texts that the CPU instrument made."""

    def renderer(name: str) -> Renderer:
        def render(_: Record) -> str:
            from limerun.errors import OutputError

            if name not in made:
                raise OutputError(
                    f"{paths[name]}: not written, as pyinstrument told nothing; the "
                    "report says why"
                )
            return made[name]

        return render

    return {path: renderer(name) for name, path in paths.items() if path is not None}
