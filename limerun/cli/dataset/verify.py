"""limerun dataset verify: the proof that a copy holds no value of its source."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from limerun.cli import options
from limerun.cli.console import complain
from limerun.records import EXIT_INTERRUPTED

if TYPE_CHECKING:
    from limerun.records.proof import Proof

EXIT_NOT_PROVEN = 1


def verify(
    source: Annotated[
        str,
        typer.Argument(
            help="The real export: a CSV, JSON Lines, JSON, Parquet or SQLite file, a "
            "folder of them, or the URL of a PostgreSQL database.",
            show_default=False,
        ),
    ],
    copy: Annotated[
        str,
        typer.Argument(help="Its anonymized copy, likewise.", show_default=False),
    ],
    rules: Annotated[
        str | None,
        typer.Option(
            metavar="PATH", help="The rules that the copy was made by: what they keep."
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="This column was kept on purpose; may be repeated.",
        ),
    ] = None,
    quasi: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE.COLUMN",
            help="One of the columns that may tell, taken together, who somebody is; "
            "may be repeated.",
        ),
    ] = None,
    json: Annotated[
        str | None,
        typer.Option("--json", metavar="PATH", help="Write the proof here."),
    ] = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> None:
    """Prove that an anonymized copy holds no value of its source.

    Every row of every column is compared, in every other column too, and inside of
    texts. 0 if the copy passes, 1 if not.

    Example: limerun dataset verify export/ copy/ --rules rules.yaml
    """
    from limerun.report.output import check_replaceable, check_writable

    if json is not None:
        check_writable(json)
        check_replaceable(json, "proof")
    asked = _Asked(
        source=source,
        copy=copy,
        rules=rules,
        keep=tuple(keep or ()),
        quasi=tuple(quasi or ()),
    )
    try:
        proof = _proven(asked, quiet=quiet, no_color=no_color)
    except KeyboardInterrupt:
        complain("nothing was proven", label="interrupted")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    tell_proof(proof, json, quiet=quiet, no_color=no_color)
    if not proof.passed:
        raise typer.Exit(EXIT_NOT_PROVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What the user asked for."""

    source: str
    copy: str
    rules: str | None
    keep: tuple[str, ...]
    quasi: tuple[str, ...]


def _proven(asked: _Asked, *, quiet: bool, no_color: bool) -> "Proof":
    from pathlib import Path

    from limerun.cli.dataset.making import shown_making
    from limerun.exports.places import shown_place
    from limerun.exports.proof import prove
    from limerun.exports.reading import opened_export
    from limerun.exports.rules import read_rules
    from limerun.report.screen import make_console

    rules = read_rules(Path(asked.rules)) if asked.rules is not None else None
    console = make_console(stderr=True, no_color=no_color)
    with shown_making(console, {}, quiet=quiet) as progress:
        progress.phase("read", shown_place(asked.source))
        with opened_export([asked.source], progress=progress) as before:
            progress.phase("read", shown_place(asked.copy))
            with opened_export([asked.copy], progress=progress) as after:
                progress.phase("prove", "every row of every column")
                return prove(
                    before,
                    after,
                    rules=rules,
                    keep=asked.keep,
                    quasi=asked.quasi,
                    progress=progress,
                )


def tell_proof(
    proof: "Proof", json: str | None, *, quiet: bool, no_color: bool
) -> None:
    """Show the proof, and write it where it was asked for.

    The screen goes to stdout, or to stderr where the JSON has taken stdout.
    """
    from limerun.report.output import STDOUT, write_whole
    from limerun.report.proof_screen import render, verdict_line
    from limerun.report.screen import make_console
    from limerun.store import to_json

    if json is not None:
        write_whole(json, to_json(proof))
    console = make_console(stderr=json == STDOUT, no_color=no_color)
    if quiet:
        console.print(verdict_line(proof), markup=False, soft_wrap=True)
    else:
        written = json if json != STDOUT else None
        render(proof, console, written=written)
