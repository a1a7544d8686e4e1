"""The options that commands share, each with its help, written once."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path, typer.Argument(help="The config file (YAML).", show_default=False)
]
Configs = Annotated[
    list[Path],
    typer.Argument(help="The config file (YAML), or several.", show_default=False),
]
Scale = Annotated[
    float | None,
    typer.Option(help="Multiply the dataset's and the sources' rows by this."),
]
Rows = Annotated[
    int, typer.Option(min=1, help="Rows of each limetype and source, at most.")
]
Repeat = Annotated[
    int | None,
    typer.Option(min=1, help="Run so many times, each in a fresh worker."),
]
Timeout = Annotated[
    str | None, typer.Option(help='End the task after this time, such as "10 min".')
]
Environment = Annotated[
    str | None,
    typer.Option(help="cloud (killed at its memory limit) or on-premise."),
]
Json = Annotated[
    str | None, typer.Option("--json", metavar="PATH", help="Write the record here.")
]
Html = Annotated[
    str | None, typer.Option(metavar="PATH", help="Write a page for browsers here.")
]
Junit = Annotated[
    str | None, typer.Option(metavar="PATH", help="Write a JUnit XML report here.")
]
Markdown = Annotated[
    str | None, typer.Option(metavar="PATH", help="Write a Markdown report here.")
]
Sarif = Annotated[
    str | None, typer.Option(metavar="PATH", help="Write the findings as SARIF here.")
]
Benchmark = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        help='Write the figures as "customSmallerIsBetter" JSON here.',
    ),
]
Github = Annotated[
    bool,
    typer.Option(
        "--github",
        help="Print annotations; add to GitHub's step summary and outputs.",
    ),
]
MaxRegression = Annotated[
    str | None,
    typer.Option(
        metavar="FIGURE=SHARE,...",
        help="By how much figures may grow: memory=5%,duration=25%,queries=0 "
        "(the default); commits; off.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override a config key, such as budget.memory=150MB; may be repeated.",
    ),
]
Seed = Annotated[int | None, typer.Option(help="The dataset's seed.")]
Keep = Annotated[
    bool,
    typer.Option("--keep", help="Keep the worker's database in the current folder."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Only the verdict, in one line.")
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="More: config, statements, whole output."),
]
NoColor = Annotated[
    bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")
]
