"""The options that commands share, with their help texts, single and in groups."""

import dataclasses
import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from limerun.cli.console import Messages


def use_no_color(is_set: bool) -> bool:
    """Turn off the colours of errors and notes too, if the option is set."""
    Messages.no_color = Messages.no_color or is_set
    return is_set


def report_path(path: str | None) -> str | None:
    """Return the path of a report; "-" for any name of stdout, such as /dev/stdout."""
    if path is None:
        return None
    from limerun.report.output import without_alias

    return without_alias(path)


Config = Annotated[
    Path,
    typer.Argument(
        metavar="CONFIG", help="The config file (YAML).", show_default=False
    ),
]
Configs = Annotated[
    list[Path],
    typer.Argument(
        metavar="CONFIG",
        help="The config file (YAML), or several.",
        show_default=False,
    ),
]
Scale = Annotated[
    float | None,
    typer.Option(metavar="FACTOR", help="Multiply the number of rows by this factor."),
]
Rows = Annotated[
    int,
    typer.Option(min=1, metavar="N", help="Maximum rows per limetype and source."),
]
Repeat = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Number of runs, each in a fresh worker."),
]
Timeout = Annotated[
    str | None,
    typer.Option(
        metavar="SECONDS",
        help='End the task after this time: seconds, or a time such as "10 min".',
    ),
]
Environment = Annotated[
    str | None,
    typer.Option(
        metavar="cloud|on-premise",
        help="Where the task runs; cloud kills it at the memory limit.",
    ),
]
Json = Annotated[
    str | None,
    typer.Option(
        "--json",
        metavar="PATH",
        callback=report_path,
        help="Write the record (JSON) here.",
    ),
]
Html = Annotated[
    str | None,
    typer.Option(metavar="PATH", callback=report_path, help="Write an HTML page here."),
]
Junit = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", callback=report_path, help="Write a JUnit XML report here."
    ),
]
Markdown = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", callback=report_path, help="Write a Markdown report here."
    ),
]
Sarif = Annotated[
    str | None,
    typer.Option(
        metavar="PATH", callback=report_path, help="Write the findings as SARIF here."
    ),
]
Benchmark = Annotated[
    str | None,
    typer.Option(
        metavar="PATH",
        callback=report_path,
        help='Write the figures as "customSmallerIsBetter" JSON here.',
    ),
]
Proof = Annotated[
    str | None,
    typer.Option(
        "--json", metavar="PATH", callback=report_path, help="Write the proof here."
    ),
]
Github = Annotated[
    bool,
    typer.Option(
        "--github",
        help="Print GitHub annotations; add to the step's summary and outputs.",
    ),
]
MaxRegression = Annotated[
    str | None,
    typer.Option(
        metavar="FIGURE=SHARE,...",
        help="Largest allowed growth of memory, duration, queries and commits; off "
        "skips a figure. effect=same: another effect fails too. "
        "Default: memory=5%,duration=25%,queries=0.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Override a config key, such as budget.memory=150MB. Repeatable.",
    ),
]
Seed = Annotated[int | None, typer.Option(metavar="N", help="Seed of the dataset.")]
Keep = Annotated[
    bool,
    typer.Option("--keep", help="Keep the database in the current folder."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print only the verdict, on one line.")
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Also print the config, all statements and the full output.",
    ),
]
NoColor = Annotated[
    bool,
    typer.Option(
        "--no-color",
        callback=use_no_color,
        help="Print without colours; NO_COLOR does the same.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """Options that take precedence over the config."""

    timeout: Timeout = None
    environment: Environment = None
    seed: Seed = None
    sets: Set = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """Options for the reports of a record, in addition to the screen."""

    json: Json = None
    html: Html = None
    junit: Junit = None
    markdown: Markdown = None
    sarif: Sarif = None
    benchmark: Benchmark = None
    github: Github = False

    def paths(self) -> dict[str, str | None]:
        """Return the path of each report by its name; None if it is not wanted."""
        paths = dataclasses.asdict(self)
        del paths["github"]
        return paths


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReportOptions(ReportOptions):
    """Report options without the benchmark format, which needs figures of a run."""

    benchmark: str | None = dataclasses.field(default=None, init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenOptions:
    """Options for how much is printed on the screen, and whether in colour."""

    quiet: Quiet = False
    verbose: Verbose = False
    no_color: NoColor = False


def expand_groups(command: Callable[..., None]) -> Callable[..., None]:
    """Replace each group of options by its single options, which typer understands.

    A group is a parameter whose type is a dataclass; each of its fields is an option.
    """
    groups: dict[str, tuple[type[Any], list[str]]] = {}
    expanded: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        group = parameter.annotation
        if not (isinstance(group, type) and dataclasses.is_dataclass(group)):
            expanded.append(parameter)
            continue
        fields = [field for field in dataclasses.fields(group) if field.init]
        groups[parameter.name] = (group, [field.name for field in fields])
        expanded += [_parameter_of(field) for field in fields]

    @functools.wraps(command)
    def collect(**options: Any) -> None:
        for name, (group, fields) in groups.items():
            options[name] = group(**{field: options.pop(field) for field in fields})
        command(**options)

    vars(collect)["__signature__"] = inspect.Signature(expanded)
    return collect


def _parameter_of(field: "dataclasses.Field[Any]") -> inspect.Parameter:
    is_required = field.default is dataclasses.MISSING
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        annotation=field.type,
        default=inspect.Parameter.empty if is_required else field.default,
    )
